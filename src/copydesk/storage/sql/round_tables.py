"""The table of rounds; see `schema.py` for all others."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table, Text

from copydesk.storage.sql.columns import Moment, Name, metadata

rounds = Table(
    "rounds",
    metadata,
    Column("name", Name, primary_key=True),
    Column("began_at", Moment, nullable=False),
    Column("held_until", Moment),
    Column("ended_at", Moment),
    Column("failures", Integer, nullable=False),
    Column("error", Text),
)
