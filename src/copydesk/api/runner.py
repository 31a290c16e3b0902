"""Seeing accepted generations to their end, inside this process when no durable jobs are given."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from copydesk.generations import Generation


class Runner(Protocol):
    """Runs generations that were accepted. `copydesk.jobs.Jobs` is the durable one."""

    def start(self) -> None:
        """Begin, and pick up what an earlier process left unfinished."""

    def submit(self, generation_id: str) -> None:
        """See to it that the generation is run."""

    async def wait(self, generation_id: str, seconds: float) -> None:
        """Return when the generation has ended, or after `seconds`."""

    def stop(self) -> None:
        """Let go."""


class InProcess:
    """Runs generations as tasks of the event loop: for tests and for programs that embed the app.

    What a crash leaves unfinished is run again at the next start.
    """

    def __init__(
        self,
        run: Callable[[str], Awaitable[Generation]],
        unfinished: Callable[[], Sequence[str]],
    ) -> None:
        self._run = run
        self._unfinished = unfinished
        self._tasks: dict[str, asyncio.Task[Generation]] = {}

    def start(self) -> None:
        """Pick up what an earlier process left unfinished."""
        for generation_id in self._unfinished():
            self.submit(generation_id)

    def submit(self, generation_id: str) -> None:
        """Run the generation as a task; a second call for one that is running does nothing."""
        if generation_id not in self._tasks:
            task = asyncio.ensure_future(self._run(generation_id))
            self._tasks[generation_id] = task
            task.add_done_callback(lambda _: self._tasks.pop(generation_id, None))

    async def wait(self, generation_id: str, seconds: float) -> None:
        """Return when the generation has ended, or after `seconds`."""
        task = self._tasks.get(generation_id)
        if task is not None:
            await asyncio.wait({task}, timeout=seconds)

    def stop(self) -> None:
        """Cancel what still runs: it is unfinished in the store, and run at the next start."""
        for task in self._tasks.values():
            task.cancel()
