"""Words of the queue's items by trigrams, where PostgreSQL has them: rare words in no time.

`pg_trgm` comes with PostgreSQL's contrib modules, and whoever owns the database may install it
since version 13. Without it nothing is missing but speed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

INDEX = "ix_queue_texts_trigrams"


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    try:
        with connection.begin_nested():
            connection.execute(sa.text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
    except sa.exc.DBAPIError:  # not installed on the server, or not ours to install
        return
    op.create_index(
        INDEX,
        "queue_texts",
        ["searched"],
        postgresql_using="gin",
        postgresql_ops={"searched": "gin_trgm_ops"},
    )


def downgrade() -> None:
    # The extension stays: others may use it by now.
    op.drop_index(INDEX, "queue_texts", if_exists=True)
