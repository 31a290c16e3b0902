"""Comments on review items, links for people from outside, and when approved copy was pulled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    _create("review_comments", "at")
    _create("review_links", "made_at")
    op.add_column("library", sa.Column("pulled_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("library", "pulled_at")
    op.drop_table("review_links")
    op.drop_table("review_comments")


def _create(table: str, moment: str) -> None:
    op.create_table(
        table,
        sa.Column("id", NAME, primary_key=True),
        sa.Column("item_id", NAME, nullable=False),
        sa.Column(moment, sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", DOCUMENT, nullable=False),
    )
    op.create_index(f"ix_{table}_item", table, ["item_id", moment, "id"])
