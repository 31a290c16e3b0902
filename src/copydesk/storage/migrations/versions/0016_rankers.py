"""Each brand's own ranker: its versions, and the sends that they were made from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0016"
down_revision = "0015"

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "rankers",
        sa.Column("brand", NAME, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("document", DOCUMENT, nullable=False),
    )
    op.create_table(
        "ranker_sends",
        sa.Column("brand", NAME, primary_key=True),
        sa.Column("version", NAME, primary_key=True),
        sa.Column("document", DOCUMENT, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("ranker_sends")
    op.drop_table("rankers")
