"""The queue, and one item of it with all that is needed to decide."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Query, Response
from fastapi.responses import RedirectResponse

from copydesk.access import Actor, Role
from copydesk.api.pages.findings import marked
from copydesk.api.pages.rendering import page
from copydesk.api.pages.visits import OwnForm, SentForm, Visit, Visitor
from copydesk.api.parts import Desk
from copydesk.api.queueing import CURSOR
from copydesk.api.reviews import ItemId
from copydesk.bootstrap import Copydesk
from copydesk.briefs import Slug
from copydesk.errors import Conflict, CopydeskError, Forbidden, InputError, NotFound
from copydesk.review_queue import ReviewItem, State
from copydesk.review_queue.inbox import previews, remarks
from copydesk.review_queue.searching import Claimed, Filter
from copydesk.review_queue.states import OPEN, Act, Reason, allow, open_acts
from copydesk.variants import Copy, Text

ROWS = 50
NEXT_AMONG = 20
"""How many of the most urgent items are looked at for the one to offer next."""
DECIDERS = (Role.REVIEWER, Role.APPROVER)
READERS = (*DECIDERS, Role.ADMIN)

router = APIRouter(include_in_schema=False)


class Shown(NamedTuple):
    """Which items the queue shows."""

    state: State | None
    campaign: str | None
    after: str | None

    @property
    def wanted(self) -> Filter:
        """The same, as the queue takes it; without a state, what is still to be decided."""
        states = OPEN if self.state is None else (self.state,)
        return Filter(state=states, campaign=(self.campaign,) if self.campaign else ())


@router.get("/")
def queue(
    desk: Desk,
    visit: Visitor,
    state: State | None = None,
    campaign: Annotated[Slug | None, Query()] = None,
    after: Annotated[str | None, Query(pattern=CURSOR)] = None,
) -> Response:
    """Show what waits for a decision; to those who do not review, what they asked for."""
    if not visit.may(*READERS):
        return RedirectResponse("/generations", HTTPStatus.SEE_OTHER)
    shown = Shown(state, campaign or None, after)
    found = desk.queueing.page(visit.actor, shown.wanted, after=after, limit=ROWS)
    counts = desk.queueing.counts(visit.actor).states
    return page(
        visit,
        "queue.html",
        ranked=found.items,
        next=found.next,
        counts=counts,
        to_decide=sum(counts[one] for one in OPEN),
        shown=shown,
        now=desk.clock(),
        State=State,
    )


@router.get("/reviews/{item_id}")
def item_page(desk: Desk, visit: Visitor, item_id: ItemId, done: Act | None = None) -> Response:
    """Show an item."""
    item = desk.reviewing.get(item_id, visit.actor)
    return _item_page(desk, visit, item, done=done)


@router.post("/reviews/{item_id}/{act}")
def decide(desk: Desk, visit: Visitor, item_id: ItemId, act: Act, form: OwnForm) -> Response:
    """Do what the form says; what cannot be done is said on the item's page, nothing typed lost."""
    if act not in ACTS:
        raise NotFound(f"There is no form for {act.value}: use the API.")
    try:
        ACTS[act](desk, item_id, visit.actor, form)
    except (Conflict, Forbidden, InputError) as error:
        item = desk.reviewing.get(item_id, visit.actor)
        return _item_page(desk, visit, item, error=error, typed=form, tried=act)
    where = f"/reviews/{item_id}?done={act.value}"
    return RedirectResponse(where, HTTPStatus.SEE_OTHER)


def _item_page(
    desk: Copydesk,
    visit: Visit,
    item: ReviewItem,
    *,
    done: Act | None = None,
    error: CopydeskError | None = None,
    typed: SentForm | None = None,
    tried: Act | None = None,
) -> Response:
    now = desk.clock()
    return page(
        visit,
        "item.html",
        error.status if error else HTTPStatus.OK,
        item=item,
        slots=marked(item.copy_now, item.checked, item.brief),
        previews=previews(item.copy_now),
        remarks=remarks(item.copy_now, item.brief, item.audience),
        siblings=desk.reviewing.siblings(item),
        acts=_open_acts(desk, item, visit, now),
        why_not=_why_not(desk, item, visit, now),
        next_item=_next(desk, visit.actor, item),
        now=now,
        done=done,
        error=error,
        typed=_typed(item, typed, tried),
        Act=Act,
        Reason=Reason,
        State=State,
    )


