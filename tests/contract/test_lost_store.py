"""Pulls from a real PostgreSQL that goes away in the middle, and from one that answers nobody."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy.engine import make_url

from copydesk.storage.build import open_store
from tests.unit.api.office import Answer, Office
from tests.unit.api.test_last_resort import is_degraded, sign_fallback, until
from tests.unit.api.test_serving import PLAIN_COPY, approved, pull

if TYPE_CHECKING:
    from tests.postgres import Postgres

pytestmark = pytest.mark.postgres


@pytest.fixture
def warm(postgresql_url: str) -> Iterator[Office]:
    store = open_store(postgresql_url)
    office = Office.opened(store)
    office.let_in()
    with office.client:
        approved(office)
        sign_fallback(office, PLAIN_COPY)
        pull(office)
        yield office
    store.close()


def test_a_database_that_goes_away_costs_no_send(
    warm: Office, postgres: Postgres, postgresql_url: str
) -> None:
    """Its connections cut and no new one let in: every answer is 200, in the end the fallback; and
    approved copy again when it is back."""
    name = make_url(postgresql_url).database
    seen: list[Answer] = []

    def answer() -> Answer:
        seen.append(pull(warm))
        return seen[-1]

    postgres.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname"
    postgres.execute(f"{cut} = '{name}'")
    said = until(answer, is_degraded)
    postgres.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    back = until(answer, lambda one: not is_degraded(one))

    assert {one.status_code for one in seen} == {200}
    assert said.json()["subject"] == PLAIN_COPY["subject"]
    assert back.json()["source"] == "approved"


def test_a_database_that_hangs_costs_no_send(warm: Office, postgresql_url: str) -> None:
    """Its tables locked by somebody else: no pull waits longer than a tool does."""
    url = make_url(postgresql_url)
    took: list[float] = []

    def answer() -> Answer:
        began = time.monotonic()
        said = pull(warm)
        took.append(time.monotonic() - began)
        return said

    where = f"host={url.query['host']} user={url.username} dbname={url.database}"
    with psycopg.connect(where) as locking:
        locking.execute("LOCK TABLE audit, campaigns, api_keys IN ACCESS EXCLUSIVE MODE")
        said = until(answer, is_degraded)
        locking.rollback()

    assert said.status_code == 200
    assert max(took) < 2
