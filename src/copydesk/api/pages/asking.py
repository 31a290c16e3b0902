"""Asking for copy: a form that knows the brief, and the same as files."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, get_args

from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Response
from fastapi.responses import RedirectResponse

from copydesk.access import Role
from copydesk.api.examples import GENERATION
from copydesk.api.pages.ask_form import OFFERS, ZONES, Asked, as_yaml, labels, placed
from copydesk.api.pages.brief_form import (
    ROWS,
    TOOLS,
    WHERE,
    fields_of,
    rows,
    ticked,
    with_row,
    without_row,
)
from copydesk.api.pages.rendering import page
from copydesk.api.pages.visits import OwnForm, Visit, Visitor
from copydesk.api.parts import AllParts, Desk
from copydesk.audiences import Consent, signal_names
from copydesk.bootstrap import Copydesk
from copydesk.brand_voice import Brand
from copydesk.briefs import Kind, OfferKind, Sector
from copydesk.documents import shaped
from copydesk.errors import Conflict, CopydeskError, Forbidden, InputError
from copydesk.generations import VARIANTS_AT_MOST, GenerationRequest

GROUPS = ("brief.jurisdictions", "brief.product", "brief.offer", *ROWS, "audience", "brand")
"""Of what a page shows, what stands around fields and has no field of its own."""
WEEK = timedelta(weeks=1)
DROP = re.compile(r"drop:([a-z.]+):([0-9]{1,4})")
Name = Annotated[str | None, Query(pattern=r"^[A-Za-z0-9._-]{1,100}$")]

router = APIRouter(include_in_schema=False)


@router.get("/ask")
def ask_page(
    desk: Desk, visit: Visitor, *, example: bool = False, like: Name = None, campaign: Name = None
) -> Response:
    """Show the form: empty, with an example, as an earlier request, or for a campaign."""
    visit.actor.brands(Role.REQUESTER)
    return _form_page(desk, visit, _begun(desk, visit, like, campaign, example=example))


@router.post("/ask")
async def ask(parts: AllParts, visit: Visitor, form: OwnForm) -> Response:
    """Accept the request, or show the form again: with what is wrong, or with what was asked of it.

    A button of the form that changes the form sends its name as `do`.
    """
    asked, do = await Asked.of(form), form.text("do") or "ask"
    if do != "ask":
        chosen = form.text("audience_from")
        return await run_sync(lambda: _changed(parts.copydesk, visit, asked, do, chosen))
    asked = asked.compacted()
    try:
        request = await run_sync(lambda: asked.request(_known(parts.copydesk, visit)))
        accepted = await run_sync(parts.copydesk.asking.accept, request, visit.actor)
    except (InputError, Conflict, Forbidden) as error:
        wrong = error
        return await run_sync(lambda: _form_page(parts.copydesk, visit, asked, wrong))
    parts.runner.submit(accepted.id)
    return RedirectResponse(f"/generations/{accepted.id}", HTTPStatus.SEE_OTHER)


def _begun(
    desk: Copydesk, visit: Visit, like: str | None, campaign: str | None, *, example: bool
) -> Asked:
    known = _known(desk, visit)
    if like is not None:
        before = desk.asking.get(like, visit.actor).request
        # Another seed: the same would write the same copy again, where the model can.
        return Asked.like(before.model_copy(update={"seed": before.seed + 1}), known)
    if campaign is not None:
        return _for_campaign(desk, visit, campaign)
    if example:
        return Asked.like(_to_come(shaped(GENERATION, GenerationRequest), desk.clock()), known)
    return Asked()


def _to_come(example: GenerationRequest, now: datetime) -> GenerationRequest:
    """Return the example for a day to come: copy of an offer that has ended is never served.

    Its campaign is another for each day, as a campaign has one brief.
    """
    brief = example.brief
    weeks = (now - brief.send_at) // WEEK + 1
    if weeks <= 0:
        return example
    moved = brief.moved_to(brief.send_at + weeks * WEEK)
    campaign = f"{example.campaign}-{moved.send_at:%Y-%m-%d}"
    return example.model_copy(update={"brief": moved, "campaign": campaign})


def _for_campaign(desk: Copydesk, visit: Visit, campaign_id: str) -> Asked:
    """Return the form with what is true of a campaign, whose brief and brand are settled."""
    found = desk.serving.campaign(campaign_id, visit.actor)
    brief = found.brief.model_dump(mode="json", exclude_none=True)
    plain = {"brief": brief, "campaign": found.id, "dialects": found.dialects}
    asked = Asked({**Asked().fields, **fields_of(plain)})
    if found.brand in _known(desk, visit):
        return asked._replace(brand_name=found.brand.name)
    return asked._replace(texts={"brand": as_yaml(found.brand)})


def _changed(desk: Copydesk, visit: Visit, asked: Asked, do: str, chosen: str) -> Response:
    """Show the form as one of its buttons changed it; nothing is judged, nothing typed is lost."""
    try:
        if do == "audience":
            return _form_page(desk, visit, _with_audience(desk, visit, asked, chosen))
        changed, focus = _pressed(asked, do)
    except InputError as error:
        return _form_page(desk, visit, asked, error)
    return _form_page(desk, visit, changed, focus=focus)


def _pressed(asked: Asked, do: str) -> tuple[Asked, str]:
    """Return the form after a button, with the field that is typed in next."""
    add, drop = do.removeprefix("add:"), DROP.fullmatch(do)
    if do in {"as_file", "as_form"}:
        return asked.as_files() if do == "as_file" else asked.as_fields(), ""
    if add in ROWS:
        first = f"{add}[{rows(asked.fields, add)}]{ROWS[add][0]}"
        return _with(asked, with_row(asked.fields, add)), first
    if drop and drop[1] in ROWS:
        return _with(asked, without_row(asked.fields, drop[1], int(drop[2]))), f"add:{drop[1]}"
    return asked, ""


def _with(asked: Asked, fields: dict[str, str]) -> Asked:
    return asked._replace(fields=fields)


def _with_audience(desk: Copydesk, visit: Visit, asked: Asked, name: str) -> Asked:
    """Return the form with an audience that was asked for before; left alone without one."""
    found = next((one for one in desk.browsing.audiences(visit.actor) if one.id == name), None)
    if found is None:
        return asked
    others = {n: v for n, v in asked.fields.items() if not n.startswith("audience.")}
    plain = {"audience": found.model_dump(mode="json", exclude_none=True)}
    return _with(asked, {**others, **fields_of(plain)})


def _known(desk: Copydesk, visit: Visit) -> list[Brand]:
    return list(desk.browsing.known_brands(visit.actor))


def _form_page(
    desk: Copydesk,
    visit: Visit,
    asked: Asked,
    error: CopydeskError | None = None,
    focus: str = "",
) -> Response:
    problems = error.problems if isinstance(error, InputError) else ()
    named = set(labels()) - {"brief.facts", "brief.links"}
    shown = {*GROUPS, *named, *asked.fields, *(f"{n}.zone" for n in named)}
    return page(
        visit,
        "ask.html",
        error.status if error else HTTPStatus.OK,
        asked=asked,
        error=error,
        problems=problems,
        wrong=placed(problems, shown),
        focus=focus,
        labels=labels(),
        rows={group: rows(asked.fields, group) for group in ROWS},
        brands=_known(desk, visit),
        audiences=desk.browsing.audiences(visit.actor),
        offers=OFFERS,
        zones=ZONES,
        kinds=[one.value for one in Kind],
        offer_kinds=[one.value for one in OfferKind if one is not OfferKind.NONE],
        sectors=sorted(get_args(Sector)),
        consents=[one.value for one in Consent],
        signals=signal_names(),
        where=WHERE,
        tools=TOOLS,
        chosen_tools=ticked(asked.fields, "dialects"),
        n_max=VARIANTS_AT_MOST,
    )
