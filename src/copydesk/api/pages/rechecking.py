"""The check of copy while it is typed: what would be found, beside the fields; nothing is kept."""

from __future__ import annotations

from typing import NamedTuple

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from copydesk.api.pages.acts import copy_of
from copydesk.api.pages.rendering import rendered
from copydesk.api.pages.visits import OwnForm, Visitor
from copydesk.api.parts import Desk
from copydesk.api.reviews import ItemId
from copydesk.audiences import Audience
from copydesk.guardrails import Checked, Finding
from copydesk.guardrails.repair import apply_suggestions
from copydesk.review_queue.effects import told as told_meanwhile
from copydesk.review_queue.glyphs import clusters
from copydesk.review_queue.inbox import cuts, told
from copydesk.variants import Copy, Slot

TYPED_IN = ("edit", "answer")
"""The forms that copy is typed into."""

router = APIRouter(include_in_schema=False)


class Found(NamedTuple):
    """A finding, with what its slot would read with the suggestion put in."""

    finding: Finding
    remedied: str | None
    """None where there is no suggestion that fits."""


class TypedSlot(NamedTuple):
    """What is to be said of the text of one slot."""

    slot: Slot
    text: str
    length: int
    """Characters as a reader counts them, merge tags at their fallbacks."""
    cuts: tuple[str, ...]
    """Sentences about clients that cut it."""
    found: tuple[Found, ...] = ()


@router.post("/reviews/{item_id}/recheck")
def recheck(desk: Desk, visit: Visitor, item_id: ItemId, form: OwnForm) -> HTMLResponse:
    """Answer what would be found in the copy as typed, for the places beside the fields."""
    item, copy = desk.reviewing.get(item_id, visit.actor), copy_of(form)
    checked = desk.reviewing.check(item_id, visit.actor, copy)
    return HTMLResponse(
        rendered(
            "rechecked.html",
            form=form.text("form") if form.text("form") in TYPED_IN else TYPED_IN[0],
            checked=checked,
            slots=as_typed(copy, item.audience, checked),
            meanwhile=told_meanwhile(item) if item.version != form.number("version") else "",
        ),
        headers={"Cache-Control": "no-store"},
    )


def as_typed(
    copy: Copy, audience: Audience, checked: Checked | None = None
) -> tuple[TypedSlot, ...]:
    """Return for each slot its length, what inboxes cut of it, and what the check found."""
    cut = cuts(copy, audience)
    findings = checked.findings if checked else ()
    return tuple(
        TypedSlot(
            slot,
            str(text),
            sum(1 for _ in clusters(text.render())),
            tuple(told(one for one in cut if one.slot is slot)),
            tuple(Found(one, remedied(copy, one)) for one in findings if one.slot is slot),
        )
        for slot, text in copy.slots()
    )


def remedied(copy: Copy, finding: Finding) -> str | None:
    """Return the text of the finding's slot with its suggestion put in, or None."""
    changed = apply_suggestions(copy, [finding])
    return None if changed is None else str(changed[finding.slot])
