"""From a database URL to what runs generations on it."""

from __future__ import annotations

from copydesk.jobs.durable import CONCURRENCY, GRACE_S, Jobs
from copydesk.jobs.inline import InlineJobs
from copydesk.jobs.ports import Run, Runner, Unfinished


def open_jobs(
    run: Run,
    unfinished: Unfinished,
    database_url: str,
    worker: str = "worker-0",
    *,
    concurrency: int = CONCURRENCY,
    grace_s: int = GRACE_S,
) -> Runner:
    """Return durable jobs for a database, and jobs of this process for `memory://`.

    `concurrency` is how many generations run at once; `grace_s`, how many whole seconds running
    ones are given to end when the process stops.

    Raises:
        SettingsError: the URL cannot be used.
    """
    if database_url.startswith("memory:"):
        return InlineJobs(run, unfinished, concurrency)
    return Jobs(run, unfinished, database_url, worker, concurrency=concurrency, grace_s=grace_s)
