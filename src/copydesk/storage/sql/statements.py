"""The few statements that every repository is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, true, update
from sqlalchemy.dialects import postgresql, sqlite

from copydesk.brand_voice import Brands
from copydesk.storage.stored import N, read, stale

Row = Mapping[str, Any]


def of(column: ColumnElement[str], brands: Brands) -> ColumnElement[bool]:
    """Say that the column holds the name of one of these brands."""
    return true() if brands.names is None else column.in_(sorted(brands.names))


def insert(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT that knows ON CONFLICT, which both databases write in the same way."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def insert_new(connection: Connection, table: Table, row: Row) -> bool:
    """Insert the row unless a unique column is taken; return whether it was inserted.

    It never raises for what is taken: an error would end the whole transaction on PostgreSQL.
    """
    statement = insert(connection, table).values(**row).on_conflict_do_nothing()
    inserted = connection.execute(statement.returning(*table.primary_key))
    return inserted.one_or_none() is not None


def put(connection: Connection, table: Table, row: Row) -> None:
    """Insert the row, or replace the one with its primary key."""
    statement = insert(connection, table).values(**row)
    key = [column.name for column in table.primary_key]
    rest = {name: value for name, value in row.items() if name not in key}
    connection.execute(statement.on_conflict_do_update(index_elements=key, set_=rest))


def replace(connection: Connection, table: Table, row: Row) -> bool:
    """Replace the row with this primary key; return whether there is one."""
    statement = update(table).values(**row)
    for column in table.primary_key:
        statement = statement.where(column == row[column.name])
    return connection.execute(statement).rowcount == 1


def replace_at(connection: Connection, table: Table, row: Row, expected: int, kind: str) -> bool:
    """Replace the row if it stands at version `expected`; return whether there is one.

    Raises:
        StaleVersion: it stands at another version.
    """
    key = table.c.id == row["id"]
    statement = update(table).values(**row).where(key, table.c.version == expected)
    if connection.execute(statement).rowcount == 1:
        return True
    stands = connection.scalar(table.select().with_only_columns(table.c.version).where(key))
    if stands is None:
        return False
    raise stale(kind, row["id"], expected, stands)


def one(connection: Connection, shape: type[N], query: Select[dict[str, Any]]) -> N | None:
    """Return the noun that the query finds, or None."""
    document = connection.scalar(query)
    return None if document is None else read(shape, document)


def many(connection: Connection, shape: type[N], query: Select[dict[str, Any]]) -> Sequence[N]:
    """Return the nouns that the query finds, in its order."""
    return [read(shape, document) for document in connection.scalars(query).all()]
