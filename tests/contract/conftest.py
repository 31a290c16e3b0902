"""Every store, each fresh and empty: one suite holds them all to the same promises."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from copydesk.storage import Store
from copydesk.storage.build import open_store

if TYPE_CHECKING:
    from tests.postgres import Postgres

DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("migrated") / "copydesk.db"
    open_store(f"sqlite:///{file}").close()
    return file


@pytest.fixture(scope="session")
def migrated_database(postgres: Postgres) -> str:
    name = postgres.database()
    open_store(postgres.url(name)).close()
    return name


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'copydesk.db')}"


@pytest.fixture
def postgresql_url(postgres: Postgres, migrated_database: str) -> Iterator[str]:
    name = postgres.database(template=migrated_database)
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture(params=["memory", *DATABASES])
def url(request: pytest.FixtureRequest) -> str:
    """Give the URL of each kind of store in turn; the databases are migrated."""
    if request.param == "memory":
        return "memory://"
    given: str = request.getfixturevalue(f"{request.param}_url")
    return given


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """Open each store in turn."""
    store = open_store(url)
    yield store
    store.close()


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> str:
    """Give the URL of each kind of database, already migrated."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url
