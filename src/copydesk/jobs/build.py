"""From a database URL to what runs generations on it."""

from __future__ import annotations

from copydesk.jobs.durable import CONCURRENCY, DEFAULT_PACE, Jobs, Pace
from copydesk.jobs.inline import InlineJobs
from copydesk.jobs.ports import Post, Run, Runner, Unfinished


def open_jobs(
    run: Run,
    unfinished: Unfinished,
    database_url: str,
    worker: str = "worker-0",
    *,
    concurrency: int = CONCURRENCY,
    pace: Pace = DEFAULT_PACE,
    post: Post | None = None,
) -> Runner:
    """Return durable jobs for a database, and jobs of this process for `memory://`.

    `concurrency` is how many generations run at once; `post` are messages that go out beside them.

    Raises:
        SettingsError: the URL cannot be used.
    """
    if database_url.startswith("memory:"):
        return InlineJobs(run, unfinished, concurrency, post)
    return Jobs(
        run, unfinished, database_url, worker, concurrency=concurrency, pace=pace, post=post
    )
