"""What people and programs are told, and the messages about it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision = "0011"

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("id", NAME, primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("routed", sa.Boolean, nullable=False),
        sa.Column("item", NAME),
        sa.Column("event", NAME, nullable=False),
        sa.Column("late_hours", sa.Integer),
        sa.Column("document", DOCUMENT, nullable=False),
    )
    op.create_index("ix_notices_routed", "notices", ["routed", "at", "id"])
    op.create_index("ix_notices_late", "notices", ["item", "late_hours"])
    op.create_table(
        "deliveries",
        sa.Column("id", NAME, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("channel", NAME, nullable=False),
        sa.Column("person", NAME),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("document", DOCUMENT, nullable=False),
    )
    op.create_index("ix_deliveries_state", "deliveries", ["state", "next_at", "id"])
    op.create_index("ix_deliveries_made_at", "deliveries", ["made_at", "id"])
    op.create_index("ix_deliveries_person", "deliveries", ["channel", "person", "next_at", "id"])


def downgrade() -> None:
    op.drop_table("deliveries")
    op.drop_table("notices")
