"""From a database URL to an engine, with what each of the two databases needs."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from copydesk.errors import Problem, SettingsError

RIGHT = (
    "write `sqlite:///FILE`, `postgresql+psycopg://USER:PASSWORD@HOST/NAME`, "
    "or `memory://` to keep nothing"
)
BUSY_S = 30.0
"""How long a writer waits for SQLite's one write lock before it gives up."""
POOL_KEPT, POOL_MORE = 10, 30
"""Connections that a process keeps, and those it opens beyond under load: one for each of the 40
threads in which the API works."""

SIGNS_OF_LIFE = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""A PostgreSQL that is gone without a word is noticed within so many seconds (milliseconds for the
last): by itself TCP takes hours. What the URL says wins."""

POSTGRES_NAMES = frozenset({"postgres", "postgresql", "postgresql+psycopg"})
SQLITE_NAMES = frozenset({"sqlite", "sqlite+pysqlite"})


def parsed(url: str) -> URL:
    """Return the URL with the driver that Copydesk uses. Raises SettingsError."""
    try:
        given = make_url(url)
    except (ArgumentError, ValueError) as error:
        # It is not shown: there may be a password in it, and no telling where.
        raise _wrong("something that is no URL", RIGHT) from error
    if given.drivername in SQLITE_NAMES:
        return _sqlite_url(given)
    if given.drivername in POSTGRES_NAMES:
        return _postgres_url(given)
    raise _wrong(_shown(given), RIGHT)


def engine_for(url: URL) -> Engine:
    """Return an engine for a URL from `parsed`; it connects when it is first used."""
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url)
    return _engine(url, {name: v for name, v in SIGNS_OF_LIFE.items() if name not in url.query})


def _engine(url: URL, connect_args: dict[str, Any]) -> Engine:
    return create_engine(
        url,
        connect_args=connect_args,
        pool_pre_ping=True,
        pool_size=POOL_KEPT,
        max_overflow=POOL_MORE,
        json_serializer=_as_it_is,
    )


def _as_it_is(document: str) -> str:
    """Documents are JSON already: nouns write themselves, see `stored.py`."""
    return document


def _sqlite_engine(url: URL) -> Engine:
    engine = _engine(url, {"timeout": BUSY_S})
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _: object) -> None:
    # Reads stand alone; the first write opens the transaction and takes the write lock with it,
    # waiting for its turn. A lock asked for after reading in the transaction would be refused with
    # "database is locked" as soon as another process wrote.
    connection.isolation_level = "IMMEDIATE"
    connection.execute("PRAGMA foreign_keys = ON")
    # What was accepted survives a power cut, too.
    connection.execute("PRAGMA synchronous = FULL")


def _sqlite_url(url: URL) -> URL:
    if url.database in {None, "", ":memory:"}:
        raise _wrong(_shown(url), f"an SQLite database needs a file: {RIGHT}")
    folder = Path(str(url.database)).absolute().parent
    if not folder.is_dir():
        raise _wrong(_shown(url), f"there is no folder {folder}: create it, or name another file")
    return url


def _postgres_url(url: URL) -> URL:
    if not url.database:
        raise _wrong(_shown(url), f"the name of the database is missing: {RIGHT}")
    return url.set(drivername="postgresql+psycopg")


def _shown(url: URL) -> str:
    return url.render_as_string(hide_password=True)


def _wrong(holds: str, remedy: str) -> SettingsError:
    return SettingsError([Problem("database_url", holds, remedy)])
