"""The parts of durable jobs: where they are kept, who works, who is told."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from sqlalchemy import make_url

from copydesk.errors import SettingsError, StoreUnavailable
from copydesk.jobs import InlineJobs, Jobs, open_jobs
from copydesk.jobs.bells import Bells
from copydesk.jobs.claims import claimed
from copydesk.jobs.clerk import Clerk
from copydesk.jobs.workflows import jobs_url

PATIENCE_S = 10.0


async def nothing(_: str) -> None:
    """Run nothing."""


def nobody() -> list[str]:
    return []


def test_jobs_on_sqlite_are_kept_beside_the_store(tmp_path: Path) -> None:
    """The file is named after the store's, and made for its owner alone."""
    jobs = Jobs(nothing, nobody, f"sqlite:///{tmp_path}/copydesk.db", "worker-0")
    jobs.start()
    jobs.stop()

    assert (tmp_path / "copydesk-jobs.db").stat().st_mode & 0o777 == 0o600


def test_jobs_on_postgresql_are_kept_in_the_store_s_database() -> None:
    """The URL is the store's, with the driver that both use."""
    url = jobs_url("postgres://ana:secret@localhost/copydesk")

    assert url == make_url("postgresql+psycopg://ana:secret@localhost/copydesk")


def test_jobs_of_memory_stay_in_the_process() -> None:
    """A store that forgets gets jobs that forget."""
    assert isinstance(open_jobs(nothing, nobody, "memory://"), InlineJobs)


def test_a_wrong_url_is_refused_before_anything_starts() -> None:
    """What the store refuses, jobs refuse."""
    with pytest.raises(SettingsError, match="sqlite:///FILE"):
        open_jobs(nothing, nobody, "mysql://localhost/copydesk")


def test_a_process_starts_durable_jobs_once(tmp_path: Path) -> None:
    """A second start in one process is an error that says so, and frees its worker's name."""
    first = Jobs(nothing, nobody, f"sqlite:///{tmp_path}/copydesk.db", "worker-0")
    second = Jobs(nothing, nobody, f"sqlite:///{tmp_path}/copydesk.db", "worker-1")
    first.start()

    for _ in range(2):
        with pytest.raises(RuntimeError, match="once a process"):
            second.start()

    first.stop()
    second.start()
    second.stop()


def test_jobs_that_cannot_be_reached_can_be_started_later(tmp_path: Path) -> None:
    """A file that is no database is StoreUnavailable, and nothing is held when that is mended."""
    jobs = Jobs(nothing, nobody, f"sqlite:///{tmp_path}/copydesk.db", "worker-0")
    file = tmp_path / "copydesk-jobs.db"
    file.write_text("These are my notes, not a database. " * 40)
    with pytest.raises(StoreUnavailable, match=r"copydesk-jobs\.db: file is not a database"):
        jobs.start()

    file.unlink()
    jobs.start()
    jobs.stop()


def test_a_server_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    """The error names the server, without its password."""
    url = f"postgresql://ana:hunter22@/copydesk?host={tmp_path}"
    with pytest.raises(StoreUnavailable, match=r"ana:\*\*\*@"):
        Jobs(nothing, nobody, url, "worker-0").start()


@pytest.mark.parametrize("worker", ["worker-0", "../../etc/x y"])
def test_a_name_is_held_by_one_worker(tmp_path: Path, worker: str) -> None:
    """While one holds a name another cannot; then it can, and other names are free all along."""
    url = make_url(f"sqlite:///{tmp_path}/jobs.db")
    second = claimed(url, worker, 0.1)
    with (
        claimed(url, worker),
        claimed(url, "another"),
        pytest.raises(SettingsError, match="name of its own"),
    ):
        second.__enter__()

    with claimed(url, worker, 0.1):
        assert all(file.parent == tmp_path for file in tmp_path.iterdir())


class Office:
    """A clerk, with what was submitted and whether there was a sweep."""

    def __init__(self, *, endless: bool = False) -> None:
        self.submitted: list[str] = []
        self.swept = threading.Event()
        self._endless = endless
        self.clerk = Clerk(self.submit, self.swept.set, sweep_every_s=0.05)
        self.clerk.start()

    def submit(self, generation_id: str) -> None:
        if generation_id == "bad":
            raise ConnectionError
        self.submitted.append(generation_id)
        if self._endless:
            self.clerk.hand(generation_id)


def test_what_fails_to_be_submitted_stops_nobody() -> None:
    """After an error the clerk goes on with the next, and sweeps."""
    office = Office()
    for generation_id in ("gen_1", "bad", "gen_2"):
        office.clerk.hand(generation_id)

    assert office.swept.wait(PATIENCE_S)
    office.clerk.stop()
    assert office.submitted == ["gen_1", "gen_2"]


def test_the_clerk_sweeps_while_the_inbox_is_full() -> None:
    """Work that never ends does not keep it from sweeping."""
    office = Office(endless=True)
    office.clerk.hand("gen_1")

    assert office.swept.wait(PATIENCE_S)
    office.clerk.stop()


def test_a_bell_is_rung_from_another_thread() -> None:
    """Everyone who waits by a name is told, others are not, and nobody is kept afterwards."""
    bells = Bells()

    async def listen() -> tuple[bool, bool]:
        with bells.hung("a") as one, bells.hung("a") as two, bells.hung("b") as other:
            threading.Thread(target=bells.ring, args=("a",)).start()
            async with asyncio.timeout(PATIENCE_S):
                await one.wait()
                await two.wait()
            return one.is_set(), other.is_set()

    assert asyncio.run(listen()) == (True, False)
    bells.ring("a")
    assert bells._bells == {}
