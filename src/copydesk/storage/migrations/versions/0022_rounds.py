"""Work that comes again and again, done by one process at a time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "rounds",
        sa.Column("name", NAME, primary_key=True),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("held_until", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("error", sa.Text),
    )


def downgrade() -> None:
    op.drop_table("rounds")
