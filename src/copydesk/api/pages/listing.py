"""The queue: what waits, narrowed by links that tell their counts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import Field

from copydesk.access import Role
from copydesk.api.pages.rendering import page
from copydesk.api.pages.telling import Told, read
from copydesk.api.pages.visits import OwnForm, SentForm, Visit, Visitor
from copydesk.api.parts import Desk
from copydesk.api.queueing import CURSOR, plain_filter
from copydesk.bootstrap import Copydesk
from copydesk.documents import shaped
from copydesk.errors import Conflict, CopydeskError, InputError, NotFound
from copydesk.review_queue import OPEN, Reason, ReviewItem, State
from copydesk.review_queue.searching import Facet, Filter, Order, View

ROWS = 50
VALUES_SHOWN = 40
DECIDERS = (Role.REVIEWER, Role.APPROVER)
READERS = (*DECIDERS, Role.ADMIN)
FACETS: tuple[Facet, ...] = (
    "brand", "campaign", "audience", "category", "severity", "locale", "requester",
)  # fmt: skip

MANY = {name for name, one in Filter.model_fields.items() if one.default == ()}
"""Fields of a filter that take several values."""

NARROWING_NOTHING = frozenset({"state", "after", "order", "narrow"})
"""Parts of an address that do not narrow the list within its tab."""

router = APIRouter(include_in_schema=False)

Pairs = tuple[tuple[str, str], ...]
Groups = Sequence[tuple[tuple[str, ...], Sequence[ReviewItem]]]


class Narrowing(Filter):
    """What the address of a page of the queue may say."""

    order: Order = Order.PRIORITY
    narrow: Facet | None = None
    """What the list is about to be narrowed by: its values are counted and shown. One at a time,
    for counting them takes as long as the rest of the page."""
    after: Annotated[str | None, Field(pattern=CURSOR)] = None


class Shown(NamedTuple):
    """What the address asks for: every field of a filter, as often as it has values."""

    pairs: Pairs
    wanted: Filter
    order: Order
    narrow: Facet | None
    after: str | None

    @classmethod
    def of(cls, request: Request) -> Shown:
        """Return what a request's address asks for. Raises InputError."""
        sent = request.query_params.multi_items()
        pairs = tuple((name, one) for name, one in sent if one and name != "told")
        data: dict[str, object] = {}
        for name, value in pairs:
            many = name in MANY
            data[name] = (*_values(data.get(name)), value) if many else value
        listing = shaped(data, Narrowing)
        return cls(pairs, plain_filter(listing), listing.order, listing.narrow, listing.after)

    @property
    def narrowed(self) -> Filter:
        """The filter, which without a state means what is still to be decided."""
        return self.wanted if self.wanted.state else self.wanted.model_copy(update={"state": OPEN})

    @property
    def chosen(self) -> Pairs:
        """What narrows the list beyond its state."""
        return tuple(pair for pair in self.pairs if pair[0] not in NARROWING_NOTHING)

    @property
    def all_of_it(self) -> str:
        """The address of the list with nothing narrowed but its state."""
        return address(tuple(pair for pair in self.pairs if pair[0] in {"state", "order"}))

    def has(self, name: str, value: str) -> bool:
        """Return whether the list is narrowed by this."""
        return (name, value) in self.pairs

    def adding(self, name: str, value: str) -> str:
        """Return the address of the first page of this list narrowed by one thing more."""
        rest = (pair for pair in self._without(name, value) if pair[0] != "narrow")
        return address((*rest, (name, value)))

    def lacking(self, name: str, value: str | None = None) -> str:
        """Return the address of the first page without this, or without any of the name."""
        return address(self._without(name, value))

    def instead(self, name: str, value: str) -> str:
        """Return the address of the first page with this as the only value of its name."""
        return address((*self._without(name), (name, value)))

    @property
    def query(self) -> str:
        """The address's query, to come back to it."""
        return urlencode(self.pairs)

    def _without(self, name: str, value: str | None = None) -> Pairs:
        gone = {(name, one) for key, one in self.pairs if key == name and value in {None, one}}
        return tuple(pair for pair in self.pairs if pair not in gone and pair[0] != "after")


@router.get("/")
def queue(desk: Desk, visit: Visitor, request: Request, told: str = "") -> Response:
    """Show what waits for a decision; to those who do not review, what they asked for."""
    if not visit.may(*READERS):
        if visit.may(Role.REQUESTER):
            return RedirectResponse("/generations", HTTPStatus.SEE_OTHER)
        return page(visit, "no_roles.html")
    return queue_page(desk, visit, Shown.of(request), told=read(told, visit.csrf))


