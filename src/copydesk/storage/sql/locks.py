"""Being alone: what one process does while all others wait."""

from __future__ import annotations

import sqlite3

from sqlalchemy import Connection, func, select

CHAIN = 0x436F707964657301
"""Key of PostgreSQL's advisory lock on the end of the audit record."""
JUDGING = 0x436F707964657305
"""Key of PostgreSQL's advisory lock on judging messages: each judge sees what those before stored.
"""
MIGRATION = 0x436F707964657302
"""Key of PostgreSQL's advisory lock on the tables themselves."""
OBJECTING = 0x436F707964657304
"""Key of PostgreSQL's advisory lock on the numbers of objections."""
ROUTING = 0x436F707964657303
"""Key of PostgreSQL's advisory lock on routing notices: who gets which message."""


def write_alone(connection: Connection, key: int) -> None:
    """Wait until no other transaction holds `key`, and hold it until this one ends.

    On SQLite any transaction that writes is alone, so there the one write lock is taken.
    """
    if connection.dialect.name != "sqlite":
        connection.execute(select(func.pg_advisory_xact_lock(key)))
    elif not _is_writing(connection):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _is_writing(connection: Connection) -> bool:
    driver = connection.connection.driver_connection
    return isinstance(driver, sqlite3.Connection) and driver.in_transaction
