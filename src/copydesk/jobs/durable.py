"""Durable jobs: a workflow for each generation, in a database beside the store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.exc import SQLAlchemyError

from copydesk.errors import StoreUnavailable
from copydesk.jobs.bells import Bells
from copydesk.jobs.claims import claimed
from copydesk.jobs.clerk import Clerk
from copydesk.jobs.ports import Post, Run, Unfinished
from copydesk.jobs.workflows import DELIVERIES, GENERATIONS, Hands, Work, Workflows, jobs_url

CONCURRENCY = 8
"""Generations that one worker runs at once."""
AT_ONCE = 8
"""Messages that one worker sends at once."""
LOOK_S = 0.5
"""Pause between two looks at a job that somebody waits for, in case another process runs it."""


class Pace(NamedTuple):
    """How often, and how long."""

    grace_s: int = 10
    """Whole seconds that running jobs are given to end when the process stops."""
    sweep_s: float = 30.0
    """Between two looks for accepted generations that were never submitted."""
    kept: timedelta = timedelta(days=7)
    """How long ended workflows stay, for whoever looks into the jobs' database."""


DEFAULT_PACE = Pace()


class Jobs:
    """Runs each accepted generation to its end, whatever becomes of the process.

    On SQLite the jobs are in a file beside the store's (`copydesk-jobs.db` for `copydesk.db`); on
    PostgreSQL in a schema of the store's database, worked on by any number of processes, each with
    a `worker` name of its own. Work that a killed process had begun goes on when a process of its
    name starts again; work that waits is taken by any.

    `run` is awaited on an event loop in a thread of its own, so that drafting never delays the
    API. One such object can be started in a process at a time.

    Raises:
        SettingsError: the URL cannot be used.
    """

    def __init__(
        self,
        run: Run,
        unfinished: Unfinished,
        database_url: str,
        worker: str,
        *,
        concurrency: int = CONCURRENCY,
        pace: Pace = DEFAULT_PACE,
        post: Post | None = None,
    ) -> None:
        self._run = run
        self._unfinished = unfinished
        self._url = jobs_url(database_url)
        self._worker = worker
        self._concurrency = concurrency
        self._post = post
        self._workflows = Workflows(self._url, worker)
        self._pace = pace
        self._running = 0
        self._bells = Bells()
        self._started = ExitStack()

    def start(self) -> None:
        """Begin: resume what this worker had begun, and submit what was never submitted.

        Raises:
            SettingsError: another process works under this worker's name.
            StoreUnavailable: the jobs' database cannot be reached.
            RuntimeError: this process has started jobs already.
        """
        try:
            self._start()
        except SQLAlchemyError as error:
            reason = str(getattr(error, "orig", error)).strip()
            raise StoreUnavailable(f"{self._url}: {reason}") from error

    def submit(self, generation_id: str) -> None:
        """See to it that the generation is run; to submit it again changes nothing.

        It returns at once. When the process dies before the generation is in the queue, or the
        jobs' database cannot be reached, a later start or sweep puts it there.
        """
        self._clerk.hand(generation_id)

    async def wait(self, generation_id: str, seconds: float) -> None:
        """Return when the generation has ended, or after `seconds`."""
        with self._bells.hung(generation_id) as ended_here, suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not await asyncio.to_thread(self._has_ended, generation_id):
                    with suppress(TimeoutError):
                        await asyncio.wait_for(ended_here.wait(), LOOK_S)
                        return

    def stop(self) -> None:
        """Stop working: running jobs get a few seconds to end, then go on at the next start."""
        self._started.close()

    def _start(self) -> None:
        if self._url.get_backend_name() == "sqlite":
            Path(str(self._url.database)).touch(mode=0o600)
        with ExitStack() as started:
            started.enter_context(claimed(self._url, self._worker))
            _off_loop(lambda: self._workflows.launch(self._hands()))
            started.callback(_off_loop, self._shut_down)
            _off_loop(self._pick_up)
            self._clerk = Clerk(self._workflows.enqueue, self._sweep, self._pace.sweep_s)
            self._clerk.start()
            started.callback(self._clerk.stop)
            if self._post is not None:
                started.callback(self._postman(self._post).stop)
            self._started = started.pop_all()

    def _hands(self) -> dict[Work, Hands]:
        hands = {GENERATIONS: Hands(self._counted, self._concurrency)}
        post = self._post
        if post is not None:

            async def deliver(try_id: str) -> None:
                self._running += 1
                try:
                    await asyncio.to_thread(post.run, try_id)
                finally:
                    self._running -= 1

            hands[DELIVERIES] = Hands(deliver, AT_ONCE)
        return hands

    def _postman(self, post: Post) -> Clerk:
        """Return a thread that looks for messages that are due, already at work."""

        def look() -> None:
            due = post.round()
            known = self._workflows.ended(due)
            for try_id in due:
                if try_id not in known:
                    self._workflows.enqueue(try_id, DELIVERIES)
                elif known[try_id]:
                    # A mistake in the code broke it, or it ended while we looked: then it is done,
                    # and finds that out.
                    self._workflows.run_again(try_id, DELIVERIES)

        postman = Clerk(lambda _: None, look, post.look_s, "jobs-postman")
        postman.start()
        return postman

    async def _counted(self, generation_id: str) -> None:
        self._running += 1
        try:
            await self._run(generation_id)
        finally:
            self._running -= 1
        self._bells.ring(generation_id)

    def _shut_down(self) -> None:
        self._workflows.shut_down(self._pace.grace_s if self._running else 0)

    def _has_ended(self, generation_id: str) -> bool:
        return self._workflows.ended([generation_id]).get(generation_id, False)

    def _pick_up(self) -> None:
        """Submit what was never submitted, and again what ended without ending its generation.

        The latter are jobs that a mistake in the code broke, and all jobs that are newer than the
        store when it was restored from a backup.
        """
        ended = self._workflows.ended(self._unfinished())
        for generation_id in self._unfinished():
            if generation_id not in ended:
                self._workflows.enqueue(generation_id)
            elif ended[generation_id]:
                self._workflows.run_again(generation_id)

    def _sweep(self) -> None:
        waiting = self._unfinished()
        known = self._workflows.ended(waiting)
        for generation_id in waiting:
            if generation_id not in known:
                self._workflows.enqueue(generation_id)
        self._workflows.forget(before=datetime.now(UTC) - self._pace.kept)


def _off_loop(call: Callable[[], None]) -> None:
    """Make a call in a thread that runs no event loop, whatever thread this is."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="jobs") as thread:
        thread.submit(call).result()
