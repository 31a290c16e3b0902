"""The few things that Copydesk asks of DBOS.

DBOS keeps one engine a process, and refuses to be called from a thread that runs an event loop:
every function here is called from a thread without one.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import URL

from copydesk.errors import StoreUnavailable
from copydesk.jobs.ports import Run
from copydesk.storage.sql.engine import parsed

if TYPE_CHECKING:
    from dbos import DBOSConfig, StepOptions

APPLICATION = "copydesk"
VERSION = "1"
"""DBOS resumes only workflows of its own version. Raise it when the steps of one change."""
SCHEMA = "copydesk_jobs"
"""Where DBOS keeps its tables on PostgreSQL: in the store's own database."""
POLL_S = 0.1
"""How often a worker looks for new work."""
CONNECTIONS = 10
BATCH = 500
"""Workflows asked for, or forgotten, in one query."""

STEP: StepOptions = {
    "name": "run",
    "retries_allowed": True,
    "interval_seconds": 5.0,
    "backoff_rate": 1.0,
    "max_attempts": 1_000_000,
    "should_retry": lambda error: isinstance(error, StoreUnavailable),
}
"""A store that cannot be reached is waited for, for as long as it takes."""

_the_one = threading.Lock()


class Work(NamedTuple):
    """A kind of work, by the names under which DBOS keeps it."""

    workflow: str
    queue: str


GENERATIONS = Work("generate", "generations")
DELIVERIES = Work("deliver", "deliveries")


class Hands(NamedTuple):
    """Who does a kind of work, and how much of it at once."""

    run: Run
    places: int


class Workflows:
    """One workflow for each piece of work, under its id, in a database of its own."""

    def __init__(self, url: URL, worker: str) -> None:
        self._url = url
        self._worker = worker

    def launch(self, hands: Mapping[Work, Hands]) -> None:
        """Begin to work: what this worker had begun goes on, what waits is taken.

        Raises:
            RuntimeError: this process has launched workflows already.
        """
        from dbos import DBOS

        if not _the_one.acquire(blocking=False):
            raise RuntimeError("Durable jobs run once a process: stop the others first.")
        try:
            _to_our_log()
            DBOS(config=self._config())
            for work, whose in hands.items():
                workflow = _workflow(whose.run)
                DBOS.workflow(name=work.workflow, max_recovery_attempts=None)(workflow)
            DBOS.launch()
            for work, (_, places) in hands.items():
                DBOS.register_queue(
                    work.queue, worker_concurrency=places, polling_interval_sec=POLL_S
                )
        except BaseException:
            self.shut_down(grace_s=0)
            raise

    def shut_down(self, grace_s: int) -> None:
        """Stop; running workflows get `grace_s` seconds to end, then wait for the next launch."""
        from dbos import DBOS

        try:
            DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=grace_s)
        finally:
            _the_one.release()

    def enqueue(self, work_id: str, work: Work = GENERATIONS) -> None:
        """Put a piece of work in its queue, unless it was put there before.

        It waits for as long as the database cannot be reached.
        """
        from dbos import DBOS, EnqueueOptions

        options: EnqueueOptions = {
            "workflow_name": work.workflow,
            "queue_name": work.queue,
            "workflow_id": work_id,
            "app_version": VERSION,
        }
        DBOS.enqueue_workflow_with_options(options, work_id)

    def ended(self, work_ids: Sequence[str]) -> dict[str, bool]:
        """Return of each piece of work that was ever enqueued whether its workflow has ended."""
        from dbos import DBOS

        found: dict[str, bool] = {}
        for start in range(0, len(work_ids), BATCH):
            batch = list(work_ids[start : start + BATCH])
            for workflow in DBOS.list_workflows(
                workflow_ids=batch, load_input=False, load_output=False
            ):
                going = workflow.status in {"ENQUEUED", "PENDING", "DELAYED"}
                found[workflow.workflow_id] = not going
        return found

    def run_again(self, work_id: str, work: Work = GENERATIONS) -> None:
        """Put work whose workflow has ended in the queue once more."""
        from dbos import DBOS, error

        try:
            DBOS.rewind_workflow(work_id, queue_name=work.queue)
        except error.DBOSException:
            # Another worker that started at the same time has done it.
            if self.ended([work_id]).get(work_id, True):
                raise

    def forget(self, before: datetime) -> None:
        """Delete some workflows that ended before a time: the generations keep what matters."""
        from dbos import DBOS

        old = DBOS.list_workflows(
            completed_before=before.isoformat(), limit=BATCH, load_input=False, load_output=False
        )
        if old:
            DBOS.delete_workflows([workflow.workflow_id for workflow in old])

    def _config(self) -> DBOSConfig:
        from dbos import DBOSPortableJSONSerializer

        return {
            "name": APPLICATION,
            "application_version": VERSION,
            "executor_id": self._worker,
            "system_database_url": self._url.render_as_string(hide_password=False),
            "dbos_system_schema": SCHEMA,
            "sys_db_pool_size": CONNECTIONS,
            "serializer": DBOSPortableJSONSerializer(),
            "use_listen_notify": False,
            "enable_otlp": False,
            "log_level": "WARNING",
        }


def jobs_url(database_url: str) -> URL:
    """Return where the jobs of the store at `database_url` are kept. Raises SettingsError."""
    url = parsed(database_url)
    if url.get_backend_name() != "sqlite":
        return url
    file = Path(str(url.database))
    return url.set(database=str(file.with_name(f"{file.stem}-jobs{file.suffix}")))


def _workflow(run: Run) -> Callable[[str], Coroutine[None, None, None]]:
    from dbos import DBOS

    async def work(work_id: str) -> None:
        async def step() -> None:
            await run(work_id)

        await DBOS.run_step_async(STEP, step)

    return work


def _to_our_log() -> None:
    """Keep DBOS from writing to the console on its own: its records go where ours go."""
    logger = logging.getLogger("dbos")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
