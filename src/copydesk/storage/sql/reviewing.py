"""Generations and review items in a database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, func, or_, select, tuple_, update

from copydesk.brand_voice import EVERY_BRAND, Brands
from copydesk.generations import EVERYONES, Generation, GenerationState, Progress, Whose
from copydesk.review_queue import ReviewItem, ReviewQuery, State
from copydesk.storage.sql import schema
from copydesk.storage.sql.figures import SqlFigures
from copydesk.storage.sql.queue import SqlQueue
from copydesk.storage.sql.statements import Row, insert_new, many, of, one, replace, replace_at
from copydesk.storage.stored import missing, same_request, taken, written


class SqlGenerations:
    """Generations, by id."""

    def __init__(self, connection: Connection, figures: SqlFigures) -> None:
        self._connection = connection
        self._figures = figures

    def add(self, generation: Generation) -> Generation:
        """Store a new generation and return it, or the one that has its idempotency key.

        Raises:
            KeyReused: the key came with another request before.
            Conflict: the id is taken.
        """
        if insert_new(self._connection, schema.generations, _generation_row(generation)):
            self._figures.put_generation(generation)
            return generation
        earlier = self._with_key_of(generation)
        if earlier is None:
            raise taken("generation", generation.id)
        return same_request(earlier, generation)

    def get(self, generation_id: str) -> Generation:
        """Return the generation. Raises NotFound."""
        generations = schema.generations.c
        query = select(generations.document).where(generations.id == generation_id)
        generation = one(self._connection, Generation, query)
        if generation is None:
            raise missing("generation", generation_id)
        return generation

    def save(self, generation: Generation) -> None:
        """Replace the generation. Raises NotFound."""
        if not replace(self._connection, schema.generations, _generation_row(generation)):
            raise missing("generation", generation.id)
        self._figures.put_generation(generation)

    def note(self, generation_id: str, progress: Progress) -> None:
        """Keep how far it is, in place of what was noted before; no error where it is gone."""
        generations = schema.generations
        noted = update(generations).where(generations.c.id == generation_id)
        self._connection.execute(noted.values(progress=written(progress)))

    def progress(self, generation_id: str) -> Progress | None:
        """Return what was noted last, or None."""
        generations = schema.generations.c
        query = select(generations.progress).where(generations.id == generation_id)
        return one(self._connection, Progress, query)

    def latest(self, whose: Whose = EVERYONES, limit: int = 50) -> Sequence[Generation]:
        """Return the newest generations that are meant, newest first."""
        generations = schema.generations.c
        own = and_(generations.requester == whose.requester, of(generations.brand, whose.own))
        meant = or_(of(generations.brand, whose.brands), own)
        newest = (
            select(generations.document)
            .where(meant)
            .order_by(generations.created_at.desc(), generations.id.desc())
        )
        return many(self._connection, Generation, newest.limit(limit))

    def page(
        self, since: datetime | None = None, after: str | None = None, limit: int = 50
    ) -> Sequence[Generation]:
        """Return those accepted at `since` or later, oldest first. Raises NotFound for `after`."""
        generations = schema.generations.c
        query = select(generations.document)
        if since is not None:
            query = query.where(generations.created_at >= since)
        if after is not None:
            last = self.get(after)
            newer = tuple_(generations.created_at, generations.id) > (last.created_at, last.id)
            query = query.where(newer)
        oldest = query.order_by(generations.created_at, generations.id).limit(limit)
        return many(self._connection, Generation, oldest)

    def unfinished(self) -> Sequence[Generation]:
        """Return those queued or running, oldest first."""
        generations = schema.generations.c
        going = (GenerationState.QUEUED.value, GenerationState.RUNNING.value)
        query = select(generations.document).where(generations.state.in_(going))
        oldest = query.order_by(generations.created_at, generations.id)
        return many(self._connection, Generation, oldest)

    def _with_key_of(self, generation: Generation) -> Generation | None:
        generations = schema.generations.c
        query = select(generations.document).where(
            generations.requester == generation.requester,
            generations.idempotency_key == generation.idempotency_key,
        )
        return one(self._connection, Generation, query)


def _generation_row(generation: Generation) -> Row:
    return {
        "id": generation.id,
        "requester": generation.requester,
        "idempotency_key": generation.idempotency_key,
        "campaign": generation.campaign,
        "brand": generation.request.brand.name,
        "state": generation.state.value,
        "created_at": generation.created_at,
        "document": written(generation),
    }


class SqlReviews:
    """Review items, each under its version."""

    def __init__(self, connection: Connection, queue: SqlQueue, figures: SqlFigures) -> None:
        self._connection = connection
        self._queue = queue
        self._figures = figures

    def add(self, item: ReviewItem) -> None:
        """Store a new item; an item with this id that is already there stays as it is."""
        if insert_new(self._connection, schema.reviews, review_row(item)):
            self._follow(item)

    def get(self, item_id: str) -> ReviewItem:
        """Return the item. Raises NotFound."""
        query = select(schema.reviews.c.document).where(schema.reviews.c.id == item_id)
        item = one(self._connection, ReviewItem, query)
        if item is None:
            raise missing("review item", item_id)
        return item

    def save(self, item: ReviewItem, expected_version: int) -> None:
        """Replace the item if it is stored at `expected_version`, else raise StaleVersion."""
        row, reviews = review_row(item), schema.reviews
        if not replace_at(self._connection, reviews, row, expected_version, "review item"):
            raise missing("review item", item.id)
        self._follow(item)

    def find(self, query: ReviewQuery) -> Sequence[ReviewItem]:
        """Return at most `query.limit` items, oldest first. Raises NotFound for `after`."""
        reviews = schema.reviews.c
        wanted = _narrowed(select(reviews.document), query)
        if query.after is not None:
            last = self.get(query.after)
            wanted = wanted.where(
                tuple_(reviews.created_at, reviews.id) > (last.created_at, last.id)
            )
        oldest = wanted.order_by(reviews.created_at, reviews.id).limit(query.limit)
        return many(self._connection, ReviewItem, oldest)

    def count(self, brands: Brands = EVERY_BRAND) -> dict[State, int]:
        """Return how many items of these brands are in each state, zeros included."""
        queue = schema.queue.c
        counted = dict.fromkeys(State, 0)
        grouped = select(queue.state, func.count()).where(of(queue.brand, brands))
        for name, items in self._connection.execute(grouped.group_by(queue.state)):
            counted[State(name)] = items
        return counted

    def _follow(self, item: ReviewItem) -> None:
        self._queue.place(item)
        self._figures.put_item(item)


def _narrowed(statement: Select[dict[str, Any]], query: ReviewQuery) -> Select[dict[str, Any]]:
    reviews = schema.reviews.c
    if query.states:
        statement = statement.where(reviews.state.in_([state.value for state in query.states]))
    if query.campaign is not None:
        statement = statement.where(reviews.campaign == query.campaign)
    if query.generation_id is not None:
        statement = statement.where(reviews.generation_id == query.generation_id)
    return statement.where(of(reviews.brand, query.brands))


def review_row(item: ReviewItem) -> Row:
    """Return the row of an item, its document included."""
    return {
        "id": item.id,
        "version": item.version,
        "state": item.state.value,
        "campaign": item.campaign,
        "brand": item.brand.name,
        "generation_id": item.generation_id,
        "created_at": item.created_at,
        "document": written(item),
    }
