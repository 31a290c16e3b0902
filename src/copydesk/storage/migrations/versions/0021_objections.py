"""Who objected to copy made from what is known about them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "objections",
        sa.Column("recipient_key", NAME, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("stands", sa.Boolean, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_objections_number", "objections", ["number"], unique=True)


def downgrade() -> None:
    op.drop_table("objections")