def _typed(item: ReviewItem, form: SentForm | None, tried: Act | None) -> dict[str, Any]:
    """Return what the forms hold: what was typed before an error, else what stands."""
    copy = item.copy_now
    texts = {slot.value: str(text) for slot, text in copy.slots()}
    if form is None or tried is None:
        return {**texts, "note": {}, "reason": "", "tried": None}
    if tried is Act.EDIT:
        texts = {name: form.text(name) for name in texts}
    note = {tried: form.text("note")}
    return {**texts, "note": note, "reason": form.text("reason"), "tried": tried}


def _open_acts(desk: Copydesk, item: ReviewItem, visit: Visit, now: datetime) -> tuple[Act, ...]:
    if not visit.may(*DECIDERS):
        return ()
    return open_acts(item, desk.reviewing.as_reviewer(visit.actor), now)


def _why_not(desk: Copydesk, item: ReviewItem, visit: Visit, now: datetime) -> str | None:
    """Return why this person cannot sign the item, where they cannot."""
    if item.state not in OPEN:
        return None
    if not visit.may(*DECIDERS):
        return "You can read this. Deciding needs the role reviewer or approver."
    try:
        allow(item, Act.APPROVE, desk.reviewing.as_reviewer(visit.actor), now)
    except (Conflict, Forbidden) as error:
        return error.message
    return None


def _next(desk: Copydesk, actor: Actor, item: ReviewItem) -> ReviewItem | None:
    """Return the most urgent other item that nobody holds and is not this person's own."""
    free = Filter(state=OPEN, claimed=Claimed.NOBODY)
    waiting = (one.item for one in desk.queueing.page(actor, free, limit=NEXT_AMONG).items)
    others = (one for one in waiting if one.id != item.id and one.requester != actor.name)
    return next(others, None)


Doing = Callable[[Copydesk, str, Actor, SentForm], ReviewItem]


def _claim(desk: Copydesk, item_id: str, actor: Actor, form: SentForm) -> ReviewItem:
    return desk.reviewing.claim(item_id, actor, form.number("version"))


def _approve(desk: Copydesk, item_id: str, actor: Actor, form: SentForm) -> ReviewItem:
    note = form.text("note") or None
    return desk.reviewing.approve(item_id, actor, form.number("version"), note)


def _edit(desk: Copydesk, item_id: str, actor: Actor, form: SentForm) -> ReviewItem:
    texts = {name: Text(form.text(name)) for name in ("subject", "preheader", "body")}
    note = form.text("note") or None
    return desk.reviewing.edit(item_id, actor, form.number("version"), Copy(**texts), note)


def _reject(desk: Copydesk, item_id: str, actor: Actor, form: SentForm) -> ReviewItem:
    reason, note = form.text("reason"), form.text("note") or None
    return desk.reviewing.reject(item_id, actor, form.number("version"), reason, note)


def _escalate(desk: Copydesk, item_id: str, actor: Actor, form: SentForm) -> ReviewItem:
    return desk.reviewing.escalate(item_id, actor, form.number("version"), form.text("note"))


def _release(desk: Copydesk, item_id: str, actor: Actor, form: SentForm) -> ReviewItem:
    return desk.reviewing.release(item_id, actor, form.number("version"))


ACTS: dict[Act, Doing] = {
    Act.CLAIM: _claim,
    Act.APPROVE: _approve,
    Act.EDIT: _edit,
    Act.REJECT: _reject,
    Act.ESCALATE: _escalate,
    Act.RELEASE: _release,
}
