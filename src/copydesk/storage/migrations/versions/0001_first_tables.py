"""The first tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)

TRIGGERS = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    for create in TABLES.values():
        create()
    # Statements are parted by an empty line: a trigger's body has semicolons of its own.
    dialect = op.get_bind().dialect.name
    triggers = (TRIGGERS / f"0001_append_only.{dialect}.sql").read_text(encoding="utf-8")
    for statement in triggers.split("\n\n"):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_refuses_change")


def _generations() -> None:
    op.create_table(
        "generations",
        sa.Column("id", NAME, primary_key=True),
        sa.Column("requester", NAME, nullable=False),
        sa.Column("idempotency_key", NAME),
        sa.Column("campaign", NAME, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("document", DOCUMENT, nullable=False),
        sa.UniqueConstraint("requester", "idempotency_key", name="uq_generations_idempotency_key"),
    )
    op.create_index("ix_generations_created_at", "generations", ["created_at", "id"])
    op.create_index("ix_generations_requester", "generations", ["requester", "created_at", "id"])
    op.create_index("ix_generations_state", "generations", ["state", "created_at", "id"])


def _reviews() -> None:
    op.create_table(
        "reviews",
        sa.Column("id", NAME, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("campaign", NAME, nullable=False),
        sa.Column("generation_id", NAME, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("document", DOCUMENT, nullable=False),
    )
    op.create_index("ix_reviews_created_at", "reviews", ["created_at", "id"])
    op.create_index("ix_reviews_state", "reviews", ["state", "created_at", "id"])
    op.create_index("ix_reviews_campaign", "reviews", ["campaign", "created_at", "id"])
    op.create_index("ix_reviews_generation", "reviews", ["generation_id", "created_at", "id"])


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("subject", NAME, nullable=False),
        sa.Column("act", NAME, nullable=False),
        sa.Column("actor", NAME, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("sha256", NAME, nullable=False),
        sa.UniqueConstraint("sha256", name="uq_audit_sha256"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_subject", "audit", ["subject", "number"])


def _campaigns() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", NAME, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("owner", NAME, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("document", DOCUMENT, nullable=False),
    )
    op.create_index("ix_campaigns_updated_at", "campaigns", ["updated_at", "id"])


def _library() -> None:
    op.create_table(
        "library",
        sa.Column("campaign", NAME, primary_key=True),
        sa.Column("audience_id", NAME, primary_key=True),
        sa.Column("id", NAME, primary_key=True),
        sa.Column("withdrawn_because", sa.Text),
        sa.Column("approved_at", MOMENT, nullable=False),
        sa.Column("searchable", sa.Text, nullable=False),
        sa.Column("document", DOCUMENT, nullable=False),
    )
    op.create_index("ix_library_approved_at", "library", ["approved_at", "id"])


def _outcomes() -> None:
    op.create_table(
        "outcomes",
        sa.Column("source", NAME, primary_key=True),
        sa.Column("event_id", NAME, primary_key=True),
        sa.Column("campaign", NAME, nullable=False),
        sa.Column("variant_id", NAME),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("document", DOCUMENT, nullable=False),
    )
    op.create_index("ix_outcomes_campaign", "outcomes", ["campaign", "variant_id", "kind"])


def _users() -> None:
    op.create_table(
        "users",
        sa.Column("name", NAME, primary_key=True),
        sa.Column("document", DOCUMENT, nullable=False),
    )


def _api_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", NAME, primary_key=True),
        sa.Column("key_hash", NAME, nullable=False),
        sa.Column("owner", NAME, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("document", DOCUMENT, nullable=False),
        sa.UniqueConstraint("key_hash", name="uq_api_keys_key_hash"),
    )
    op.create_index("ix_api_keys_owner", "api_keys", ["owner", "created_at", "id"])


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id_hash", NAME, primary_key=True),
        sa.Column("owner", NAME, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("document", DOCUMENT, nullable=False),
    )
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])


TABLES: dict[str, Callable[[], None]] = {
    "generations": _generations,
    "reviews": _reviews,
    "audit": _audit,
    "campaigns": _campaigns,
    "library": _library,
    "outcomes": _outcomes,
    "users": _users,
    "api_keys": _api_keys,
    "sessions": _sessions,
}
