"""Bringing the tables to the newest migration, and telling whether they are."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import OperationalError

from copydesk.errors import StoreUnavailable
from copydesk.storage.sql.engine import BUSY_S
from copydesk.storage.sql.locks import MIGRATION, write_alone

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent.parent / "migrations"
NOTHING = "base"
"""The revision before the first."""


def upgrade(engine: Engine) -> None:
    """Bring the tables to the newest migration, in one transaction, while others wait.

    Raises:
        StoreUnavailable: the database belongs to a newer Copydesk.
    """
    if engine.dialect.name == "sqlite":
        _create_file(engine)
    with engine.begin() as connection:
        if revision_of(connection) == newest():
            return
        write_alone(connection, MIGRATION)
        _migrate(connection)


def downgrade(engine: Engine, revision: str = NOTHING) -> None:
    """Take migrations back, down to `revision`: what only newer tables hold is lost."""
    from alembic import command

    with engine.begin() as connection:
        write_alone(connection, MIGRATION)
        command.downgrade(config_for(connection), revision)


def require_newest(connection: Connection) -> None:
    """Raise StoreUnavailable when the tables are not at the newest migration."""
    revision = revision_of(connection)
    if revision != newest():
        raise StoreUnavailable(
            f"The database is at migration {revision or 'none'}, this version needs {newest()}: "
            "start one Copydesk of this version, it migrates."
        )


def revision_of(connection: Connection) -> str | None:
    """Return the migration that the tables are at, or None when there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


@cache
def newest() -> str:
    """Return the newest migration of this version: they are numbered, file by file."""
    return max(file.stem.partition("_")[0] for file in (MIGRATIONS / "versions").glob("0*.py"))


def config_for(connection: Connection) -> Config:
    """Return Alembic's configuration for this connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _migrate(connection: Connection) -> None:
    from alembic import command

    revision = revision_of(connection) or ""
    if revision > newest():
        raise StoreUnavailable(
            f"The database is at migration {revision}, this version knows up to {newest()}: "
            "it was used by a newer Copydesk. Start that one, or restore a backup."
        )
    command.upgrade(config_for(connection), "head")


def _create_file(engine: Engine) -> None:
    """Create the file for its owner alone, and let readers go on while one process writes."""
    Path(str(engine.url.database)).touch(mode=0o600)
    deadline = time.monotonic() + BUSY_S
    # SQLite does not wait when two processes change the mode at once: one of them is told "locked".
    while not _set_to_write_ahead(engine):
        if time.monotonic() > deadline:
            raise StoreUnavailable(f"{engine.url}: another process keeps it locked.")
        time.sleep(0.02)


def _set_to_write_ahead(engine: Engine) -> bool:
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
    except OperationalError as error:
        if "locked" in str(error):
            return False
        raise
    return True
