"""When a session was last used, and tries to sign in."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _see_sessions()
    op.create_index("ix_sessions_last_seen", "sessions", ["last_seen"])
    op.create_index("ix_sessions_owner", "sessions", ["owner", "last_seen"])
    op.create_table(
        "sign_in_tries",
        sa.Column("key", NAME, primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
    )
    op.create_index("ix_sign_in_tries_since", "sign_in_tries", ["since"])


def _see_sessions() -> None:
    """Take every open session as used just now: nobody is signed out by the migration."""
    op.add_column("sessions", sa.Column("last_seen", MOMENT))
    sessions = sa.table("sessions", sa.column("last_seen", MOMENT))
    op.execute(sessions.update().values(last_seen=sa.literal(datetime.now(UTC), MOMENT)))
    with op.batch_alter_table("sessions") as table:
        table.alter_column("last_seen", nullable=False)


def downgrade() -> None:
    op.drop_table("sign_in_tries")
    op.drop_index("ix_sessions_owner", "sessions")
    op.drop_index("ix_sessions_last_seen", "sessions")
    with op.batch_alter_table("sessions") as table:
        table.drop_column("last_seen")
