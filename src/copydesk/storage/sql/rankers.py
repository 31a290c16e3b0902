"""Brands' own rankers in a database."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select, update

from copydesk.ranking.owned import BrandRanker, SendsOfVersion
from copydesk.ranking.sends import PastSend
from copydesk.storage.sql import schema
from copydesk.storage.sql.statements import Row, insert_new, many, one, put
from copydesk.storage.stored import missing, stale, written

rankers, sends_of = schema.rankers.c, schema.ranker_sends.c


class SqlRankers:
    """Each brand's ranker, under its revision, and the sends of its versions."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, brand: str) -> BrandRanker | None:
        """Return the brand's ranker, or None where nothing was learned yet."""
        query = select(rankers.document).where(rankers.brand == brand)
        return one(self._connection, BrandRanker, query)

    def all(self) -> Sequence[BrandRanker]:
        """Return every brand's ranker, by brand."""
        query = select(rankers.document).order_by(rankers.brand)
        return many(self._connection, BrandRanker, query)

    def save(self, ranker: BrandRanker) -> None:
        """Store the ranker in place of the revision before it. Raises StaleVersion."""
        if not self._saved(ranker):
            stands = self.find(ranker.brand)
            now = stands.revision if stands else 0
            raise stale("ranker of", ranker.brand, ranker.revision - 1, now)

    def keep_sends(self, sends: SendsOfVersion) -> None:
        """Store the sends of a version, or replace them."""
        key = {"brand": sends.brand, "version": sends.version}
        put(self._connection, schema.ranker_sends, {**key, "document": written(sends)})

    def sends(self, brand: str, version: str) -> tuple[PastSend, ...]:
        """Return the sends of a version. Raises NotFound."""
        query = select(sends_of.document)
        query = query.where(sends_of.brand == brand, sends_of.version == version)
        found = one(self._connection, SendsOfVersion, query)
        if found is None:
            raise missing("version of a ranker", version)
        return found.sends

    def _saved(self, ranker: BrandRanker) -> bool:
        row = _row(ranker)
        if ranker.revision == 1:
            return insert_new(self._connection, schema.rankers, row)
        statement = update(schema.rankers).values(**row)
        at = statement.where(rankers.brand == ranker.brand, rankers.revision == ranker.revision - 1)
        return self._connection.execute(at).rowcount == 1


def _row(ranker: BrandRanker) -> Row:
    return {
        "brand": ranker.brand,
        "revision": ranker.revision,
        "document": written(ranker),
    }
