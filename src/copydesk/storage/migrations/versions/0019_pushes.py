"""What was pushed where, and how it stands."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0019"
down_revision = "0018"

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "pushes",
        sa.Column("id", NAME, primary_key=True),
        sa.Column("campaign", NAME, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("document", DOCUMENT, nullable=False),
    )
    op.create_index("ix_pushes_campaign", "pushes", ["campaign", "asked_at", "id"])
    op.create_table(
        "pushed",
        sa.Column("id", NAME, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("campaign", NAME, nullable=False),
        sa.Column("target", NAME, nullable=False),
        sa.Column("audience", NAME, nullable=False),
        sa.Column("variant", NAME, nullable=False),
        sa.Column("task", NAME, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("document", DOCUMENT, nullable=False),
    )
    op.create_index("ix_pushed_state", "pushed", ["state", "next_at", "id"])
    op.create_index("ix_pushed_campaign", "pushed", ["campaign", "target", "audience", "variant"])
    op.create_index("ix_pushed_task", "pushed", ["task", "state", "campaign"])


def downgrade() -> None:
    op.drop_table("pushed")
    op.drop_table("pushes")
