"""One item of the queue with all that is needed to decide."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, NamedTuple

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from copydesk.access import Actor, Role
from copydesk.api.pages.acts import FORMS, WRITING, copy_of
from copydesk.api.pages.comparing import comparisons
from copydesk.api.pages.findings import marked
from copydesk.api.pages.inviting import guest_card
from copydesk.api.pages.readings import readings
from copydesk.api.pages.rechecking import as_typed
from copydesk.api.pages.rendering import page
from copydesk.api.pages.rulings import rulings
from copydesk.api.pages.scoring import abstained
from copydesk.api.pages.visits import OwnForm, SentForm, Visit, Visitor
from copydesk.api.parts import Desk
from copydesk.api.reviews import ItemId
from copydesk.bootstrap import Copydesk
from copydesk.errors import Conflict, CopydeskError, Forbidden, InputError, NotFound
from copydesk.guardrails import Severity
from copydesk.review_queue import DismissalReason, Reviewer, ReviewItem, State
from copydesk.review_queue.effects import may_undo
from copydesk.review_queue.inbox import remarks
from copydesk.review_queue.searching import Claimed, Filter
from copydesk.review_queue.states import OPEN, Act, Reason, allow, open_acts
from copydesk.variants import Copy, Slot

NEXT_AMONG = 20
"""How many of the most urgent items are looked at for the one to offer next."""
RECHECK_MS, RECHECK_MS_ASKED = 400, 2_500
"""How long after the last key copy is checked: longer where a check asks a model, which costs."""
DECIDERS = (Role.REVIEWER, Role.APPROVER)

router = APIRouter(include_in_schema=False)


@router.get("/reviews/{item_id}")
def item_page(desk: Desk, visit: Visitor, item_id: ItemId, done: str | None = None) -> Response:
    """Show an item."""
    item = desk.reviewing.get(item_id, visit.actor)
    return _item_page(desk, visit, item, done=done if done in FORMS else None)


@router.post("/reviews/{item_id}/{act}")
def decide(desk: Desk, visit: Visitor, item_id: ItemId, act: str, form: OwnForm) -> Response:
    """Do what the form says; what cannot be done is said on the item's page, nothing typed lost."""
    if act not in FORMS:
        raise NotFound("An item's page has no such form: use the API.")
    try:
        FORMS[act](desk, item_id, visit.actor, form)
    except (Conflict, Forbidden, InputError) as error:
        item = desk.reviewing.get(item_id, visit.actor)
        return _item_page(desk, visit, item, error=error, typed=form, tried=act)
    return RedirectResponse(f"/reviews/{item_id}?done={act}", HTTPStatus.SEE_OTHER)


def _item_page(
    desk: Copydesk,
    visit: Visit,
    item: ReviewItem,
    *,
    done: str | None = None,
    error: CopydeskError | None = None,
    typed: SentForm | None = None,
    tried: str | None = None,
) -> Response:
    now = desk.clock()
    brand = item.brand.name
    by = desk.reviewing.as_reviewer(visit.actor, item) if visit.may_for(brand, *DECIDERS) else None
    return page(
        visit,
        "item.html",
        error.status if error else HTTPStatus.OK,
        item=item,
        slots=marked(item.copy_now, item.checked, item.brief),
        rulings=rulings(desk, item, by),
        readings=readings(item.copy_now, item.audience),
        comparisons=comparisons(
            item, desk.reviewing.earlier(item, visit.actor), _refused(typed, tried)
        ),
        typed_slots=as_typed(_refused(typed, tried) or item.copy_now, item.audience),
        recheck_ms=RECHECK_MS_ASKED if desk.checker.considering else RECHECK_MS,
        lease=Lease.of(item, visit.actor.name, now),
        remarks=remarks(item.copy_now, item.brief, item.audience),
        siblings=desk.reviewing.siblings(item, visit.actor),
        acts=_open_acts(item, visit, by, now),
        why_not=_why_not(item, by, now),
        roles=desk.reviewing.roles_held(brand) if by else (),
        needs=desk.reviewing.needs(item.id, visit.actor),
        abstained=abstained(desk, item, visit.actor),
        comments=desk.conversing.comments(item.id, visit.actor),
        undo_seconds=_undo_seconds(item, visit, now, desk.settings.undo_seconds),
        next_item=_next(desk, visit.actor, item) if by else None,
        **guest_card(desk, visit, item),
        now=now,
        done=done,
        error=error,
        typed=_typed(item, typed, tried),
        Act=Act,
        DismissalReason=DismissalReason,
        Reason=Reason,
        Severity=Severity,
        Slot=Slot,
        State=State,
    )


