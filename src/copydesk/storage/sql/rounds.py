"""Rounds in a database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, or_, select, update

from copydesk.storage.rounds import RoundState
from copydesk.storage.sql.round_tables import rounds as table
from copydesk.storage.sql.statements import insert_new, replace


class SqlRounds:
    """Every round that a server ever made, by name."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def know(self, name: str, at: datetime) -> None:
        """Note a round, unless it is known."""
        state = RoundState(name=name, began_at=at)
        insert_new(self._connection, table, state.model_dump())

    def take(self, state: RoundState, now: datetime, until: datetime) -> RoundState | None:
        """Begin the round as it was read, and hold it; None where somebody else was faster."""
        is_free = or_(table.c.held_until.is_(None), table.c.held_until <= now)
        as_read = table.c.began_at == state.began_at
        statement = update(table).where(table.c.name == state.name, as_read, is_free)
        taken = self._connection.execute(statement.values(began_at=now, held_until=until))
        if taken.rowcount != 1:
            return None
        return state.model_copy(update={"began_at": now, "held_until": until})

    def put(self, state: RoundState) -> None:
        """Keep how it stands now: for who holds it."""
        replace(self._connection, table, state.model_dump())

    def all(self) -> Sequence[RoundState]:
        """Return all rounds, by name."""
        rows = self._connection.execute(select(table).order_by(table.c.name)).mappings()
        return [RoundState.model_validate(dict(row)) for row in rows]
