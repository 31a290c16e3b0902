"""Whose brand something is, beside the documents, and when a key was last used."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)
ORDERED_BY = {"generations": "created_at", "reviews": "created_at", "campaigns": "updated_at"}
WHERE_IT_STANDS = {
    "generations": ("request", "brand", "name"),
    "reviews": ("brand", "name"),
    "campaigns": ("brand", "name"),
}


def upgrade() -> None:
    op.add_column("api_keys", sa.Column("last_used_at", MOMENT))
    for table, path in WHERE_IT_STANDS.items():
        op.add_column(table, sa.Column("brand", NAME, nullable=False, server_default=sa.text("''")))
        _fill(table, path)
        op.create_index(f"ix_{table}_brand", table, ["brand", ORDERED_BY[table], "id"])


def downgrade() -> None:
    for table in WHERE_IT_STANDS:
        op.drop_index(f"ix_{table}_brand", table)
        op.drop_column(table, "brand")
    op.drop_column("api_keys", "last_used_at")


def _fill(name: str, path: tuple[str, ...]) -> None:
    document = sa.column("document", sa.JSON())
    table = sa.table(name, sa.column("brand", sa.String), document)
    op.execute(table.update().values(brand=document[path].as_string()))
