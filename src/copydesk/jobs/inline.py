"""Jobs of this process alone: the twin of the durable ones, for a store that forgets as well."""

from __future__ import annotations

import asyncio
import logging
import threading
from concurrent.futures import Future

from copydesk.jobs.ports import Post, Run, Unfinished

log = logging.getLogger(__name__)


class InlineJobs:
    """Runs generations on an event loop in a thread of its own."""

    def __init__(
        self, run: Run, unfinished: Unfinished, concurrency: int, post: Post | None = None
    ) -> None:
        self._run = run
        self._unfinished = unfinished
        self._concurrency = concurrency
        self._post = post
        self._jobs: dict[str, Future[None]] = {}

    def start(self) -> None:
        """Begin, and run what is unfinished in the store."""
        self._jobs.clear()
        self._places = asyncio.Semaphore(self._concurrency)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="jobs", daemon=True)
        self._thread.start()
        for generation_id in self._unfinished():
            self.submit(generation_id)
        if self._post is not None:
            asyncio.run_coroutine_threadsafe(self._rounds(self._post), self._loop)

    def submit(self, generation_id: str) -> None:
        """See to it that the generation is run; to submit it again changes nothing."""
        if generation_id not in self._jobs:
            job = asyncio.run_coroutine_threadsafe(self._one(generation_id), self._loop)
            self._jobs[generation_id] = job

    async def wait(self, generation_id: str, seconds: float) -> None:
        """Return when the generation has ended, or after `seconds`."""
        job = self._jobs.get(generation_id)
        if job is not None:
            await asyncio.wait([asyncio.wrap_future(job)], timeout=seconds)

    def stop(self) -> None:
        """Cancel what still runs: it is unfinished in the store."""
        asyncio.run_coroutine_threadsafe(self._cancel(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _one(self, generation_id: str) -> None:
        async with self._places:
            try:
                await self._run(generation_id)
            except Exception:  # one job that fails must not end the others; the store has its state
                log.exception("jobs.failed", extra={"generation": generation_id})

    async def _rounds(self, post: Post) -> None:
        while True:
            try:
                due = await asyncio.to_thread(post.round)
                await asyncio.gather(*(asyncio.to_thread(post.run, one) for one in due))
            except (
                Exception
            ):  # what failed is found by the next round: this one must not be the last
                log.exception("jobs.post.postponed")
            await asyncio.sleep(post.look_s)

    async def _cancel(self) -> None:
        running = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await self._loop.shutdown_default_executor()
