"""What the ranker learned from brands' own sends: for admins."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from copydesk.access import Role
from copydesk.api.pages.rendering import page
from copydesk.api.pages.visits import OwnForm, SentForm, Visit, Visitor
from copydesk.api.parts import Desk
from copydesk.bootstrap import Copydesk
from copydesk.errors import Conflict, CopydeskError, InputError, NotFound, Problem
from copydesk.ranking.learning import Aim
from copydesk.ranking.owned import Objectives
from copydesk.ranking.sends import parsed_sends

router = APIRouter(include_in_schema=False)


@router.get("/ranker")
def ranker_page(
    desk: Desk, visit: Visitor, done: str = "", brand: str = "", drift: str = ""
) -> Response:
    """Show what was learned for each brand; `drift` names the one to look at more closely."""
    return _page(desk, visit, done=done, about=brand, drift=drift)


@router.post("/ranker/learn")
async def learn(desk: Desk, visit: Visitor, form: OwnForm) -> Response:
    """Make a version for a brand, and say what came of it."""
    brand, sends = form.text("brand"), await form.text_or_file("sends")

    def act() -> str:
        known = parsed_sends(sends, "past sends") if sends.strip() else ()
        taught = desk.learning.learn(brand, visit.actor, known, _objectives(form))
        return "promoted" if taught.promoted else "kept"

    return await run_in_threadpool(_done, desk, visit, brand, act)


@router.post("/ranker/promote")
def promote(desk: Desk, visit: Visitor, form: OwnForm) -> Response:
    """Judge a version anew, and put it into use if it is better."""
    brand, version = form.text("brand"), form.text("version")

    def act() -> str:
        desk.learning.promote(brand, version, visit.actor)
        return "promoted"

    return _done(desk, visit, brand, act)


@router.post("/ranker/rollback")
def roll_back(desk: Desk, visit: Visitor, form: OwnForm) -> Response:
    """Put the version before into use again."""
    brand = form.text("brand")

    def act() -> str:
        desk.learning.roll_back(brand, visit.actor)
        return "rolled back"

    return _done(desk, visit, brand, act)


def _done(desk: Copydesk, visit: Visit, brand: str, act: Callable[[], str]) -> Response:
    """Do it and lead back to the page; what cannot be done is said on the page."""
    try:
        query = {"done": act(), "brand": brand}
    except (Conflict, InputError, NotFound) as error:
        return _page(desk, visit, about=brand, error=error)
    return RedirectResponse(f"/ranker?{urlencode(query)}", HTTPStatus.SEE_OTHER)


def _objectives(form: SentForm) -> Objectives:
    """Return what the form says is to be gained. Raises InputError."""
    typed = form.text("aim")
    aim: Aim | None = next((one for one in get_args(Aim) if one == typed), None)
    if aim is None:
        choices = ", ".join(get_args(Aim))
        raise InputError([Problem("aim", typed[:40], f"choose one of {choices}")])
    costs = {name: _cost(form, name) for name in ("unsubscribe", "complaint")}
    usual = Objectives.for_aim(aim)
    return usual.model_copy(update={n: cost for n, cost in costs.items() if cost is not None})


def _cost(form: SentForm, name: str) -> float | None:
    """Return what was typed; None where nothing was, which is what is usual for the aim."""
    typed = form.text(name).strip()
    if not typed:
        return None
    try:
        value = float(typed)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1e9:  # noqa: PLR2004 - as `Objectives` has it
        raise InputError([Problem(name, typed[:40], "a number from 0 on, as 5 or 0.5")])
    return value


def _page(
    desk: Copydesk,
    visit: Visit,
    *,
    done: str = "",
    about: str = "",
    drift: str = "",
    error: CopydeskError | None = None,
) -> Response:
    visit.actor.must_be(Role.ADMIN)
    rankers = {one.brand: one for one in desk.learning.rankers(visit.actor)}
    return page(
        visit,
        "ranker.html",
        error.status if error else HTTPStatus.OK,
        ranker=desk.ranker.name,
        rankers=rankers,
        brands=desk.learning.brands(visit.actor),
        done=done,
        about=about,
        error=error,
        drifted=desk.learning.drift(drift, visit.actor) if drift in rankers else None,
        aims_known=get_args(Aim),
    )
