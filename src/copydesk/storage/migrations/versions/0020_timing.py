"""Outcomes are found by recipient, and when a brand's recipients answer is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0020"
down_revision = "0019"

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("outcomes", sa.Column("recipient_key", NAME))
    outcomes = sa.table("outcomes", sa.column("recipient_key"), sa.column("document"))
    told = sa.func.json_extract(outcomes.c.document, "$.recipient_key")
    if op.get_bind().dialect.name == "postgresql":
        told = sa.func.jsonb_extract_path_text(outcomes.c.document, "recipient_key")
    op.execute(sa.update(outcomes).values(recipient_key=told))
    op.create_index("ix_outcomes_recipient", "outcomes", ["recipient_key", "at"])
    op.create_table(
        "habits",
        sa.Column("brand", NAME, primary_key=True),
        sa.Column("document", DOCUMENT, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("habits")
    op.drop_index("ix_outcomes_recipient", "outcomes")
    op.drop_column("outcomes", "recipient_key")
