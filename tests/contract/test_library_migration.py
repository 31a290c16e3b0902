"""Approved copy and brands of before there was an index are found after the migration."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import Integer, String, TableClause, column, insert, table

from copydesk.publishing.searching import LibraryCount
from copydesk.storage.build import open_store
from copydesk.storage.sql.columns import Document, Moment
from copydesk.storage.sql.engine import engine_for, parsed
from copydesk.storage.sql.migrate import downgrade
from copydesk.storage.stored import searchable, written
from tests.contract.nouns import a_campaign, an_approved, looking_for

BEFORE = "0007"
LIBRARY = ("campaign", "audience_id", "id", "withdrawn_because", "approved_at", "searchable")
CAMPAIGN = ("id", "version", "owner", "updated_at")
UNKNOWN_THEN = {"brand", "kind", "locale"}


def with_copy_of_before(url: str) -> None:
    """Take the index away, and store a campaign and its copy as they were stored then."""
    approved, campaign = an_approved(withdrawn_because="the offer ended"), a_campaign()
    document = {k: v for k, v in json.loads(written(approved)).items() if k not in UNKNOWN_THEN}
    engine = engine_for(parsed(url))
    downgrade(engine, BEFORE)
    row = {name: getattr(approved, name, searchable(approved)) for name in LIBRARY}
    opened = {name: getattr(campaign, name) for name in CAMPAIGN}
    with engine.begin() as connection:
        put = {"library": row | {"document": json.dumps(document)}}
        put["campaigns"] = opened | {"document": written(campaign)}
        for name, values in put.items():
            connection.execute(insert(_then(name, values)).values(values))
    engine.dispose()


def _then(name: str, columns: Collection[str]) -> TableClause:
    kinds: dict[str, Any] = {"document": Document, "approved_at": Moment(), "updated_at": Moment()}
    kinds["version"] = Integer()
    return table(name, *(column(each, kinds.get(each, String())) for each in columns))


def test_copy_of_before_is_found_by_what_it_was_signed_under(database_url: str) -> None:
    """The campaign tells brand, kind and locale; they are in the copy itself from then on."""
    with_copy_of_before(database_url)
    store = open_store(database_url)

    with store.transaction() as tx:
        found = tx.library.find(looking_for("trail", brand="Northpeak", kind="promotion"))
        assert [copy.id for copy in found] == ["var_1"]
        assert (found[0].brand, found[0].locale) == ("Northpeak", "en-US")
        assert dict(tx.library.tally("campaign")) == {"spring": LibraryCount(0, 1)}
        assert [known.noted_by for known in tx.brands.all()] == ["ana"]
    store.close()
