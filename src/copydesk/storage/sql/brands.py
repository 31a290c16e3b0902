"""Known brands in a database."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from copydesk.brand_voice.known import KnownBrand
from copydesk.storage.sql import schema
from copydesk.storage.sql.statements import many, one, put
from copydesk.storage.stored import written

brands = schema.brands.c


class SqlBrands:
    """Brands as they were last asked for, by name."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, known: KnownBrand) -> None:
        """Store the brand, or replace the one of its name."""
        row = {"name": known.brand.name, "document": written(known)}
        put(self._connection, schema.brands, row)

    def find(self, name: str) -> KnownBrand | None:
        """Return the brand of this name, or None."""
        query = select(brands.document).where(brands.name == name)
        return one(self._connection, KnownBrand, query)

    def all(self) -> Sequence[KnownBrand]:
        """Return every brand, by name."""
        return many(self._connection, KnownBrand, select(brands.document).order_by(brands.name))
