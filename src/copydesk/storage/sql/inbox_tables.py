"""The tables of what campaign tools deliver; see `schema.py` for all others."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text

from copydesk.storage.sql.columns import Document, Moment, Name, metadata

# Deliveries of campaign tools, as they came but for who they are about. What waits to be read is a
# table of its own, so narrow that bodies are never written twice.
received = Table(
    "received",
    metadata,
    Column("id", Name, primary_key=True),
    Column("tool", Name, nullable=False),
    Column("at", Moment, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("brands", Text),
    Index("ix_received_at", "at"),
)

received_waiting = Table(
    "received_waiting",
    metadata,
    Column("id", Name, primary_key=True),
    Column("tool", Name, nullable=False),
    Column("at", Moment, nullable=False),
    Column("events", Integer, nullable=False),
    Index("ix_received_waiting_at", "at", "id"),
)

received_unread = Table(
    "received_unread",
    metadata,
    Column("delivery", Name, primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("tool", Name, nullable=False),
    Column("at", Moment, nullable=False),
    Column("document", Document, nullable=False),
    Index("ix_received_unread_tool", "tool", "at"),
    Index("ix_received_unread_at", "at"),
)

webhook_secrets = Table(
    "webhook_secrets",
    metadata,
    Column("id", Name, primary_key=True),
    Column("tool", Name, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("document", Document, nullable=False),
)
