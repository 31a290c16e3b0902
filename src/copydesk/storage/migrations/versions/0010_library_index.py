"""By what approved copy is found, brands as they were last asked for, and notes of progress."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")
KEY = ("campaign", "audience_id", "id")
FACETS = ("campaign", "brand", "kind", "locale", "audience_id")
LIBRARY = sa.table(
    "library",
    *(sa.column(name, sa.String) for name in (*KEY, "searchable")),
    sa.column("approved_at", MOMENT),
    sa.column("document", DOCUMENT),
)
CAMPAIGNS = sa.table(
    "campaigns",
    sa.column("id", sa.String),
    sa.column("updated_at", MOMENT),
    sa.column("document", DOCUMENT),
)
PAGE = 500


def upgrade() -> None:
    op.add_column("generations", sa.Column("progress", DOCUMENT))
    brands = op.create_table(
        "brands",
        sa.Column("name", NAME, primary_key=True),
        sa.Column("document", DOCUMENT, nullable=False),
    )
    index = _create_index()
    op.bulk_insert(brands, list(_brands().values()))
    for page in _pages():
        op.bulk_insert(index, [_signed_under(row) for row in page])
    op.drop_index("ix_library_approved_at", "library")
    op.drop_column("library", "searchable")


def downgrade() -> None:
    op.add_column("library", sa.Column("searchable", sa.Text, nullable=False, server_default=""))
    op.execute(LIBRARY.update().values(searchable=_searched_before()))
    op.create_index("ix_library_approved_at", "library", ["approved_at", "id"])
    op.drop_table("library_index")
    op.drop_table("brands")
    op.drop_column("generations", "progress")


def _create_index() -> sa.Table:
    index = op.create_table(
        "library_index",
        sa.Column("approved_at", MOMENT, primary_key=True),
        *(sa.Column(name, NAME, primary_key=True) for name in ("id", "audience_id", "campaign")),
        *(sa.Column(name, NAME, nullable=False) for name in ("brand", "kind", "locale")),
        sa.Column("recalled", sa.Boolean, nullable=False),
        sa.Column("searched", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_library_index_key", "library_index", ["id", "audience_id", "campaign"])
    order = ["approved_at", "id", "audience_id"]
    recalled = ["recalled", *order, "campaign"]
    op.create_index("ix_library_index_recalled", "library_index", recalled)
    for name in FACETS:
        columns = [name, "approved_at", "id", "recalled"]
        op.create_index(f"ix_library_index_{name}", "library_index", columns)
    return index


def _brands() -> dict[str, dict[str, Any]]:
    """Return the brand of the campaign that changed last, by name."""
    query = sa.select(CAMPAIGNS.c.updated_at, CAMPAIGNS.c.document)
    found = {}
    for updated_at, campaign in op.get_bind().execute(query.order_by(CAMPAIGNS.c.updated_at)):
        noted = {"noted_at": _utc(updated_at).isoformat(), "noted_by": campaign["owner"]}
        name = campaign["brand"]["name"]
        document = json.dumps({"brand": campaign["brand"], **noted})
        found[name] = {"name": name, "document": document}
    return found


def _pages() -> Iterator[list[Any]]:
    """Yield what is approved with its campaign's document."""
    key = [LIBRARY.c[name] for name in KEY]
    query = sa.select(LIBRARY, CAMPAIGNS.c.document.label("held")).outerjoin_from(
        LIBRARY, CAMPAIGNS, CAMPAIGNS.c.id == LIBRARY.c.campaign
    )
    last: tuple[str, ...] = ("", "", "")
    while (
        page := op.get_bind()
        .execute(
            query.where(sa.tuple_(*key) > sa.tuple_(*map(sa.literal, last)))
            .order_by(*key)
            .limit(PAGE)
        )
        .all()
    ):
        yield list(page)
        last = tuple(getattr(page[-1], name) for name in KEY)


def _signed_under(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row
    """Write into the document what it was signed under, as far as is known, and return its row."""
    brief = (row.held or {}).get("brief", {})
    known = {
        "brand": (row.held or {}).get("brand", {}).get("name"),
        "kind": brief.get("kind"),
        "locale": brief.get("locale"),
    }
    its_own = [LIBRARY.c[name] == getattr(row, name) for name in KEY]
    document = json.dumps({**row.document, **known})
    op.execute(LIBRARY.update().where(*its_own).values(document=document))
    return {
        "approved_at": _utc(row.approved_at),
        **{name: getattr(row, name) for name in KEY},
        **{name: value or "" for name, value in known.items()},
        "recalled": row.document.get("withdrawn_because") is not None,
        "searched": row.searchable,
    }


def _searched_before() -> sa.ScalarSelect[Any]:
    index = sa.table("library_index", *(sa.column(name) for name in (*KEY, "searched")))
    same = [index.c[name] == LIBRARY.c[name] for name in KEY]
    return sa.select(index.c.searched).where(*same).scalar_subquery()


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
