"""Opening stores: by URL, several at once, at the newest migration or not at all."""

from __future__ import annotations

import multiprocessing
import stat
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import StatementError

from copydesk.errors import CopydeskError, SettingsError, StoreUnavailable
from copydesk.storage import Store
from copydesk.storage.build import open_store
from copydesk.storage.sql import schema
from tests.contract.nouns import a_generation, a_user, an_event

if TYPE_CHECKING:
    from tests.postgres import Postgres

PROCESSES = 4


def open_and_write(url: str, name: str) -> None:
    store = open_store(url)
    with store.transaction() as tx:
        tx.users.add(a_user(name))
        tx.audit.append(an_event(name))
    store.close()


def opened_by_many(url: str) -> list[str]:
    """Open an empty database from several processes at once; return the users they added."""
    context = multiprocessing.get_context("spawn")
    names = [f"p{i}" for i in range(PROCESSES)]
    processes = [context.Process(target=open_and_write, args=(url, name)) for name in names]
    for process in processes:
        process.start()
    for process in processes:
        process.join()

    store = open_store(url)
    with store.transaction() as tx:
        found = [user.name for user in tx.users.all()]
    store.close()
    return found


def test_several_processes_open_an_empty_file_at_once(tmp_path: Path) -> None:
    """Processes that start together on a new SQLite file migrate it once, and all write."""
    assert opened_by_many(f"sqlite:///{tmp_path / 'new.db'}") == ["p0", "p1", "p2", "p3"]


@pytest.mark.postgres
def test_several_processes_open_an_empty_database_at_once(postgres: Postgres) -> None:
    """Processes that start together on a new PostgreSQL migrate it once, and all write."""
    assert opened_by_many(postgres.url(postgres.database())) == ["p0", "p1", "p2", "p3"]


def test_a_store_answers_a_ping(store: Store) -> None:
    """A store that was just opened is reachable and at its newest migration."""
    store.ping()


def test_a_url_is_shown_without_its_password(database_url: str) -> None:
    """What a store says of itself may be logged."""
    store = open_store(database_url.replace("@/", ":hunter22@/"))

    assert "hunter22" not in store.url
    assert store.url.startswith(("sqlite:///", "postgresql+psycopg://"))
    store.close()


def test_a_store_at_another_migration_is_not_used(database_url: str) -> None:
    """A ping fails when the tables are not those of this version, and says what to do."""
    store, engine = open_store(database_url), create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))

    with pytest.raises(StoreUnavailable, match="at migration 0000, this version needs"):
        store.ping()
    engine.dispose()
    store.close()


def test_the_database_of_a_newer_version_is_left_alone(database_url: str) -> None:
    """A database that a newer Copydesk migrated is not opened."""
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(StoreUnavailable, match="used by a newer Copydesk"):
        open_store(database_url)
    engine.dispose()


@pytest.mark.parametrize(
    ("url", "remedy"),
    [
        ("copydesk.db", "write `sqlite:///FILE`"),
        ("mysql://root:hunter22@localhost/x", "write `sqlite:///FILE`"),
        ("postgresql://ana:hunter22@localhost:port/x", "write `sqlite:///FILE`"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("sqlite:////no/such/folder/copydesk.db", "there is no folder /no/such/folder"),
        ("postgresql://ana:hunter22@localhost", "name of the database is missing"),
    ],
)
def test_a_wrong_url_is_answered_with_a_right_one(url: str, remedy: str) -> None:
    """The error says what would be right, and shows no password."""
    with pytest.raises(SettingsError) as raised:
        open_store(url)

    assert remedy in str(raised.value)
    assert "hunter22" not in str(raised.value)


def test_a_server_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    """A database that cannot be reached is StoreUnavailable, named without its password."""
    with pytest.raises(StoreUnavailable, match=r"ana:\*\*\*@"):
        open_store(f"postgres://ana:hunter22@/x?host={tmp_path}")


def test_a_file_that_is_no_database_is_reported(tmp_path: Path) -> None:
    """A file of something else is not overwritten."""
    file = tmp_path / "notes.txt"
    file.write_text("These are my notes, not a database. " * 40)

    with pytest.raises(StoreUnavailable, match="not a database"):
        open_store(f"sqlite:///{file}")
    assert file.read_text().startswith("These are my notes")


def test_a_new_file_is_its_owners_alone(tmp_path: Path) -> None:
    """Nobody else on the machine can read a database that Copydesk made."""
    open_store(f"sqlite:///{tmp_path / 'new.db'}").close()

    assert stat.S_IMODE((tmp_path / "new.db").stat().st_mode) == 0o600


def test_times_are_kept_in_utc(database_url: str) -> None:
    """A time given in another zone is the same moment in the column, on both databases."""
    created = datetime(2026, 3, 6, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
    store, engine = open_store(database_url), create_engine(database_url)
    with store.transaction() as tx:
        tx.generations.add(a_generation(created_at=created))

    with engine.connect() as connection:
        stored = connection.scalar(select(schema.generations.c.created_at))
    assert stored == created
    assert stored.tzinfo is UTC
    engine.dispose()
    store.close()


def test_a_time_without_a_zone_is_refused(database_url: str) -> None:
    """Nobody could say which moment it is."""
    store = open_store(database_url)
    with pytest.raises(StatementError, match="has no time zone"), store.transaction() as tx:
        tx.generations.add(a_generation(created_at=datetime(2026, 3, 6, 12)))  # noqa: DTZ001
    store.close()


def test_a_document_that_no_longer_reads_is_named(database_url: str) -> None:
    """A stored noun that does not fit its shape is an error that says what is wrong."""
    store, engine = open_store(database_url), create_engine(database_url)
    with store.transaction() as tx:
        tx.users.add(a_user())
    with engine.begin() as connection:
        connection.execute(text("""UPDATE users SET document = '{"name": "ana", "shoe": 1}'"""))

    with (
        pytest.raises(CopydeskError, match="User in the store") as raised,
        store.transaction() as tx,
    ):
        tx.users.get("ana")
    assert "roles" in str(raised.value)
    engine.dispose()
    store.close()
