"""`/v1/reviews` as a list, its counts, a person's views of it, and decisions on many at once."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field, model_validator

from copydesk.access import Actor
from copydesk.api.parts import Desk, MayReview
from copydesk.api.problems import responses
from copydesk.bootstrap import Copydesk
from copydesk.briefs import Noun, Slug
from copydesk.desk.deciding import AT_ONCE, BulkAct, Decided, Selected
from copydesk.desk.queueing import VIEWS_AT_MOST
from copydesk.errors import NotFound
from copydesk.review_queue import Reason, ReviewItem
from copydesk.review_queue.priority import Priority
from copydesk.review_queue.searching import Facet, Filter, Order, Tally, View

router = APIRouter(prefix="/v1", tags=["reviews"], responses=responses(401, 403, 422))

CURSOR = r"^[A-Za-z0-9_-]{1,200}$"
ViewName = Annotated[Slug, Path(description="A name of your own, as `spring-legal`.")]


class ReviewPage(Noun):
    """A page of the queue."""

    items: tuple[ReviewItem, ...]
    priorities: Mapping[str, Priority]
    """By id of the item: how urgent it is now, and why."""
    next: str | None
    """Send it as `after` for the next page; null on the last."""


class Views(Noun):
    """Your views, by name."""

    items: tuple[View, ...] = Field(max_length=VIEWS_AT_MOST)


class KeptView(Noun):
    """What is kept under the name in the address."""

    filter: Filter
    order: Order = Order.PRIORITY


class BulkDecision(Noun):
    """One decision on many items in which the same rules found something."""

    act: BulkAct
    items: tuple[Selected, ...] = Field(min_length=1, max_length=AT_ONCE)
    reason: Reason | None = None
    """Needed to reject."""
    note: Annotated[str | None, Field(max_length=2_000)] = None

    @model_validator(mode="after")
    def _rejecting_needs_a_reason(self) -> BulkDecision:
        if self.act == "reject" and self.reason is None:
            raise ValueError(f"to reject, give a reason: one of {', '.join(Reason)}")
        if self.act == "approve" and self.reason is not None:
            raise ValueError("a reason is for rejecting: leave it out to approve")
        if self.reason is Reason.OTHER and not (self.note or "").strip():
            raise ValueError("the reason `other` needs a note")
        return self


class Decisions(Noun):
    """What became of each item, in the order in which they were named."""

    done: int
    refused: int
    results: tuple[Decided, ...]


class Listing(Filter):
    """A page of the queue, as an address asks for it."""

    view: Slug | None = None
    """One of your views: its filter and order, where the address says nothing else."""
    order: Order | None = None
    """`priority`, the most urgent first, when left out; `oldest` for walking through all."""
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    after: Annotated[str | None, Field(pattern=CURSOR)] = None
    """`next` of the page before, with everything else the same."""


class Counting(Filter):
    """What is to be counted."""

    by: tuple[Facet, ...] = ()
    """Count by the values of these, too."""


@router.get("/reviews", responses=responses(404))
def find(desk: Desk, caller: MayReview, wanted: Annotated[Listing, Query()]) -> ReviewPage:
    """List review items, the most urgent first.

    Fields that are given several times fit by any of their values; different fields must all fit.
    """
    wanted = _with_view(desk, caller, wanted)
    order = wanted.order or Order.PRIORITY
    page = desk.queueing.page(caller, plain_filter(wanted), order, wanted.after, wanted.limit)
    return ReviewPage(
        items=tuple(ranked.item for ranked in page.items),
        priorities={ranked.item.id: ranked.priority for ranked in page.items},
        next=page.next,
    )


@router.get("/review-counts")
def count(desk: Desk, caller: MayReview, wanted: Annotated[Counting, Query()]) -> Tally:
    """Count review items by state, and by whatever else is asked for."""
    return desk.queueing.counts(caller, plain_filter(wanted), wanted.by)


@router.get("/review-views")
def views(desk: Desk, caller: MayReview) -> Views:
    """List the filters that you keep."""
    return Views(items=tuple(desk.queueing.views(caller)))


@router.put("/review-views/{name}", responses=responses(409, 413, 415))
def keep_view(desk: Desk, caller: MayReview, name: ViewName, kept: KeptView) -> View:
    """Keep a filter under a name, in place of the one that has it."""
    view = View(name=name, filter=kept.filter, order=kept.order)
    desk.queueing.keep_view(view, caller)
    return view


@router.delete("/review-views/{name}", status_code=HTTPStatus.NO_CONTENT, responses=responses(404))
def forget_view(desk: Desk, caller: MayReview, name: ViewName) -> None:
    """Forget a filter."""
    desk.queueing.forget_view(name, caller)


@router.post("/review-decisions", responses=responses(409, 413, 415))
def decide(desk: Desk, caller: MayReview, decision: BulkDecision) -> Decisions:
    """Approve or reject many items at once, if the same rules found something in all of them.

    Each item is decided on by itself, as by the act for one: what one refuses, because you asked
    for it or edited it, because somebody holds it or it changed, stops no other. The answer tells
    of each whether it was done, and why not. If the findings differ, nothing is done (409).
    """
    results = desk.deciding.decide(
        decision.act, decision.items, caller, decision.reason, decision.note
    )
    done = sum(one.done for one in results)
    return Decisions(done=done, refused=len(results) - done, results=tuple(results))


def _with_view(desk: Copydesk, caller: Actor, wanted: Listing) -> Listing:
    """Return what is wanted, with what the view says where the address says nothing."""
    if wanted.view is None:
        return wanted
    view = next((one for one in desk.queueing.views(caller) if one.name == wanted.view), None)
    if view is None:
        raise NotFound(f"You keep no view {wanted.view}.")
    kept = {name: getattr(view.filter, name) for name in view.filter.model_fields_set}
    given = {name: getattr(wanted, name) for name in wanted.model_fields_set}
    return wanted.model_copy(update={"order": view.order, **kept, **given})


def plain_filter(wanted: Filter) -> Filter:
    """Return the filter without what only the address has."""
    return Filter(**{name: getattr(wanted, name) for name in Filter.model_fields})
