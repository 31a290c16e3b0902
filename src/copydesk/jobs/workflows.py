"""The few things that Copydesk asks of DBOS.

DBOS keeps one engine a process, and refuses to be called from a thread that runs an event loop:
every function here is called from a thread without one.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL

from copydesk.errors import StoreUnavailable
from copydesk.jobs.ports import Run
from copydesk.storage.sql.engine import parsed

if TYPE_CHECKING:
    from dbos import DBOSConfig, StepOptions

APPLICATION = "copydesk"
WORKFLOW, QUEUE = "generate", "generations"
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


class Workflows:
    """One workflow for each generation, under the generation's id, in a database of its own."""

    def __init__(self, url: URL, worker: str, concurrency: int) -> None:
        self._url = url
        self._worker = worker
        self._concurrency = concurrency

    def launch(self, run: Run) -> None:
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
            DBOS.workflow(name=WORKFLOW, max_recovery_attempts=None)(_workflow(run))
            DBOS.launch()
            places = self._concurrency
            DBOS.register_queue(QUEUE, worker_concurrency=places, polling_interval_sec=POLL_S)
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

    def enqueue(self, generation_id: str) -> None:
        """Put the generation in the queue, unless it was put there before.

        It waits for as long as the database cannot be reached.
        """
        from dbos import DBOS, EnqueueOptions

        options: EnqueueOptions = {
            "workflow_name": WORKFLOW,
            "queue_name": QUEUE,
            "workflow_id": generation_id,
            "app_version": VERSION,
        }
        DBOS.enqueue_workflow_with_options(options, generation_id)

    def ended(self, generation_ids: Sequence[str]) -> dict[str, bool]:
        """Return of each generation that was ever enqueued whether its workflow has ended."""
        from dbos import DBOS

        found: dict[str, bool] = {}
        for start in range(0, len(generation_ids), BATCH):
            batch = list(generation_ids[start : start + BATCH])
            for workflow in DBOS.list_workflows(
                workflow_ids=batch, load_input=False, load_output=False
            ):
                going = workflow.status in {"ENQUEUED", "PENDING", "DELAYED"}
                found[workflow.workflow_id] = not going
        return found

    def run_again(self, generation_id: str) -> None:
        """Put a generation whose workflow has ended in the queue once more."""
        from dbos import DBOS, error

        try:
            DBOS.rewind_workflow(generation_id, queue_name=QUEUE)
        except error.DBOSException:
            # Another worker that started at the same time has done it.
            if self.ended([generation_id]).get(generation_id, True):
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

    async def generate(generation_id: str) -> None:
        async def step() -> None:
            await run(generation_id)

        await DBOS.run_step_async(STEP, step)

    return generate


def _to_our_log() -> None:
    """Keep DBOS from writing to the console on its own: its records go where ours go."""
    logger = logging.getLogger("dbos")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
