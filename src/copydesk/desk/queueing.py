"""The queue as a list: what is next, what fits a filter, how much there is, and views of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from copydesk.access import Actor
from copydesk.desk.parts import READERS, Clock
from copydesk.errors import Conflict
from copydesk.review_queue import ReviewItem, State
from copydesk.review_queue.placing import Placer
from copydesk.review_queue.priority import Priority
from copydesk.review_queue.searching import (
    Cursor,
    Facet,
    Filter,
    Order,
    QueueQuery,
    Tally,
    View,
)
from copydesk.review_queue.signing import seen_by
from copydesk.storage import Store

VIEWS_AT_MOST = 50
"""Views that one person may keep."""
PLACED_AT_ONCE = 500
EVERYTHING = Filter()


class Ranked(NamedTuple):
    """An item with its priority now."""

    item: ReviewItem
    priority: Priority


class Page(NamedTuple):
    """A page of the queue."""

    items: Sequence[Ranked]
    next: str | None
    """Where the next page begins, for `after`; None on the last."""


class Queueing:
    """Lists and counts the queue of the actor's brands. Raises Forbidden for who reads none."""

    def __init__(self, store: Store, placer: Placer, clock: Clock) -> None:
        store.place_by(placer)
        self._store = store
        self._placer = placer
        self._clock = clock

    def page(
        self,
        actor: Actor,
        wanted: Filter = EVERYTHING,
        order: Order = Order.PRIORITY,
        after: str | None = None,
        limit: int = 50,
    ) -> Page:
        """Return at most `limit` items that fit, in this order, from the cursor `after` on.

        A cursor is a place, not an item: what is added, changed or decided meanwhile moves it not,
        and no item that keeps its place is left out or comes twice.

        Raises:
            InputError: `after` is no cursor, or one of another order.
        """
        brands, now = actor.brands(*READERS), self._clock()
        start = None if after is None else Cursor.parse(after, order)
        query = QueueQuery(wanted, actor.name, now, order, start, limit + 1, brands)
        with self._store.transaction() as tx:
            hits = tx.queue.page(query)
        shown = hits[:limit]
        ranked = [
            Ranked(seen_by(actor.name, hit.item), self._placer.priority(hit.item, now))
            for hit in shown
        ]
        return Page(ranked, str(shown[-1].cursor) if len(hits) > limit else None)

    def counts(
        self,
        actor: Actor,
        wanted: Filter = EVERYTHING,
        by: Collection[Facet] = (),
        among: tuple[State, ...] = (),
    ) -> Tally:
        """Count what fits: by state, late, claimed by the actor, and by each facet asked for.

        Facets are counted in items of the states `among` alone, where it names any.
        """
        query = QueueQuery(wanted, actor.name, self._clock(), brands=actor.brands(*READERS))
        with self._store.transaction() as tx:
            return tx.queue.tally(query, by, among)

    def priority(self, item: ReviewItem) -> Priority:
        """Return the priority that the item has now."""
        return self._placer.priority(item, self._clock())

    def views(self, actor: Actor) -> Sequence[View]:
        """Return the views that the actor keeps, by name."""
        actor.brands(*READERS)
        with self._store.transaction() as tx:
            return tx.views.of(actor.name)

    def keep_view(self, view: View, actor: Actor) -> None:
        """Keep a view, in the place of the actor's view of that name.

        Raises:
            Conflict: the actor keeps too many already.
        """
        actor.brands(*READERS)
        with self._store.transaction() as tx:
            others = [one.name for one in tx.views.of(actor.name) if one.name != view.name]
            if len(others) >= VIEWS_AT_MOST:
                raise Conflict(f"You keep {VIEWS_AT_MOST} views: forget one first.")
            tx.views.put(actor.name, view)

    def forget_view(self, name: str, actor: Actor) -> None:
        """Forget the actor's view. Raises NotFound."""
        actor.brands(*READERS)
        with self._store.transaction() as tx:
            tx.views.drop(actor.name, name)

    def place_some(self) -> int:
        """Place anew some of the open items that were placed by other weights; return how many.

        To be called until it returns 0 when a process starts to serve: the policy may have changed
        since, and what an older version stored was placed by its age alone. Nothing has to wait
        for it: until then an item stands where it stood.
        """
        with self._store.transaction() as tx:
            found = tx.queue.misplaced(self._placer.mark, PLACED_AT_ONCE)
            for item in found:
                tx.queue.place(item)
            return len(found)
