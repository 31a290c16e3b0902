"""Narrow rows by which periods are counted: items, what was found, acts, generations, pulls."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
PAGE = 500
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
UNDECIDED = 1_000_000
DECIDED = {"approved", "rejected"}
NOT_AS_WRITTEN = {"edit", "approve_with_edit", "request_changes"}
TABLES: dict[str, dict[str, Any]] = {
    "measured_items": {
        "id": (NAME, True), "brand": NAME, "kind": NAME, "asked_day": sa.Integer,
        "decided_day": sa.Integer, "outcome": NAME, "as_written": sa.Boolean, "late": sa.Boolean,
        "recalled": sa.Boolean, "waited_s": sa.Double,
    },
    "measured_rules": {
        "id": (NAME, True), "rule": (NAME, True), "brand": NAME, "kind": NAME, "day": sa.Integer,
        "dismissed": NAME,
    },
    "measured_acts": {
        "item_id": (NAME, True), "number": (sa.Integer, True), "brand": NAME, "kind": NAME,
        "day": sa.Integer, "act": NAME,
    },
    "measured_generations": {
        "id": (NAME, True), "brand": NAME, "kind": NAME, "campaign": NAME, "day": sa.Integer,
        "state": NAME, "approved": sa.Integer, "trusted": sa.Integer, "review": sa.Integer,
        "blocked": sa.Integer, "fallbacks": sa.Integer, "reused": sa.Integer,
        "saved": sa.BigInteger, "input_tokens": sa.BigInteger, "cached_tokens": sa.BigInteger,
    },
    "measured_pulls": {
        "day": (sa.Integer, True), "campaign": (NAME, True), "source": (NAME, True),
        "pulls": sa.BigInteger,
    },
}  # fmt: skip
INDEXES = {
    "measured_items": {
        "decided": [
            "decided_day", "asked_day", "kind", "brand", "outcome", "as_written", "late",
            "waited_s",
        ],
        "recalled": ["recalled", "asked_day", "kind", "brand"],
        "brand": ["brand"],
    },
    "measured_rules": {"rule": ["rule", "dismissed", "day", "kind", "brand"]},
    "measured_acts": {"act": ["act", "day", "kind", "brand"]},
    "measured_generations": {
        "day": [
            "day", "kind", "brand", "state", "approved", "trusted", "review", "blocked",
            "fallbacks", "reused", "saved", "input_tokens", "cached_tokens",
        ],
        "brand": ["brand", "kind", "campaign"],
    },
}  # fmt: skip


def upgrade() -> None:
    made = {name: _create(name, columns) for name, columns in TABLES.items()}
    for table, indexes in INDEXES.items():
        for name, columns in indexes.items():
            op.create_index(f"ix_{table}_{name}", table, columns)
    for page in _pages("reviews"):
        op.bulk_insert(made["measured_items"], [_item(one) for one in page])
        op.bulk_insert(made["measured_acts"], [row for one in page for row in _acts(one)])
        _add_rules(made["measured_rules"], [row for one in page for row in _rules_of_item(one)])
    for page in _pages("generations"):
        op.bulk_insert(made["measured_generations"], [_generation(one) for one in page])
        found = [row for one in page for row in _rules_of_generation(one)]
        _add_rules(made["measured_rules"], found)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _create(name: str, columns: dict[str, Any]) -> sa.Table:
    made = []
    for column, told in columns.items():
        kind, is_key = told if isinstance(told, tuple) else (told, False)
        # A number that is a key is ours to give, never the database's.
        made.append(
            sa.Column(column, kind, primary_key=is_key, nullable=False, autoincrement=False)
        )
    return op.create_table(name, *made)


def _pages(table: str) -> Iterator[list[dict[str, Any]]]:
    """Yield the nouns that are there, as plain data."""
    nouns = sa.table(table, sa.column("id", sa.String), sa.column("document", sa.Text))
    document = sa.cast(nouns.c.document, sa.Text)
    last = ""
    while True:
        query = sa.select(nouns.c.id, document).where(nouns.c.id > last)
        page = op.get_bind().execute(query.order_by(nouns.c.id).limit(PAGE)).all()
        if not page:
            return
        yield [json.loads(row[1]) for row in page]
        last = page[-1][0]


def _item(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item's row; whether it was late is told by its send date, the SLA unknown here."""
    asked, decided = _utc(item["created_at"]), _utc(item["updated_at"])
    is_decided = item["state"] in DECIDED
    acts = {one["act"] for one in item.get("decisions", ())}
    as_written = item["state"] == "approved" and not acts & NOT_AS_WRITTEN
    own = item["id"].removeprefix("rev_") == item["variant"]["id"].removeprefix("var_")
    return {
        "id": item["id"],
        **_whose(item),
        "asked_day": _day(asked),
        "decided_day": _day(decided) if is_decided else UNDECIDED,
        "outcome": item["state"] if is_decided else "",
        "as_written": as_written and item["copy_now"] == item["variant"]["copy"],
        "late": is_decided and decided > max(_utc(item["brief"]["send_at"]), asked),
        "recalled": item["routed_by"] == "facts-changed" and not own,
        "waited_s": (decided - asked).total_seconds() if is_decided else 0.0,
    }


