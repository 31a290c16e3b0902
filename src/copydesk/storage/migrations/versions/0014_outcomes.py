"""Outcomes are read in order of time, told apart by verdict, and judged a message at a time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    human = sa.Column("human", NAME, nullable=False, server_default=sa.text("'unknown'"))
    op.add_column("outcomes", human)
    op.add_column("outcomes", sa.Column("thread", NAME))
    outcomes = sa.table("outcomes", sa.column("human"), sa.column("document"))
    told = sa.func.json_extract(outcomes.c.document, "$.human")
    if op.get_bind().dialect.name == "postgresql":
        told = sa.func.jsonb_extract_path_text(outcomes.c.document, "human")
    op.execute(sa.update(outcomes).values(human=told))
    op.drop_index("ix_outcomes_campaign", "outcomes")
    op.create_index("ix_outcomes_campaign", "outcomes", ["campaign", "variant_id", "kind", "human"])
    op.create_index("ix_outcomes_at", "outcomes", ["campaign", "at", "source", "event_id"])
    op.create_index("ix_outcomes_thread", "outcomes", ["thread", "source"])


def downgrade() -> None:
    for name in ("thread", "at", "campaign"):
        op.drop_index(f"ix_outcomes_{name}", "outcomes")
    op.create_index("ix_outcomes_campaign", "outcomes", ["campaign", "variant_id", "kind"])
    op.drop_column("outcomes", "thread")
    op.drop_column("outcomes", "human")
