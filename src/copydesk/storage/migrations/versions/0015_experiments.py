"""Experiments, at most one in force for each audience of a campaign."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision = "0014"

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "experiments",
        sa.Column("id", NAME, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("campaign", NAME, nullable=False),
        sa.Column("brand", NAME, nullable=False),
        sa.Column("divides", NAME),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("document", DOCUMENT, nullable=False),
        sa.UniqueConstraint("campaign", "divides", name="uq_experiments_divides"),
    )
    op.create_index("ix_experiments_brand", "experiments", ["brand", "updated_at", "id"])
    op.create_index("ix_experiments_updated_at", "experiments", ["updated_at", "id"])


def downgrade() -> None:
    op.drop_table("experiments")
