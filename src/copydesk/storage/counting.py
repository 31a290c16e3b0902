"""Counting rows of the queue that are at hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from copydesk.review_queue import State
from copydesk.review_queue.searching import COLUMNS, Facet, QueueQuery, Tally
from copydesk.storage.queued import Queued

Tags = Iterable[tuple[str, str]]


def counted(
    rows: Sequence[Queued],
    told: Sequence[Queued],
    tags: Tags,
    query: QueueQuery,
    by: Collection[Facet],
    *,
    is_partial: bool = False,
) -> Tally:
    """Return how many rows there are by state; by facet those that are `told`, with their tags."""
    states = Counter(row.state_at(query.now) for row in rows)
    tagged = Counter(tags)
    return Tally(
        states={state: states[state] for state in State},
        late=sum(row.is_open and row.due_at < query.now for row in rows),
        mine=sum(_is_own(row, query) for row in rows),
        values={facet: _values(facet, told, tagged) for facet in by},
        is_partial=is_partial,
    )


def _is_own(row: Queued, query: QueueQuery) -> bool:
    return row.is_open and row.is_held(query.now) and row.holder == query.user


def _values(
    facet: Facet, told: Sequence[Queued], tagged: Counter[tuple[str, str]]
) -> dict[str, int]:
    if facet in COLUMNS:
        values = Counter(str(getattr(row, facet)) for row in told)
    else:
        values = Counter({value: n for (name, value), n in tagged.items() if name == facet})
    return dict(sorted(values.items(), key=lambda pair: (-pair[1], pair[0])))
