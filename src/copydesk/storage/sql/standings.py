"""What is known of recipients by what they did, in a database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, select, tuple_

from copydesk.feedback.habits import Habits
from copydesk.publishing.triggers import Standing
from copydesk.publishing.triggers.ports import Changed, EventId
from copydesk.storage.sql import trigger_tables as tables
from copydesk.storage.sql.statements import Row, insert, one, put, replace
from copydesk.storage.stored import read, written

standings = tables.standings.c
events = tables.heard_events.c
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
"""When nothing was stored yet."""
PLACE = (standings.stored_at, standings.recipient_key)


class SqlStandings:
    """Events by source and id, and recipients by key."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def note(self, events: Collection[EventId], until: datetime) -> frozenset[EventId]:
        """Remember the events until then; return those that were not known."""
        if not events:
            return frozenset()
        # In one order, so that two transactions with the same events never wait for each other.
        rows = [
            {"source": e.source, "event_id": e.event_id, "until": until} for e in sorted(events)
        ]
        table = tables.heard_events
        statement = insert(self._connection, table).on_conflict_do_nothing()
        new = self._connection.execute(statement.returning(*table.primary_key), rows)
        return frozenset(EventId(row.source, row.event_id) for row in new)

    def held(self, keys: Collection[str]) -> Mapping[str, Standing]:
        """Return what is known of each key, and let nobody else change it in this transaction.

        A row is made first where there is none: what is not there cannot be locked.
        """
        ordered = sorted(set(keys))
        if not ordered:
            return {}
        rows = [_row(Standing(recipient_key=key), BEGINNING) for key in ordered]
        self._connection.execute(
            insert(self._connection, tables.standings).on_conflict_do_nothing(), rows
        )
        query = select(standings.document).where(standings.recipient_key.in_(ordered))
        locked = query.order_by(standings.recipient_key).with_for_update()
        found = (read(Standing, document) for document in self._connection.scalars(locked))
        return {one.recipient_key: one for one in found}

    def find(self, key: str) -> Standing | None:
        """Return what is known of a recipient, or None."""
        query = select(standings.document).where(standings.recipient_key == key)
        return one(self._connection, Standing, query)

    def put(self, standings: Collection[Standing], at: datetime) -> None:
        """Store them as of `at`."""
        for standing in standings:
            row = _row(standing, at)
            if not replace(self._connection, tables.standings, row):
                self._connection.execute(tables.standings.insert().values(**row))

    def changed_since(self, since: datetime, after: str, limit: int) -> Sequence[Changed]:
        """Return what was stored at `since` under a later key than `after`, and what was later."""
        query = select(standings.document, standings.stored_at)
        query = query.where(tuple_(*PLACE) > tuple_(since, after)).order_by(*PLACE).limit(limit)
        rows = self._connection.execute(query)
        return [Changed(read(Standing, document), at) for document, at in rows]

    def forget(self, now: datetime, happened_before: datetime) -> int:
        """Drop events whose time is over, and recipients with whom nothing happened since."""
        over = delete(tables.heard_events).where(events.until < now)
        old = delete(tables.standings).where(standings.latest < happened_before)
        return sum(self._connection.execute(statement).rowcount for statement in (over, old))


class SqlHabits:
    """Habits by brand."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, habits: Habits) -> None:
        """Replace those of the brand."""
        row = {"brand": habits.brand, "document": written(habits)}
        put(self._connection, tables.habits, row)

    def find(self, brand: str) -> Habits | None:
        """Return those of the brand, or None where they were never counted."""
        habits = tables.habits.c
        return one(self._connection, Habits, select(habits.document).where(habits.brand == brand))


def _row(standing: Standing, at: datetime) -> Row:
    return {
        "recipient_key": standing.recipient_key,
        "stored_at": at,
        "latest": standing.latest,
        "document": written(standing),
    }
