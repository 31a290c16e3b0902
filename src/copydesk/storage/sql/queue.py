"""The review queue in a database: narrow rows beside the documents.

A page is read in two steps: ids by an index that is already in the wanted order, from the place
where the page before ended, then the documents of those ids alone. What is not in the index is
judged on narrow rows. Counts walk narrow rows or an index, and no document.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    case,
    delete,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)

from copydesk.brand_voice import EVERY_BRAND
from copydesk.review_queue import OPEN, ReviewItem, State
from copydesk.review_queue.placing import Placer
from copydesk.review_queue.searching import (
    COLUMNS,
    TAGS,
    Claimed,
    Cursor,
    Facet,
    Filter,
    Hit,
    Order,
    QueueQuery,
    Tally,
    View,
)
from copydesk.storage.counting import counted
from copydesk.storage.queued import Queued, searched, tags
from copydesk.storage.sql import schema
from copydesk.storage.sql.statements import insert, many, of, put
from copydesk.storage.stored import missing, read, written

COUNTED = 1_000
"""Items of those that hold words that are counted."""

queue = schema.queue.c
tagged = schema.queue_tags.c
texts = schema.queue_texts.c


class SqlQueue:
    """The rows that follow the review items."""

    def __init__(self, connection: Connection, placer: Placer) -> None:
        self._connection = connection
        self._placer = placer

    def page(self, query: QueueQuery) -> Sequence[Hit]:
        """Return at most `query.limit` items, in the query's order, equal ones by id."""
        key = queue.place if query.order is Order.PRIORITY else queue.asked
        ids = select(queue.id, key).where(*_conditions(query))
        if query.after is not None:
            ids = ids.where(tuple_(key, queue.id) > (query.after.key, query.after.item_id))
        found = self._connection.execute(ids.order_by(key, queue.id).limit(query.limit)).all()
        items = self._items([row[0] for row in found])
        return [
            Hit(items[item_id], Cursor(query.order, at, item_id))
            for item_id, at in found
            if item_id in items
        ]

    def tally(
        self, query: QueueQuery, by: Collection[Facet] = (), among: tuple[State, ...] = ()
    ) -> Tally:
        """Count what fits the query's filter, whatever its order and page.

        Of what holds words a thousand items are counted: to find all takes too long.
        """
        if query.filter.words:
            return self._sampled(query, by, among)
        states = dict.fromkeys(State, 0)
        late = mine = 0
        for part in _passes(query):
            for state, items, lapsed, is_late, is_mine in self._counted(query, part):
                states[State(state)] += items - lapsed
                states[State.WAITING] += lapsed
                late, mine = late + is_late, mine + is_mine
        told = query
        if among:
            told = query._replace(filter=query.filter.model_copy(update={"state": among}))
        values = self._values(told, by) if by else {}
        return Tally(states=states, late=late, mine=mine, values=values)

    def brands_of(self, ids: Collection[str]) -> Mapping[str, str]:
        """Return the brand of each of these items that there is; some hundreds at once."""
        found = select(queue.id, queue.brand).where(queue.id.in_(sorted(ids)))
        return {row.id: row.brand for row in self._connection.execute(found)}

    def _sampled(self, query: QueueQuery, by: Collection[Facet], among: Collection[State]) -> Tally:
        sampled = select(schema.queue).limit(COUNTED + 1)
        if query.brands == EVERY_BRAND and query.filter == Filter(text=query.filter.text):
            # Of a word that is nearly everywhere the first thousand are found at once.
            holding = _holding(query.filter).limit(COUNTED + 1)
            sampled = sampled.where(queue.id.in_(holding))
        else:
            sampled = sampled.where(*_conditions(query))
        found = self._connection.execute(sampled).all()
        rows = [Queued(**row._mapping) for row in found[:COUNTED]]  # noqa: SLF001 - a row's own way
        told = [row for row in rows if not among or row.state_at(query.now) in among]
        pairs = self._tags_of([row.id for row in told], [facet for facet in by if facet in TAGS])
        return counted(rows, told, pairs, query, by, is_partial=len(found) > COUNTED)

    def _tags_of(self, ids: Sequence[str], names: Sequence[str]) -> list[tuple[str, str]]:
        if not names:
            return []
        having = select(tagged.name, tagged.value)
        having = having.where(tagged.id.in_(ids), tagged.name.in_(names))
        return [(row.name, row.value) for row in self._connection.execute(having)]

    def misplaced(self, mark: str, limit: int) -> Sequence[ReviewItem]:
        """Return open items that were placed by other weights than those of this mark."""
        wrong = select(queue.id).where(queue.is_open, queue.mark != mark).order_by(queue.id)
        ids = list(self._connection.scalars(wrong.limit(limit)))
        return list(self._items(ids).values())

    def place(self, item: ReviewItem) -> None:
        """Give the item its place, by the weights that the store was given last."""
        put(self._connection, schema.queue, Queued.of(item, self._placer).as_row())
        text = {"id": item.id, "searched": searched(item)}
        put(self._connection, schema.queue_texts, text)
        self._tag(item)

    def _items(self, ids: Sequence[str]) -> dict[str, ReviewItem]:
        reviews = schema.reviews.c
        query = select(reviews.document).where(reviews.id.in_(ids))
        return {item.id: item for item in many(self._connection, ReviewItem, query)}

    def _tag(self, item: ReviewItem) -> None:
        wanted, is_open = tags(item, self._placer), item.state in OPEN
        held = select(tagged.name, tagged.value).where(tagged.id == item.id)
        before = {(name, value) for name, value in self._connection.execute(held)}
        for name, value in sorted(before - wanted):
            gone = and_(tagged.id == item.id, tagged.name == name, tagged.value == value)
            self._connection.execute(delete(schema.queue_tags).where(gone))
        rows = [
            {"id": item.id, "name": name, "value": value, "is_open": is_open}
            for name, value in sorted(wanted)
        ]
        if rows:
            new = insert(self._connection, schema.queue_tags)
            key, rest = ["id", "name", "value"], {"is_open": new.excluded.is_open}
            self._connection.execute(new.on_conflict_do_update(index_elements=key, set_=rest), rows)

    def _counted(
        self, query: QueueQuery, part: Sequence[ColumnElement[bool]]
    ) -> list[tuple[Any, ...]]:
        """Return by stored state how many there are, lapsed, late, and claimed by the user."""
        lapsed = and_(queue.state == State.CLAIMED.value, _is_free(query))
        late = and_(queue.is_open, queue.due_at < query.now)
        mine = and_(queue.is_open, _claimed(Claimed.ME, query))
        sums = [func.sum(case((one, 1), else_=0)) for one in (lapsed, late, mine)]
        walked, conditions = _walk(query)
        rows = select(queue.state, func.count(), *sums).select_from(walked)
        rows = rows.where(*part, *conditions).group_by(queue.state)
        return [tuple(row) for row in self._connection.execute(rows)]

    def _values(self, query: QueueQuery, by: Collection[Facet]) -> dict[Facet, dict[str, int]]:
        """Count by all facets in one statement, in which what fits is found once."""
        columns = [facet for facet in by if facet in COLUMNS]
        fits = select(queue.id, *(queue[facet] for facet in columns)).where(*_conditions(query))
        chosen, count = fits.cte("chosen"), func.count().label("items")
        counts = [
            select(literal(facet).label("facet"), chosen.c[facet].label("value"), count).group_by(
                chosen.c[facet]
            )
            for facet in columns
        ]
        if names := [facet for facet in by if facet in TAGS]:
            among = _tag_conditions(query, select(chosen.c.id))
            pairs = select(tagged.name.label("facet"), tagged.value.label("value"), count)
            pairs = pairs.where(tagged.name.in_(names), *among)
            counts.append(pairs.group_by(tagged.name, tagged.value))
        values: dict[Facet, dict[str, int]] = {facet: {} for facet in by}
        found = self._connection.execute(union_all(*counts)).mappings().all()
        for row in sorted(found, key=lambda row: (-row["items"], row["value"])):
            values[row["facet"]][row["value"]] = row["items"]
        return values


