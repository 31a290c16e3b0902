"""Workers as processes of their own, killed with -9: nothing accepted is lost or done twice."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from copydesk.storage import Store
from copydesk.storage.build import open_store
from tests.contract.worker import accept

ROOT = Path(__file__).parents[2]
PATIENCE_S = 30.0
KILLS = 2


@contextmanager
def a_worker(url: str, *order: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.contract.worker", url, *order]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def read_until(process: subprocess.Popen[str], word: str) -> str:
    """Return the first line that begins with `word`; a worker that ended has none."""
    assert process.stdout is not None
    return next(line.strip() for line in process.stdout if line.startswith(word))


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    store = open_store(database_url)
    yield store
    store.close()


def unfinished(store: Store) -> list[str]:
    with store.transaction() as tx:
        return [generation.id for generation in tx.generations.unfinished()]


def until_all_is_finished(store: Store) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while unfinished(store):
        assert time.monotonic() < deadline, f"still unfinished: {unfinished(store)}"
        time.sleep(0.05)


def finished(store: Store) -> list[str]:
    """Return what was finished, as often as it was."""
    with store.transaction() as tx:
        return sorted(event.subject for event in tx.audit.latest(1_000))


def test_a_worker_killed_in_the_middle_is_taken_up_by_the_next(
    database_url: str, store: Store
) -> None:
    """However often the worker is killed while it works, every job ends, and exactly once."""
    ids = [f"gen_{i}" for i in range(12)]
    accept(store, *ids)
    for _ in range(KILLS):
        with a_worker(database_url, "worker-0") as process:
            read_until(process, "begin")
            time.sleep(0.2)
            process.kill()

    assert unfinished(store) != []
    with a_worker(database_url, "worker-0"):
        until_all_is_finished(store)
    assert finished(store) == sorted(ids)


def test_what_was_accepted_before_a_kill_is_run(database_url: str, store: Store) -> None:
    """A process that accepts and dies before it could submit loses nothing."""
    with a_worker(database_url, "accept", "gen_1", "gen_2") as process:
        assert process.wait(PATIENCE_S) == -signal.SIGKILL
    assert unfinished(store) == ["gen_1", "gen_2"]

    with a_worker(database_url, "worker-0"):
        until_all_is_finished(store)
    assert finished(store) == ["gen_1", "gen_2"]


@pytest.mark.postgres
def test_several_workers_share_the_work(postgresql_url: str) -> None:
    """On PostgreSQL two workers take jobs from one queue, and end every job once."""
    store = open_store(postgresql_url)
    ids = [f"gen_{i}" for i in range(60)]
    with a_worker(postgresql_url, "worker-0") as one:
        read_until(one, "ready")
        accept(store, *ids)
        with a_worker(postgresql_url, "worker-1") as two:
            read_until(one, "begin")
            read_until(two, "begin")
            until_all_is_finished(store)

    assert finished(store) == sorted(ids)
    store.close()


@pytest.mark.skipif(not Path("/proc/self/net").exists(), reason="reads Linux's /proc")
def test_a_worker_is_silent_and_opens_no_port(database_url: str) -> None:
    """DBOS neither writes to the console nor listens for anyone, and leaves nothing unclosed."""
    command = [
        sys.executable,
        "-W",
        "error",
        "-m",
        "tests.contract.worker",
        database_url,
        "worker-0",
    ]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        read_until(process, "ready")
        assert listening(Path("/proc") / str(process.pid)) == []
        process.terminate()
        _, errors = process.communicate(timeout=PATIENCE_S)

    assert errors == ""
    assert process.returncode == 0


def listening(process: Path) -> list[str]:
    """Return the sockets of a process that wait for connections."""
    links = [str(handle.readlink()) for handle in (process / "fd").iterdir()]
    tables = [(process / "net" / name).read_text() for name in ("tcp", "tcp6")]
    rows = [row.split() for table in tables for row in table.splitlines()[1:]]
    waiting = "0A"
    return [row[1] for row in rows if row[3] == waiting and f"socket:[{row[9]}]" in links]
