"""Pulls from an SQLite file whose write lock another process holds for seconds."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from copydesk.storage.build import open_store
from tests.unit.api.office import Answer, Office
from tests.unit.api.test_last_resort import sign_fallback
from tests.unit.api.test_serving import PLAIN_COPY, pull

HELD_S = 2.5
PATIENCE_S = 1.8
"""A tool gives up after two seconds."""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office on a file, with a fallback and copy that nobody has pulled yet."""
    store = open_store(f"sqlite:///{tmp_path / 'desk.db'}")
    office = Office.opened(store)
    office.let_in()
    with office.client:
        item = office.item(n=1)
        sign_fallback(office, PLAIN_COPY)
        assert pull(office).json()["source"] == "fallback"
        assert office.act("bea", "approve", item).status_code == 200
        yield office
    store.close()


@contextmanager
def locked(tmp_path: Path, how: str) -> Iterator[None]:
    """Hold the lock as another process would."""
    with closing(sqlite3.connect(tmp_path / "desk.db", isolation_level=None)) as other:
        other.execute(f"BEGIN {how}")
        yield
        other.execute("ROLLBACK")


def pulled_for(office: Office, seconds: float) -> list[tuple[Answer, float]]:
    found: list[tuple[Answer, float]] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        began = time.monotonic()
        answer = pull(office, r=f"reader-{len(found)}")
        found.append((answer, time.monotonic() - began))
        time.sleep(0.05)
    return found


@pytest.mark.parametrize("how", ["IMMEDIATE", "EXCLUSIVE"])
def test_a_locked_file_costs_no_send(office: Office, tmp_path: Path, how: str) -> None:
    """Copy that was pulled before is served on, and nobody waits."""
    assert pull(office).json()["source"] == "approved"

    with locked(tmp_path, how):
        found = pulled_for(office, HELD_S)

    assert {(one.status_code, one.json()["source"]) for one, _ in found} == {(200, "approved")}
    assert max(took for _, took in found) < PATIENCE_S


def test_copy_that_cannot_be_noted_as_pulled_is_not_served_yet(
    office: Office, tmp_path: Path
) -> None:
    """Its approval could still be undone, and nobody can write that it left: the fallback answers,
    in time, and the copy from the moment that the lock is gone."""
    with locked(tmp_path, "IMMEDIATE"):
        found = pulled_for(office, HELD_S)
    after = pull(office)

    assert {(one.status_code, one.json()["source"]) for one, _ in found} == {(200, "fallback")}
    assert max(took for _, took in found) < PATIENCE_S
    assert after.json()["source"] == "approved"
