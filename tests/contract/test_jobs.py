"""Jobs: the durable ones on both databases, and their in-process twin."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from copydesk.errors import SettingsError
from copydesk.jobs import Jobs, Pace, Runner, open_jobs
from copydesk.jobs.claims import claimed
from copydesk.jobs.workflows import jobs_url
from copydesk.storage import Store
from copydesk.storage.build import open_store
from tests.contract.worker import Work, accept

PATIENCE_S = 20.0


@pytest.fixture
def work(store: Store) -> Work:
    return Work(store)


@pytest.fixture
def jobs(url: str, work: Work) -> Iterator[Runner]:
    jobs = open_jobs(work.run, work.unfinished, url)
    jobs.start()
    yield jobs
    jobs.stop()


def wait(jobs: Runner, generation_id: str, seconds: float = PATIENCE_S) -> float:
    began = time.monotonic()
    asyncio.run(jobs.wait(generation_id, seconds))
    return time.monotonic() - began


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_what_is_submitted_is_run_to_its_end(store: Store, jobs: Runner, work: Work) -> None:
    """A submitted generation is finished when the wait for it returns."""
    accept(store, "gen_1")
    jobs.submit("gen_1")

    assert wait(jobs, "gen_1") < PATIENCE_S
    assert work.unfinished() == []


def test_what_is_submitted_again_is_run_once(store: Store, jobs: Runner, work: Work) -> None:
    """Submitting while it runs, and after it has ended, changes nothing."""
    accept(store, "gen_1", "gen_2")
    for generation_id in ("gen_1", "gen_1", "gen_2"):
        jobs.submit(generation_id)
    wait(jobs, "gen_1")
    jobs.submit("gen_1")
    wait(jobs, "gen_2")

    assert sorted(work.begun) == ["gen_1", "gen_2"]


def test_jobs_can_be_submitted_and_waited_for_on_an_event_loop(
    store: Store, jobs: Runner, work: Work
) -> None:
    """The API submits and waits on its own loop, for many at once."""
    ids = [f"gen_{i}" for i in range(12)]
    accept(store, *ids)

    async def ask(generation_id: str) -> None:
        jobs.submit(generation_id)
        await jobs.wait(generation_id, PATIENCE_S)

    async def ask_all() -> None:
        await asyncio.gather(*map(ask, ids))

    asyncio.run(ask_all())

    assert sorted(work.begun) == sorted(ids)
    assert work.unfinished() == []


def test_a_wait_ends_with_its_time(url: str, store: Store) -> None:
    """Waiting for a generation that takes longer returns after the seconds given, no later."""
    slow = Work(store, moment_s=60)
    jobs = open_jobs(slow.run, slow.unfinished, url, pace=Pace(grace_s=0))
    jobs.start()
    accept(store, "gen_1")
    jobs.submit("gen_1")

    assert 0.3 <= wait(jobs, "gen_1", 0.3) < 2

    until(lambda: slow.begun == ["gen_1"])
    jobs.stop()


def test_a_start_picks_up_what_was_accepted_and_never_submitted(
    url: str, store: Store, work: Work
) -> None:
    """What another process accepted before it died is run at the next start."""
    accept(store, "gen_1", "gen_2")
    jobs = open_jobs(work.run, work.unfinished, url)
    jobs.start()
    wait(jobs, "gen_1")
    wait(jobs, "gen_2")

    assert work.unfinished() == []
    jobs.stop()


def test_a_job_that_was_stopped_goes_on_at_the_next_start(url: str, store: Store) -> None:
    """A job cut off by a stop is begun anew by the next start, and ends."""
    slow, quick = Work(store, moment_s=60), Work(store)
    accept(store, "gen_1")
    first = open_jobs(slow.run, slow.unfinished, url, pace=Pace(grace_s=0))
    first.start()
    until(lambda: slow.begun == ["gen_1"])
    first.stop()
    second = open_jobs(quick.run, quick.unfinished, url)
    second.start()
    wait(second, "gen_1")
    second.stop()

    assert quick.begun == ["gen_1"]
    assert quick.unfinished() == []


def test_a_job_that_a_mistake_broke_is_run_again_at_the_next_start(url: str, store: Store) -> None:
    """An error that `run` lets out ends that job alone; another version may run it."""
    good = Work(store)

    async def broken(generation_id: str) -> None:
        if generation_id == "gen_1":
            raise ZeroDivisionError
        await good.run(generation_id)

    accept(store, "gen_1", "gen_2")
    first = open_jobs(broken, good.unfinished, url)
    first.start()
    wait(first, "gen_1")
    wait(first, "gen_2")
    first.stop()
    assert good.unfinished() == ["gen_1"]

    second = open_jobs(good.run, good.unfinished, url)
    second.start()
    wait(second, "gen_1")
    second.stop()
    assert good.unfinished() == []


def test_a_sweep_submits_what_was_forgotten(database_url: str) -> None:
    """What was accepted while the process lives, and never submitted, is run before long."""
    store = open_store(database_url)
    work = Work(store)
    jobs = open_jobs(work.run, work.unfinished, database_url, pace=Pace(sweep_s=0.1))
    jobs.start()
    accept(store, "gen_1")

    wait(jobs, "gen_1")
    assert work.unfinished() == []
    jobs.stop()
    store.close()


def test_ended_jobs_are_forgotten_and_not_run_again(database_url: str) -> None:
    """When its workflow was deleted, a finished generation stays as it is."""
    store = open_store(database_url)
    work = Work(store)
    pace = Pace(sweep_s=0.1, kept=timedelta(0))
    jobs = Jobs(work.run, work.unfinished, database_url, "worker-0", pace=pace)
    accept(store, "gen_1")
    jobs.start()
    wait(jobs, "gen_1")

    until(lambda: jobs._workflows.ended(["gen_1"]) == {})
    assert work.begun == ["gen_1"]
    jobs.stop()
    store.close()


def test_a_worker_s_name_is_held_once(database_url: str) -> None:
    """Two processes under one name would run one job twice: the second is refused, in words."""
    url = jobs_url(database_url)
    second = claimed(url, "worker-0", patience_s=0.3)
    with (
        claimed(url, "worker-0"),
        claimed(url, "worker-1"),
        pytest.raises(SettingsError, match="give each a name of its own"),
    ):
        second.__enter__()

    with claimed(url, "worker-0", patience_s=0.3):
        pass
