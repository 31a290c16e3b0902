"""The review queue in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from copydesk.review_queue import ReviewItem, State
from copydesk.review_queue.placing import Placer
from copydesk.review_queue.searching import (
    COLUMNS,
    TAGS,
    Claimed,
    Cursor,
    Facet,
    Hit,
    Order,
    QueueQuery,
    Tally,
    View,
)
from copydesk.storage.counting import counted
from copydesk.storage.memory.rows import Rows, Undo
from copydesk.storage.queued import Queued, searched, shipped_placer, tags
from copydesk.storage.stored import kept, missing


class _Row(NamedTuple):
    item: ReviewItem
    queued: Queued
    tags: frozenset[tuple[str, str]]
    text: str


class MemoryQueue:
    """The rows that follow the review items."""

    def __init__(self, journal: list[Undo]) -> None:
        self._rows: Rows[str, _Row] = Rows(journal)
        self.placer: Placer | None = None

    def page(self, query: QueueQuery) -> Sequence[Hit]:
        """Return at most `query.limit` items, in the query's order, equal ones by id."""
        found = sorted((_key(row, query.order), row.queued.id, row) for row in self._fitting(query))
        after = query.after
        later = [
            Hit(row.item, Cursor(query.order, key, item_id))
            for key, item_id, row in found
            if after is None or (key, item_id) > (after.key, after.item_id)
        ]
        return later[: query.limit]

    def tally(
        self, query: QueueQuery, by: Collection[Facet] = (), among: tuple[State, ...] = ()
    ) -> Tally:
        """Count what fits the query's filter, whatever its order and page."""
        rows = self._fitting(query)
        told = [row for row in rows if _one_fits(among, row.queued.state_at(query.now))]
        tagged = [tag for row in told for tag in row.tags]
        queued, of_told = [row.queued for row in rows], [row.queued for row in told]
        return counted(queued, of_told, tagged, query, by)

    def brands_of(self, ids: Collection[str]) -> Mapping[str, str]:
        """Return the brand of each of these items that there is; some hundreds at once."""
        return {row.queued.id: row.queued.brand for name in ids if (row := self._rows.get(name))}

    def misplaced(self, mark: str, limit: int) -> Sequence[ReviewItem]:
        """Return open items that were placed by other weights than those of this mark."""
        rows = sorted(self._rows.values(), key=lambda row: row.queued.id)
        wrong = [row.item for row in rows if row.queued.is_open and row.queued.mark != mark]
        return wrong[:limit]

    def due_between(self, after: datetime, before: datetime) -> Sequence[str]:
        """Return the ids of open items that were due in this time, the longest due first."""
        open_ones = [row.queued for row in self._rows.values() if row.queued.is_open]
        due = [one for one in open_ones if after < one.due_at <= before]
        return [one.id for one in sorted(due, key=lambda one: (one.due_at, one.id))]

    def place(self, item: ReviewItem) -> None:
        """Give the item its place, by the weights that the store was given last."""
        placer = self.placer or shipped_placer()
        row = _Row(item, Queued.of(item, placer), tags(item, placer), searched(item))
        self._rows.put(item.id, row)

    def _fitting(self, query: QueueQuery) -> list[_Row]:
        return [row for row in self._rows.values() if _fits(row, query)]


class MemoryViews:
    """Filters that people keep, by user and name."""

    def __init__(self, journal: list[Undo]) -> None:
        self._rows: Rows[tuple[str, str], View] = Rows(journal)

    def put(self, user: str, view: View) -> None:
        """Store the view, or replace the user's view of that name."""
        self._rows.put((user, view.name), kept(view))

    def of(self, user: str) -> Sequence[View]:
        """Return the user's views, by name."""
        return [view for (owner, _), view in sorted(self._rows.items(), key=_name) if owner == user]

    def drop(self, user: str, name: str) -> None:
        """Forget the view. Raises NotFound."""
        if self._rows.get((user, name)) is None:
            raise missing("view", name)
        self._rows.drop((user, name))


def _name(row: tuple[tuple[str, str], View]) -> tuple[str, str]:
    return row[0]


def _key(row: _Row, order: Order) -> float:
    return row.queued.place if order is Order.PRIORITY else row.queued.asked


def _fits(row: _Row, query: QueueQuery) -> bool:
    wanted = query.filter
    return (
        row.queued.brand in query.brands
        and all(_one_fits(getattr(wanted, name), getattr(row.queued, name)) for name in COLUMNS)
        and all(_any_fits(getattr(wanted, name), name, row) for name in TAGS)
        and _one_fits(wanted.state, row.queued.state_at(query.now))
        and (wanted.claimed is None or _is_claimed(wanted.claimed, row, query))
        and wanted.late in {None, _is_late(row, query)}
        and all(word in row.text for word in wanted.words)
    )


def _one_fits(wanted: Sequence[str], value: str) -> bool:
    return not wanted or value in wanted


def _any_fits(wanted: Sequence[str], name: str, row: _Row) -> bool:
    return not wanted or any((name, value) in row.tags for value in wanted)


def _is_late(row: _Row, query: QueueQuery) -> bool:
    return row.queued.is_open and row.queued.due_at < query.now


def _is_claimed(by: Claimed, row: _Row, query: QueueQuery) -> bool:
    held = row.queued.is_held(query.now)
    if by is Claimed.ME:
        return held and row.queued.holder == query.user
    return held if by is Claimed.ANYONE else not held