@router.get("/rows")
def rows(desk: Desk, visit: Visitor, request: Request) -> Response:
    """Return the rows of a page as they are now, for a page that looks again by itself."""
    visit.actor.brands(*READERS)
    shown = Shown.of(request)
    found = desk.queueing.page(visit.actor, shown.narrowed, shown.order, shown.after, ROWS)
    return page(visit, "rows_alone.html", ranked=found.items, **_of_rows(desk, visit))


@router.post("/views")
def keep_view(desk: Desk, visit: Visitor, request: Request, form: OwnForm) -> Response:
    """Keep what the list is narrowed by under a name, or forget what is kept under it."""
    shown = Shown.of(request)
    try:
        if form.text("forget"):
            desk.queueing.forget_view(form.text("forget"), visit.actor)
        else:
            data = {"name": form.text("name").strip(), "filter": shown.wanted}
            desk.queueing.keep_view(shaped({**data, "order": shown.order}, View), visit.actor)
    except (Conflict, InputError, NotFound) as error:
        return queue_page(desk, visit, shown, error=error)
    return RedirectResponse(address(shown.pairs), HTTPStatus.SEE_OTHER)


def queue_page(
    desk: Copydesk,
    visit: Visit,
    shown: Shown,
    *,
    told: Told | None = None,
    error: CopydeskError | None = None,
    typed: SentForm | None = None,
    groups: Groups = (),
) -> Response:
    """Return the page of the queue, with what was just done or could not be done."""
    found = desk.queueing.page(visit.actor, shown.narrowed, shown.order, shown.after, ROWS)
    everywhere = shown.wanted.model_copy(update={"state": ()})
    # One walk counts every tab; the values are those of the tab that is open.
    by = (shown.narrow,) if shown.narrow else ()
    tally = desk.queueing.counts(visit.actor, everywhere, by, shown.narrowed.state)
    return page(
        visit,
        "queue.html",
        error.status if error else HTTPStatus.OK,
        ranked=found.items,
        next=found.next,
        tally=tally,
        facets=FACETS,
        values_shown=VALUES_SHOWN,
        to_decide=sum(tally.states[one] for one in OPEN),
        shown=shown,
        views=[(view.name, address(_pairs(view))) for view in desk.queueing.views(visit.actor)],
        told=told,
        told_text=told.written(visit.csrf) if told else "",
        undo_seconds=_undo_seconds(desk, told),
        subjects=_subjects(desk, visit, told),
        error=error,
        groups=groups if len(groups) > 1 else (),
        note=typed.text("note") if typed else "",
        reason=typed.text("reason") if typed else "",
        Order=Order,
        Reason=Reason,
        State=State,
        **_of_rows(desk, visit, typed),
    )


def _of_rows(desk: Copydesk, visit: Visit, typed: SentForm | None = None) -> dict[str, Any]:
    """Return what the rows are written with, beside the items."""
    return {
        "now": desk.clock(),
        "may_decide": visit.may(*DECIDERS),
        "selected": typed.data.getlist("item") if typed else (),
        "OPEN": OPEN,
    }


def _undo_seconds(desk: Copydesk, told: Told | None) -> int:
    """Return for how many seconds what was done can still be taken back; 0 for not."""
    if told is None or told.act == "undo" or not told.done:
        return 0
    passed = (desk.clock() - told.at).total_seconds()
    return max(0, math.ceil(desk.settings.undo_seconds - passed))


def _subjects(desk: Copydesk, visit: Visit, told: Told | None) -> dict[str, str]:
    """Return the subjects of what was decided on; what is gone has none."""
    found = {}
    for one in told.results if told else ():
        try:
            found[one.id] = desk.reviewing.get(one.id, visit.actor).copy_now.subject.render()
        except CopydeskError:
            found[one.id] = one.id
    return found


def _pairs(view: View) -> Pairs:
    """Return what the address says of a view's filter, and of its order if it is not the usual."""
    told = view.filter.model_dump(mode="json", exclude_defaults=True)
    if view.order is not Order.PRIORITY:
        told["order"] = view.order.value
    return tuple(
        (name, str(one).lower() if isinstance(one, bool) else str(one))
        for name, value in told.items()
        for one in (value if isinstance(value, list) else [value])
    )


def _values(one: object) -> tuple[object, ...]:
    return one if isinstance(one, tuple) else ()


def address(pairs: Pairs) -> str:
    """Return the address of the queue that says this."""
    return f"/?{urlencode(pairs)}" if pairs else "/"
