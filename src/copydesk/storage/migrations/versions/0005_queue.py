"""Narrow rows by which the queue is sorted, found and counted; filters that people keep."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")
FACETS = ("campaign", "brand", "audience", "locale", "kind", "severity", "requester")
INDEXES = {
    "open": ["is_open", "place", "id"],
    "place": ["place", "id"],
    "asked": ["is_open", "asked", "id"],
    "state": ["state", "place", "id"],
    "due": ["is_open", "due_at"],
    "holder": ["holder", "lease_until"],
    "counts": ["is_open", "state", "due_at", "holder", "lease_until", *FACETS, "id"],
    **{name: [name, "is_open", "place", "id"] for name in FACETS},
}
PAGE = 500
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
SEVERITIES = ("block", "review", "warn", "info")
DECIDED = {"approved", "rejected"}


def upgrade() -> None:
    queue, tags, texts = _create()
    for name, columns in INDEXES.items():
        op.create_index(f"ix_queue_{name}", "queue", columns)
    op.create_index("ix_queue_tags_value", "queue_tags", ["name", "value", "is_open", "id"])
    op.create_index("ix_queue_tags_open", "queue_tags", ["name", "is_open", "value"])
    op.create_table(
        "review_views",
        sa.Column("owner", NAME, primary_key=True),
        sa.Column("name", NAME, primary_key=True),
        sa.Column("document", DOCUMENT, nullable=False),
    )
    for page in _pages():
        op.bulk_insert(queue, [_row(item) for item in page])
        op.bulk_insert(texts, [{"id": item["id"], "searched": _searched(item)} for item in page])
        op.bulk_insert(tags, [row for item in page for row in _tags(item)])


def downgrade() -> None:
    for table in ("review_views", "queue_texts", "queue_tags", "queue"):
        op.drop_table(table)


def _create() -> tuple[sa.Table, sa.Table, sa.Table]:
    moment = sa.DateTime(timezone=True)
    queue = op.create_table(
        "queue",
        sa.Column("id", NAME, primary_key=True),
        sa.Column("state", NAME, nullable=False),
        sa.Column("is_open", sa.Boolean, nullable=False),
        sa.Column("place", sa.Double, nullable=False),
        sa.Column("asked", sa.Double, nullable=False),
        sa.Column("due_at", moment, nullable=False),
        *(sa.Column(name, NAME, nullable=False) for name in FACETS),
        sa.Column("holder", NAME),
        sa.Column("lease_until", moment),
        sa.Column("mark", NAME, nullable=False),
    )
    tags = op.create_table(
        "queue_tags",
        *(sa.Column(name, NAME, primary_key=True) for name in ("id", "name", "value")),
        sa.Column("is_open", sa.Boolean, nullable=False),
    )
    texts = op.create_table(
        "queue_texts",
        sa.Column("id", NAME, primary_key=True),
        sa.Column("searched", sa.Text, nullable=False),
    )
    return queue, tags, texts


def _pages() -> Iterator[list[dict[str, Any]]]:
    """Yield the items that are there, as plain data."""
    reviews = sa.table("reviews", sa.column("id", sa.String), sa.column("document", sa.Text))
    document = sa.cast(reviews.c.document, sa.Text)
    last = ""
    while True:
        query = sa.select(reviews.c.id, document).where(reviews.c.id > last)
        page = op.get_bind().execute(query.order_by(reviews.c.id).limit(PAGE)).all()
        if not page:
            return
        yield [json.loads(row[1]) for row in page]
        last = page[-1][0]


def _row(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item's row; its place is that of its age until the first start has placed it."""
    asked = (_utc(item["created_at"]) - EPOCH).total_seconds()
    found = {finding["severity"] for finding in item["checked"].get("findings", ())}
    return {
        "id": item["id"],
        "state": item["state"],
        "is_open": item["state"] not in DECIDED,
        "place": asked / 3_600,
        "asked": asked,
        "due_at": _utc(item["brief"]["send_at"]),
        "campaign": item["campaign"],
        "brand": item["brand"]["name"],
        "audience": item["audience"]["id"],
        "locale": item["brief"]["locale"],
        "kind": item["brief"]["kind"],
        "severity": next((one for one in SEVERITIES if one in found), "none"),
        "requester": item["requester"],
        "holder": item.get("holder"),
        "lease_until": _utc(item["lease_until"]) if item.get("lease_until") else None,
        "mark": "",
    }


def _tags(item: dict[str, Any]) -> list[dict[str, Any]]:
    found = set()
    for finding in item["checked"].get("findings", ()):
        parts = finding["category"].split(".")
        families = [".".join(parts[:end]) + ".*" for end in range(1, len(parts))]
        found |= {("category", name) for name in (finding["category"], *families)}
        found.add(("rule", finding["rule"]))
    same = {"id": item["id"], "is_open": item["state"] not in DECIDED}
    return [{**same, "name": name, "value": value} for name, value in sorted(found)]


def _searched(item: dict[str, Any]) -> str:
    copy = item["copy_now"]
    texts = [item["id"], item["brief"]["product"]["name"], *copy.values()]
    return "\n".join(texts).casefold()


def _utc(moment: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone(UTC)
