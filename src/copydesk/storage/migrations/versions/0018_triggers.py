"""What recipients did lately, as triggers need it: events seen, and the latest of each kind."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0018"
down_revision = "0017"

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "heard_events",
        sa.Column("source", NAME, primary_key=True),
        sa.Column("event_id", NAME, primary_key=True),
        sa.Column("until", MOMENT, nullable=False),
    )
    op.create_index("ix_heard_events_until", "heard_events", ["until"])
    op.create_table(
        "standings",
        sa.Column("recipient_key", NAME, primary_key=True),
        sa.Column("stored_at", MOMENT, nullable=False),
        sa.Column("latest", MOMENT),
        sa.Column("document", DOCUMENT, nullable=False),
    )
    op.create_index("ix_standings_stored_at", "standings", ["stored_at", "recipient_key"])
    op.create_index("ix_standings_latest", "standings", ["latest"])


def downgrade() -> None:
    op.drop_table("standings")
    op.drop_table("heard_events")
