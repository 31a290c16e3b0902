"""What became of each copy, by segment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "trust",
        sa.Column("id", NAME, primary_key=True),
        sa.Column("brand", NAME, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("audience", NAME, nullable=False),
        sa.Column("campaign", NAME, nullable=False),
        sa.Column("variant_id", NAME, nullable=False),
        sa.Column("released", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", DOCUMENT, nullable=False),
    )
    segment = ["brand", "kind", "audience", "released", "created_at", "id"]
    op.create_index("ix_trust_segment", "trust", segment)


def downgrade() -> None:
    op.drop_table("trust")
