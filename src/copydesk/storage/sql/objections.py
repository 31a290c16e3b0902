"""Objections in a database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from copydesk.publishing.objections import Objection
from copydesk.storage.sql.locks import OBJECTING, write_alone
from copydesk.storage.sql.schema import objections as table
from copydesk.storage.sql.statements import put

CHUNK = 500


class SqlObjections:
    """The last word of each recipient that ever objected."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, keys: Collection[str], at: datetime, *, stands: bool) -> int:
        """Keep the word of these recipients; return for how many it is new."""
        # Numbers are given by one transaction at a time: who reads on from a number misses none.
        write_alone(self._connection, OBJECTING)
        last = self._connection.scalar(select(func.max(table.c.number))) or 0
        known = self._standing(sorted(set(keys)))
        new = [key for key in sorted(set(keys)) if known.get(key, False) is not stands]
        for number, key in enumerate(new, last + 1):
            row = {"recipient_key": key, "number": number, "stands": stands, "at": at}
            put(self._connection, table, row)
        return len(new)

    def since(self, number: int, limit: int) -> Sequence[Objection]:
        """Return changes with greater numbers, in order."""
        later = _all().where(table.c.number > number).order_by(table.c.number)
        return [_read(row) for row in self._connection.execute(later.limit(limit))]

    def find(self, key: str) -> Objection | None:
        """Return the last word of a recipient, or None."""
        found = self._connection.execute(_all().where(table.c.recipient_key == key))
        row = found.one_or_none()
        return None if row is None else _read(row)

    def _standing(self, keys: Sequence[str]) -> dict[str, bool]:
        found: dict[str, bool] = {}
        for start in range(0, len(keys), CHUNK):
            among = table.c.recipient_key.in_(keys[start : start + CHUNK])
            query = select(table.c.recipient_key, table.c.stands).where(among)
            rows = self._connection.execute(query).all()
            found |= {row.recipient_key: row.stands for row in rows}
        return found


def _all() -> Select[Any]:
    return select(table)


def _read(row: Row[Any]) -> Objection:
    return Objection.model_validate(dict(row._mapping))  # noqa: SLF001 - its public view
