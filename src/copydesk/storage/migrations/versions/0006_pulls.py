"""How often copy was pulled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "pulls",
        sa.Column("campaign", NAME, primary_key=True),
        sa.Column("variant_id", NAME, primary_key=True),
        sa.Column("pulls", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("pulls")
