"""The tables of what periods are counted by."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Integer, Table

from copydesk.storage.sql.columns import Name, metadata

# What periods are counted by: narrow rows, each index holding all that its question looks at.
measured_items = Table(
    "measured_items",
    metadata,
    Column("id", Name, primary_key=True),
    Column("brand", Name, nullable=False),
    Column("kind", Name, nullable=False),
    # Days in UTC, counted from 2020-01-01: whole numbers are grouped alike on both databases.
    Column("asked_day", Integer, nullable=False),
    Column("decided_day", Integer, nullable=False),
    Column("outcome", Name, nullable=False),
    Column("as_written", Boolean, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("recalled", Boolean, nullable=False),
    Column("waited_s", Double, nullable=False),
    Index(
        "ix_measured_items_decided",
        "decided_day", "asked_day", "kind", "brand", "outcome", "as_written", "late", "waited_s",
    ),
    Index("ix_measured_items_recalled", "recalled", "asked_day", "kind", "brand"),
    Index("ix_measured_items_brand", "brand"),
)  # fmt: skip

measured_rules = Table(
    "measured_rules",
    metadata,
    Column("id", Name, primary_key=True),
    Column("rule", Name, primary_key=True),
    Column("brand", Name, nullable=False),
    Column("kind", Name, nullable=False),
    Column("day", Integer, nullable=False),
    Column("dismissed", Name, nullable=False),
    Index("ix_measured_rules_rule", "rule", "dismissed", "day", "kind", "brand"),
)

measured_acts = Table(
    "measured_acts",
    metadata,
    Column("item_id", Name, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("brand", Name, nullable=False),
    Column("kind", Name, nullable=False),
    Column("day", Integer, nullable=False),
    Column("act", Name, nullable=False),
    Index("ix_measured_acts_act", "act", "day", "kind", "brand"),
)

measured_generations = Table(
    "measured_generations",
    metadata,
    Column("id", Name, primary_key=True),
    Column("brand", Name, nullable=False),
    Column("kind", Name, nullable=False),
    Column("campaign", Name, nullable=False),
    Column("day", Integer, nullable=False),
    Column("state", Name, nullable=False),
    Column("approved", Integer, nullable=False),
    Column("trusted", Integer, nullable=False),
    Column("review", Integer, nullable=False),
    Column("blocked", Integer, nullable=False),
    Column("fallbacks", Integer, nullable=False),
    Column("reused", Integer, nullable=False),
    Column("saved", BigInteger, nullable=False),
    Column("input_tokens", BigInteger, nullable=False),
    Column("cached_tokens", BigInteger, nullable=False),
    Index(
        "ix_measured_generations_day",
        "day", "kind", "brand", "state", "approved", "trusted", "review", "blocked", "fallbacks",
        "reused", "saved", "input_tokens", "cached_tokens",
    ),
    Index("ix_measured_generations_brand", "brand", "kind", "campaign"),
)  # fmt: skip

measured_pulls = Table(
    "measured_pulls",
    metadata,
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("campaign", Name, primary_key=True),
    Column("source", Name, primary_key=True),
    Column("pulls", BigInteger, nullable=False),
)