class Lease(NamedTuple):
    """Who holds an item, or held it until lately."""

    holder: str
    until: datetime
    left: int
    """Seconds; 0 when it is over."""
    is_own: bool

    @classmethod
    def of(cls, item: ReviewItem, user: str, now: datetime) -> Lease | None:
        """Return the item's lease, or None when nobody took one since the last act."""
        if item.holder is None or item.lease_until is None or item.state not in OPEN:
            return None
        left = max(0, math.ceil((item.lease_until - now).total_seconds()))
        return cls(item.holder, item.lease_until, left, item.holder == user)


def _refused(form: SentForm | None, tried: str | None) -> Copy | None:
    """Return the copy that was sent and refused, if copy was."""
    return copy_of(form) if form is not None and tried in WRITING else None


def _typed(item: ReviewItem, form: SentForm | None, tried: str | None) -> dict[str, Any]:
    """Return what the forms hold: what was typed before an error, else what stands."""
    texts = {slot.value: str(text) for slot, text in item.copy_now.slots()}
    if form is None or tried is None:
        nothing: dict[str, Any] = {
            "note": {},
            "reason": "",
            "role": "",
            "comment": "",
            "slot": "",
            "finding": None,
            "unsent": (),
        }
        return {**texts, **nothing, "tried": None}
    if tried in WRITING:
        texts = {name: form.text(name) for name in texts}
    return {
        **texts,
        "note": {tried: form.text("note")},
        "reason": form.text("reason"),
        "role": form.text("role"),
        "comment": form.text("text"),
        "slot": form.text("slot"),
        "finding": form.number("finding") - 1 if tried == Act.DISMISS else None,
        "unsent": tuple(texts.items()) if tried in WRITING else (),
        "tried": tried,
    }


def _open_acts(
    item: ReviewItem, visit: Visit, by: Reviewer | None, now: datetime
) -> tuple[Act, ...]:
    """Return what this person may do, as one who decides and as the one who asked for the copy."""
    deciding = open_acts(item, by, now) if by else ()
    if not visit.may_for(item.brand.name, Role.REQUESTER):
        return deciding
    return (*deciding, *open_acts(item, Reviewer(visit.actor.name, may_review=False), now))


def _why_not(item: ReviewItem, by: Reviewer | None, now: datetime) -> str | None:
    """Return why this person cannot sign the item, where they cannot."""
    if item.state not in OPEN:
        return None
    if by is None:
        return "You can read this. Deciding needs the role reviewer or approver."
    try:
        allow(item, Act.APPROVE, by, now)
    except (Conflict, Forbidden) as error:
        return error.message
    return None


def _undo_seconds(item: ReviewItem, visit: Visit, now: datetime, window: int) -> int:
    """Return for how many seconds this person can still take back what they did; 0 for not."""
    if not visit.may_for(item.brand.name, *DECIDERS):
        return 0
    try:
        last = may_undo(item, visit.actor.name, now, timedelta(seconds=window))
    except (Conflict, Forbidden):
        return 0
    return math.ceil(window - (now - last.at).total_seconds())


def _next(desk: Copydesk, actor: Actor, item: ReviewItem) -> ReviewItem | None:
    """Return the most urgent other item that nobody holds and is not this person's own."""
    free = Filter(state=OPEN, claimed=Claimed.NOBODY)
    waiting = (one.item for one in desk.queueing.page(actor, free, limit=NEXT_AMONG).items)
    others = (one for one in waiting if one.id != item.id and one.requester != actor.name)
    return next(others, None)