def _acts(item: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "item_id": item["id"],
            "number": number,
            **_whose(item),
            "day": _day(_utc(one["at"])),
            "act": one["act"],
        }
        for number, one in enumerate(item.get("decisions", ()))
        if one["act"] != "recheck"
    ]


def _rules_of_item(item: dict[str, Any]) -> list[dict[str, Any]]:
    dismissed = {one["finding"]["rule"]: one["reason"] for one in item.get("dismissed", ())}
    found = {one["rule"] for one in item["checked"].get("findings", ())}
    day = _day(_utc(item["created_at"]))
    return [
        {**_found(item["variant"], rule, _whose(item), day), "dismissed": dismissed.get(rule, "")}
        for rule in sorted(found | dismissed.keys())
    ]


def _generation(made: dict[str, Any]) -> dict[str, Any]:
    variants = made.get("variants", ())
    routes = [one["route"] for one in variants]
    told = [one["variant"]["provenance"] for one in variants]
    used = list({one["prompt_sha256"]: one.get("usage", {}) for one in told}.values())
    paid = [one for one in used if not one.get("reused")]
    again = [one for one in used if one.get("reused")]
    tries = {json.dumps(one.get("attempts", ()), sort_keys=True) for one in told}
    failed = [one for chain in tries for one in json.loads(chain) if one["outcome"] == "failed"]
    return {
        "id": made["id"],
        **_whose(made["request"]),
        "campaign": made["campaign"],
        "day": _day(_utc(made["created_at"])),
        "state": made["state"],
        **{route: routes.count(route) for route in ("approved", "review", "blocked")},
        "trusted": sum(bool(one.get("trusted")) for one in variants),
        "fallbacks": len(failed),
        "reused": len(again),
        "saved": sum(round((one.get("cost") or 0) * 1_000_000) for one in again),
        "input_tokens": sum(one.get("input_tokens") or 0 for one in paid),
        "cached_tokens": sum(one.get("cached_tokens") or 0 for one in paid),
    }


def _rules_of_generation(made: dict[str, Any]) -> list[dict[str, Any]]:
    day = _day(_utc(made.get("finished_at") or made["created_at"]))
    return [
        {**_found(one["variant"], rule, _whose(made["request"]), day), "dismissed": ""}
        for one in made.get("variants", ())
        for rule in sorted({found["rule"] for found in one["checked"].get("findings", ())})
    ]


def _found(variant: dict[str, Any], rule: str, whose: dict[str, str], day: int) -> dict[str, Any]:
    return {"id": variant["id"], "rule": rule, **whose, "day": day}


def _add_rules(table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """Insert what is not there: one copy may have been reviewed twice."""
    ids = sorted({row["id"] for row in rows})
    found = sa.select(table.c.id, table.c.rule).where(table.c.id.in_(ids))
    there = {tuple(row) for row in op.get_bind().execute(found)}
    new = {(row["id"], row["rule"]): row for row in rows}
    op.bulk_insert(table, [row for key, row in sorted(new.items()) if key not in there])


def _whose(noun: dict[str, Any]) -> dict[str, str]:
    return {"brand": noun["brand"]["name"], "kind": noun["brief"]["kind"]}


def _day(at: datetime) -> int:
    return (at - EPOCH).days


def _utc(moment: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone(UTC)
