"""Deciding on all that is selected in the queue, and taking it back."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from copydesk.access import Role
from copydesk.api.pages.listing import DECIDERS, Shown, address, queue_page
from copydesk.api.pages.telling import Told, read
from copydesk.api.pages.visits import OwnForm, SentForm, Visitor
from copydesk.api.parts import Desk
from copydesk.api.queueing import BulkDecision
from copydesk.desk.deciding import Selected
from copydesk.documents import shaped
from copydesk.errors import Conflict, InputError

router = APIRouter(include_in_schema=False)


@router.post("/decisions")
def decide(desk: Desk, visit: Visitor, request: Request, form: OwnForm) -> Response:
    """Decide on all that is selected; the page that follows tells of each what was done."""
    visit.actor.brands(*DECIDERS)
    shown = Shown.of(request)
    asked: BulkDecision | None = None
    try:
        asked = _decision(form)
        results = desk.deciding.decide(
            asked.act, asked.items, visit.actor, asked.reason, asked.note
        )
    except (Conflict, InputError) as error:
        groups = desk.deciding.groups(asked.items, visit.actor) if asked else ()
        return queue_page(desk, visit, shown, error=error, typed=form, groups=groups)
    told = Told(act=asked.act, at=desk.clock(), results=tuple(results))
    return _told(shown, told, visit.csrf)


@router.post("/decisions/undo")
def undo(desk: Desk, visit: Visitor, request: Request, form: OwnForm) -> Response:
    """Take back what was decided on many at once."""
    visit.actor.brands(Role.REVIEWER, Role.APPROVER)
    shown = Shown.of(request)
    before = read(form.text("told"), visit.csrf)
    done = before.done if before is not None and before.act != "undo" else ()
    try:
        selected = [Selected(id=one.id, version=one.version or 1) for one in done]
        results = desk.deciding.undo(selected, visit.actor)
    except InputError as error:
        return queue_page(desk, visit, shown, error=error)
    return _told(shown, Told(act="undo", at=desk.clock(), results=tuple(results)), visit.csrf)


def _told(shown: Shown, told: Told, secret: str) -> Response:
    there = address((*shown.pairs, ("told", told.written(secret))))
    return RedirectResponse(there, HTTPStatus.SEE_OTHER)


def _decision(form: SentForm) -> BulkDecision:
    rejects = form.text("act") == "reject"
    selected = [str(one).rpartition(":") for one in form.data.getlist("item")]
    if not selected:
        raise InputError("Select at least one item.")
    data = {
        "act": form.text("act"),
        "items": [{"id": name, "version": version} for name, _, version in selected],
        "reason": (form.text("reason") or None) if rejects else None,
        "note": form.text("note") or None,
    }
    return shaped(data, BulkDecision)
