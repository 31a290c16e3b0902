"""Seeing every accepted generation to its end, whatever happens to the process."""

from copydesk.jobs.build import open_jobs
from copydesk.jobs.durable import Jobs, Pace
from copydesk.jobs.inline import InlineJobs
from copydesk.jobs.ports import Post, Run, Runner, Unfinished

__all__ = ["InlineJobs", "Jobs", "Pace", "Post", "Run", "Runner", "Unfinished", "open_jobs"]
