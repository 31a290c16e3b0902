"""The kinds of column: text in byte order, moments in UTC, and nouns as JSON documents."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import JSON, DateTime, Dialect, MetaData, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

metadata = MetaData()
"""Of every table."""
Name = String().with_variant(String(collation="C"), "postgresql")
"""Text that identifies or orders something: the same order on every engine and locale."""

Document = JSON().with_variant(JSONB(), "postgresql")
"""A noun: the JSON text that `stored.written` gives goes in, what `stored.read` takes comes out."""


class Moment(TypeDecorator[datetime]):
    """A time with its zone. SQLite has no zones, so there it is kept in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _: Dialect) -> datetime | None:
        """Return the time in UTC. Raises ValueError when it has no zone."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value} has no time zone: give one, as 2026-03-07T09:00:00Z")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _: Dialect) -> datetime | None:
        """Return the time in UTC, with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
