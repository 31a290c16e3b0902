"""What campaign tools deliver, until it is read, and the secrets by which they are known."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0017"
down_revision = "0016"

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "received",
        sa.Column("id", NAME, primary_key=True),
        *_whose(),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_received_at", "received", ["at"])
    op.create_table(
        "received_waiting",
        sa.Column("id", NAME, primary_key=True),
        *_whose(),
        sa.Column("events", sa.Integer, nullable=False),
    )
    op.create_index("ix_received_waiting_at", "received_waiting", ["at", "id"])
    op.create_table(
        "received_unread",
        sa.Column("delivery", NAME, primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        *_whose(),
        sa.Column("document", DOCUMENT, nullable=False),
    )
    op.create_index("ix_received_unread_tool", "received_unread", ["tool", "at"])
    op.create_index("ix_received_unread_at", "received_unread", ["at"])
    op.create_table(
        "webhook_secrets",
        sa.Column("id", NAME, primary_key=True),
        sa.Column("tool", NAME, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("document", DOCUMENT, nullable=False),
    )


def downgrade() -> None:
    for table in ("webhook_secrets", "received_unread", "received_waiting", "received"):
        op.drop_table(table)


def _whose() -> list[sa.Column[Any]]:
    return [sa.Column("tool", NAME, nullable=False), sa.Column("at", MOMENT, nullable=False)]
