"""The tables of what recipients did, as triggers need it; see `schema.py` for all others."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table

from copydesk.storage.sql.columns import Document, Moment, Name, metadata

heard_events = Table(
    "heard_events",
    metadata,
    Column("source", Name, primary_key=True),
    Column("event_id", Name, primary_key=True),
    Column("until", Moment, nullable=False),
    Index("ix_heard_events_until", "until"),
)

standings = Table(
    "standings",
    metadata,
    Column("recipient_key", Name, primary_key=True),
    Column("stored_at", Moment, nullable=False),
    Column("latest", Moment),
    Column("document", Document, nullable=False),
    Index("ix_standings_stored_at", "stored_at", "recipient_key"),
    Index("ix_standings_latest", "latest"),
)

habits = Table(
    "habits",
    metadata,
    Column("brand", Name, primary_key=True),
    Column("document", Document, nullable=False),
)
