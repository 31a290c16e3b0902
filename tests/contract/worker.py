"""A worker as a process of its own, to be killed: `python -m tests.contract.worker URL NAME`.

It runs generations that take a moment and says so: `begin ID` when one starts. When it is told
`accept ID...` instead of a name, it accepts generations and dies before anyone submits them.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading

from copydesk.generations import GenerationState
from copydesk.jobs import open_jobs
from copydesk.storage import Store
from copydesk.storage.build import open_store
from tests.contract.nouns import a_generation, an_event

MOMENT_S = 0.4


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class Work:
    """Runs a generation as the desk does: slowly, then once in one transaction."""

    def __init__(self, store: Store, moment_s: float = 0.0) -> None:
        self._store = store
        self._moment_s = moment_s
        self.begun: list[str] = []

    async def run(self, generation_id: str) -> None:
        self.begun.append(generation_id)
        say(f"begin {generation_id}")
        await asyncio.sleep(self._moment_s)
        await asyncio.to_thread(self._finish, generation_id)

    def unfinished(self) -> list[str]:
        with self._store.transaction() as tx:
            return [generation.id for generation in tx.generations.unfinished()]

    def _finish(self, generation_id: str) -> None:
        with self._store.transaction() as tx:
            generation = tx.generations.get(generation_id)
            if generation.state is not GenerationState.DONE:
                update = {"state": GenerationState.DONE}
                tx.generations.save(generation.model_copy(update=update))
                tx.audit.append(an_event(generation_id, act="generation.finished"))


def accept(store: Store, *generation_ids: str) -> None:
    with store.transaction() as tx:
        for generation_id in generation_ids:
            tx.generations.add(a_generation(generation_id))


def serve(url: str, name: str) -> None:
    store = open_store(url)
    work = Work(store, MOMENT_S)
    jobs = open_jobs(work.run, work.unfinished, url, name)
    jobs.start()
    over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    say("ready")
    over.wait()
    jobs.stop()
    store.close()


if __name__ == "__main__":
    database_url, order, *ids = sys.argv[1:]
    if order == "accept":
        accept(open_store(database_url), *ids)
        os.kill(os.getpid(), signal.SIGKILL)
    serve(database_url, order)
