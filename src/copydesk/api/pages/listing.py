"""The queue: what waits, narrowed by links that tell their counts, and deciding on many at once."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import Field

from copydesk.access import Role
from copydesk.api.pages.rendering import page
from copydesk.api.pages.visits import OwnForm, SentForm, Visit, Visitor
from copydesk.api.parts import Desk
from copydesk.api.queueing import CURSOR, BulkDecision, plain_filter
from copydesk.bootstrap import Copydesk
from copydesk.desk.deciding import Decided
from copydesk.documents import shaped
from copydesk.errors import Conflict, CopydeskError, InputError, NotFound
from copydesk.review_queue import OPEN, Reason, State
from copydesk.review_queue.searching import Facet, Filter, View

ROWS = 50
VALUES_SHOWN = 8
DECIDERS = (Role.REVIEWER, Role.APPROVER)
READERS = (*DECIDERS, Role.ADMIN)
FACETS: tuple[Facet, ...] = (
    "severity", "category", "campaign", "audience", "locale", "requester",
)  # fmt: skip

MANY = {name for name, one in Filter.model_fields.items() if one.default == ()}
"""Fields of a filter that take several values."""

router = APIRouter(include_in_schema=False)

Pairs = tuple[tuple[str, str], ...]


class Narrowing(Filter):
    """What the address of a page of the queue may say."""

    after: Annotated[str | None, Field(pattern=CURSOR)] = None


class Shown(NamedTuple):
    """What the address asks for: every field of a filter, as often as it has values."""

    pairs: Pairs
    wanted: Filter
    after: str | None

    @classmethod
    def of(cls, request: Request) -> Shown:
        """Return what a request's address asks for. Raises InputError."""
        pairs = tuple((name, one) for name, one in request.query_params.multi_items() if one)
        data: dict[str, object] = {}
        for name, value in pairs:
            many = name in MANY
            data[name] = (*_values(data.get(name)), value) if many else value
        listing = shaped(data, Narrowing)
        return cls(pairs, plain_filter(listing), listing.after)

    @property
    def narrowed(self) -> Filter:
        """The filter, which without a state means what is still to be decided."""
        return self.wanted if self.wanted.state else self.wanted.model_copy(update={"state": OPEN})

    @property
    def chosen(self) -> Pairs:
        """What narrows the list beyond its state."""
        return tuple(pair for pair in self.pairs if pair[0] not in {"state", "after"})

    def has(self, name: str, value: str) -> bool:
        """Return whether the list is narrowed by this."""
        return (name, value) in self.pairs

    def adding(self, name: str, value: str) -> str:
        """Return the address of the first page of this list narrowed by one thing more."""
        return _address((*self._without(name, value), (name, value)))

    def lacking(self, name: str, value: str | None = None) -> str:
        """Return the address of the first page without this, or without any of the name."""
        return _address(self._without(name, value))

    def instead(self, name: str, value: str) -> str:
        """Return the address of the first page with this as the only value of its name."""
        return _address((*self._without(name), (name, value)))

    @property
    def query(self) -> str:
        """The address's query, to come back to it."""
        return urlencode(self.pairs)

    def _without(self, name: str, value: str | None = None) -> Pairs:
        gone = {(name, one) for key, one in self.pairs if key == name and value in {None, one}}
        return tuple(pair for pair in self.pairs if pair not in gone and pair[0] != "after")


@router.get("/")
def queue(desk: Desk, visit: Visitor, request: Request) -> Response:
    """Show what waits for a decision; to those who do not review, what they asked for."""
    if not visit.may(*READERS):
        return RedirectResponse("/generations", HTTPStatus.SEE_OTHER)
    return _queue_page(desk, visit, Shown.of(request))


@router.post("/decisions")
def decide(desk: Desk, visit: Visitor, request: Request, form: OwnForm) -> Response:
    """Decide on all that is selected, and tell of each what was done."""
    visit.actor.brands(*DECIDERS)
    shown = Shown.of(request)
    try:
        asked = _decision(form)
        results = desk.deciding.decide(
            asked.act, asked.items, visit.actor, asked.reason, asked.note
        )
    except (Conflict, InputError) as error:
        return _queue_page(desk, visit, shown, error=error, typed=form)
    return _queue_page(desk, visit, shown, results=results)


@router.post("/views")
def keep_view(desk: Desk, visit: Visitor, request: Request, form: OwnForm) -> Response:
    """Keep what the list is narrowed by under a name, or forget what is kept under it."""
    shown = Shown.of(request)
    try:
        if form.text("forget"):
            desk.queueing.forget_view(form.text("forget"), visit.actor)
        else:
            data = {"name": form.text("name").strip(), "filter": shown.wanted}
            desk.queueing.keep_view(shaped(data, View), visit.actor)
    except (Conflict, InputError, NotFound) as error:
        return _queue_page(desk, visit, shown, error=error)
    return RedirectResponse(_address(shown.pairs), HTTPStatus.SEE_OTHER)


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


def _queue_page(
    desk: Copydesk,
    visit: Visit,
    shown: Shown,
    *,
    results: Sequence[Decided] = (),
    error: CopydeskError | None = None,
    typed: SentForm | None = None,
) -> Response:
    found = desk.queueing.page(visit.actor, shown.narrowed, after=shown.after, limit=ROWS)
    everywhere = shown.wanted.model_copy(update={"state": ()})
    counts = desk.queueing.counts(visit.actor, everywhere).states
    tally = desk.queueing.counts(visit.actor, shown.narrowed, FACETS)
    return page(
        visit,
        "queue.html",
        error.status if error else HTTPStatus.OK,
        ranked=found.items,
        next=found.next,
        counts=counts,
        tally=tally,
        facets=FACETS,
        values_shown=VALUES_SHOWN,
        to_decide=sum(counts[one] for one in OPEN),
        shown=shown,
        views=[(view.name, _address(_pairs(view))) for view in desk.queueing.views(visit.actor)],
        now=desk.clock(),
        may_decide=visit.may(*DECIDERS),
        results=results,
        subjects=_subjects(desk, visit, results),
        error=error,
        selected=typed.data.getlist("item") if typed else (),
        note=typed.text("note") if typed else "",
        reason=typed.text("reason") if typed else "",
        OPEN=OPEN,
        Reason=Reason,
        State=State,
    )


def _subjects(desk: Copydesk, visit: Visit, results: Sequence[Decided]) -> dict[str, str]:
    """Return the subjects of what was decided on; what is gone has none."""
    found = {}
    for one in results:
        try:
            found[one.id] = desk.reviewing.get(one.id, visit.actor).copy_now.subject.render()
        except CopydeskError:
            found[one.id] = one.id
    return found


def _pairs(view: View) -> Pairs:
    """Return what the address says of a view's filter."""
    told = view.filter.model_dump(mode="json", exclude_defaults=True)
    return tuple(
        (name, str(one).lower() if isinstance(one, bool) else str(one))
        for name, value in told.items()
        for one in (value if isinstance(value, list) else [value])
    )


def _values(one: object) -> tuple[object, ...]:
    return one if isinstance(one, tuple) else ()


def _address(pairs: Pairs) -> str:
    return f"/?{urlencode(pairs)}" if pairs else "/"