class SqlViews:
    """Filters that people keep, by user and name."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, user: str, view: View) -> None:
        """Store the view, or replace the user's view of that name."""
        row = {"owner": user, "name": view.name, "document": written(view)}
        put(self._connection, schema.review_views, row)

    def of(self, user: str) -> Sequence[View]:
        """Return the user's views, by name."""
        views = schema.review_views.c
        query = select(views.document).where(views.owner == user).order_by(views.name)
        return [read(View, document) for document in self._connection.scalars(query)]

    def drop(self, user: str, name: str) -> None:
        """Forget the view. Raises NotFound."""
        views = schema.review_views.c
        gone = delete(schema.review_views).where(views.owner == user, views.name == name)
        if self._connection.execute(gone).rowcount == 0:
            raise missing("view", name)


def _conditions(query: QueueQuery) -> list[ColumnElement[bool]]:
    wanted = query.filter
    conditions: list[ColumnElement[bool]] = [
        queue[name].in_(given) for name in COLUMNS if (given := getattr(wanted, name))
    ]
    conditions += [_has(name, given) for name in TAGS if (given := getattr(wanted, name))]
    if query.brands != EVERY_BRAND:
        conditions.append(of(queue.brand, query.brands))
    if wanted.state:
        conditions += _in_states(query)
    if wanted.claimed is not None:
        conditions.append(_claimed(wanted.claimed, query))
    if wanted.late is not None:
        late = and_(queue.is_open, queue.due_at < query.now)
        conditions.append(late if wanted.late else ~late)
    if wanted.words:
        conditions.append(queue.id.in_(_holding(wanted)))
    return conditions


