"""The audit record's hashes cover number and previous hash; events of before are chained anew."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
STATEMENTS = Path(__file__).parent.parent / "sql"
FIRST = "0" * 64
PAGE = 1_000

audit = sa.table(
    "audit",
    sa.column("number", sa.Integer),
    sa.column("subject", sa.String),
    sa.column("act", sa.String),
    sa.column("actor", sa.String),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("document", sa.Text),
    sa.column("sha256", sa.String),
    sa.column("previous", sa.String),
)

Rehash = Callable[[int, str, str], dict[str, Any]]


def upgrade() -> None:
    _run("open_record")
    held = _old_chain()
    op.add_column("audit", sa.Column("previous", NAME))
    if held["events"]:
        number, sha256 = _rewrite(_numbered)
        _note(number + 1, sha256, held)
    with op.batch_alter_table("audit") as table:
        table.alter_column("previous", existing_type=NAME, nullable=False)
        table.create_unique_constraint("uq_audit_previous", ["previous"])
    _run("own_numbers")
    _run("close_record")


def downgrade() -> None:
    _run("open_record")
    with op.batch_alter_table("audit") as table:
        table.drop_constraint("uq_audit_previous", type_="unique")
        table.alter_column("previous", existing_type=NAME, nullable=True)
    _rewrite(_unnumbered)
    with op.batch_alter_table("audit") as table:
        table.drop_column("previous")
    _run("given_numbers")
    _run("close_record")


def _run(name: str) -> None:
    """Run a file of statements, if this database needs it; they are parted by an empty line."""
    file = STATEMENTS / f"0003_{name}.{op.get_bind().dialect.name}.sql"
    if file.exists():
        for statement in file.read_text(encoding="utf-8").split("\n\n"):
            op.get_bind().exec_driver_sql(statement)


def _pages() -> Iterator[list[tuple[int, str, str]]]:
    """Yield number, document and hash of all events, in order, whatever is renumbered meanwhile."""
    last = 0
    while True:
        query = sa.select(audit.c.number, audit.c.document, audit.c.sha256)
        query = query.where(audit.c.number > last).order_by(audit.c.number).limit(PAGE)
        page = [(row.number, row.document, row.sha256) for row in op.get_bind().execute(query)]
        if not page:
            return
        yield page
        last = page[-1][0]


def _old_chain() -> dict[str, Any]:
    """Walk the chain as it was: chaining anew must not hide that an event had been changed."""
    count, head, broken_at = 0, FIRST, None
    for page in _pages():
        for _, document, sha256 in page:
            count += 1
            if broken_at is None and _sha256(f"{head}\n{document}") != sha256:
                broken_at = count
            head = sha256
    return {"events": count, "sha256": head, "broken_at": broken_at}


def _rewrite(rehash: Rehash) -> tuple[int, str]:
    """Number the events from one, without gaps, and hash each anew; return the last of both."""
    number, sha256 = 0, FIRST
    statement = sa.update(audit).where(audit.c.number == sa.bindparam("was"))
    for page in _pages():
        rows = []
        for was, document, _ in page:
            number += 1
            row = rehash(number, sha256, document)
            sha256 = row["sha256"]
            rows.append({"was": was, "number": number, **row})
        bound: dict[str, Any] = {name: sa.bindparam(name) for name in rows[0] if name != "was"}
        op.get_bind().execute(statement.values(**bound), rows)
    return number, sha256


def _numbered(number: int, previous: str, document: str) -> dict[str, Any]:
    plain = _canonical(json.loads(document))
    sha256 = _sha256(f"{number}\n{previous}\n{plain}")
    return {"document": plain, "previous": previous, "sha256": sha256}


def _unnumbered(_: int, previous: str, document: str) -> dict[str, Any]:
    return {"sha256": _sha256(f"{previous}\n{document}")}


def _note(number: int, previous: str, held: dict[str, Any]) -> None:
    """Put on the record what was chained anew, and whether it held until then."""
    now = datetime.now(UTC)
    event = {"subject": "audit", "act": "audit.chained_anew", "actor": "copydesk"}
    at = now.isoformat().replace("+00:00", "Z")
    hashed = _numbered(number, previous, json.dumps({**event, "at": at, "details": held}))
    op.get_bind().execute(sa.insert(audit), {"number": number, **event, "at": now, **hashed})


def _canonical(event: object) -> str:
    return json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
