"""Deliveries of tools may be about single brands."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.add_column("received", sa.Column("brands", sa.Text))


def downgrade() -> None:
    op.drop_column("received", "brands")
