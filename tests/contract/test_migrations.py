"""Migrations, on both databases: up, down, and equal to the tables that the code expects."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect

from copydesk.storage.sql.engine import engine_for, parsed
from copydesk.storage.sql.migrate import config_for, downgrade, newest, revision_of, upgrade
from copydesk.storage.sql.schema import metadata

OF_POSTGRESQL = "ix_queue_texts_trigrams"
"""An index of a kind that SQLite does not have: Alembic would miss it there."""


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = engine_for(parsed(database_url))
    yield engine
    engine.dispose()


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def test_migrations_make_the_tables_that_the_code_expects(engine: Engine) -> None:
    """Alembic finds no difference between what migrations made and what the code declares."""

    def belongs_here(_: object, name: str | None, *__: object) -> bool:
        return name != OF_POSTGRESQL or engine.dialect.name == "postgresql"

    opts = {"compare_server_default": True, "include_object": belongs_here}
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=opts)

        assert compare_metadata(context, metadata) == []


def test_migrations_can_be_taken_back_and_made_again(engine: Engine) -> None:
    """Down to nothing leaves no table of ours; up again leaves them all."""
    downgrade(engine)
    assert {"alembic_version"} == tables(engine)

    upgrade(engine)
    assert {"alembic_version", *metadata.tables} == tables(engine)


def test_a_migration_that_fails_leaves_nothing_behind(engine: Engine) -> None:
    """The tables are made in one transaction: an error in the last leaves none of them."""
    downgrade(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE sessions (id INTEGER)")

    with pytest.raises(Exception, match="sessions"):
        upgrade(engine)

    assert {"alembic_version", "sessions"} == tables(engine)


def test_the_newest_migration_is_the_head(engine: Engine) -> None:
    """Migrations are numbered, each follows the one before, and the last number is the head."""
    with engine.connect() as connection:
        script = ScriptDirectory.from_config(config_for(connection))

        assert newest() == script.get_current_head() == revision_of(connection)
        numbers = [revision.revision for revision in script.walk_revisions()]
        assert sorted(numbers, reverse=True) == numbers


def test_every_migration_file_is_in_the_package() -> None:
    """What migrations read lies beside them, so that it is installed with the package."""
    import copydesk.storage

    migrations = Path(copydesk.storage.__file__).parent / "migrations"
    assert (migrations / "env.py").exists()
    assert {"sqlite", "postgresql"} == {
        file.name.split(".")[1] for file in (migrations / "sql").glob("0001_*.sql")
    }