def _walk(query: QueueQuery) -> tuple[FromClause, list[ColumnElement[bool]]]:
    """Return what to walk to count, and what must be true there.

    Where one tag is asked for, its items are walked: to look up each item among those of a tag that
    most have takes twice as long.
    """
    asked = [(name, given) for name in TAGS if (given := getattr(query.filter, name))]
    if len(asked) != 1 or len(asked[0][1]) != 1:
        return schema.queue, _conditions(query)
    name, (value,) = asked[0]
    rest = query._replace(filter=query.filter.model_copy(update={name: ()}))
    having = [tagged.name == name, tagged.value == value]
    return schema.queue_tags.join(schema.queue, queue.id == tagged.id), [
        *having,
        *_conditions(rest),
    ]


def _passes(query: QueueQuery) -> list[list[ColumnElement[bool]]]:
    """Return among which items to count, pass by pass: each walks its part of the index."""
    wanted = query.filter
    if wanted.late or (wanted.state and {*wanted.state} <= {*OPEN}):
        return [[queue.is_open]]
    if wanted.words or any(getattr(wanted, name) for name in TAGS):
        return [[queue.is_open.in_([True, False])]]  # what costs more than the walk is done once
    return [[queue.is_open], [~queue.is_open]]


def _tag_conditions(query: QueueQuery, fitting: Select[tuple[str]]) -> list[ColumnElement[bool]]:
    """Return what must be true of a tag's item: told by the tag alone where nothing else is asked.

    Looking up the item of each tag would take several times as long as counting.
    """
    wanted = query.filter
    if query.brands == EVERY_BRAND:
        if wanted == Filter(state=wanted.state) and {*wanted.state} == {*OPEN}:
            return [tagged.is_open]
        if wanted == Filter():
            return []
    return [tagged.id.in_(fitting)]


def _has(name: str, values: Sequence[str]) -> ColumnElement[bool]:
    having = select(tagged.id).where(tagged.name == name, tagged.value.in_(values))
    return queue.id.in_(having)


def _holding(wanted: Filter) -> Select[Any]:
    holding = [texts.searched.contains(word, autoescape=True) for word in wanted.words]
    return select(texts.id).where(*holding)


def _in_states(query: QueueQuery) -> list[ColumnElement[bool]]:
    wanted = query.filter.state
    fits = or_(*(_in_state(state, query) for state in wanted))
    # Said beside the states, it lets an index be used that is in the wanted order.
    is_open = {state in OPEN for state in wanted}
    return [fits, *(queue.is_open == one for one in is_open if len(is_open) == 1)]


def _in_state(state: State, query: QueueQuery) -> ColumnElement[bool]:
    if state is State.WAITING:
        lapsed = and_(queue.state == State.CLAIMED.value, _is_free(query))
        return or_(queue.state == state.value, lapsed)
    if state is State.CLAIMED:
        return and_(queue.state == state.value, queue.lease_until > query.now)
    return queue.state == state.value


def _claimed(by: Claimed, query: QueueQuery) -> ColumnElement[bool]:
    if by is Claimed.ME:
        return and_(queue.holder == query.user, queue.lease_until > query.now)
    return _is_free(query) if by is Claimed.NOBODY else queue.lease_until > query.now


def _is_free(query: QueueQuery) -> ColumnElement[bool]:
    """Say that no lease is running; there is none without a holder."""
    return or_(queue.lease_until.is_(None), queue.lease_until <= query.now)
