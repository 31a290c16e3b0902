"""Work that is spread over processes, and comes back in the order in which it was given."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TypeVar

from copydesk.errors import CopydeskError

GIVEN_AHEAD = 3
"""Pieces of work given out for each process: one under way, the others ready for it. What is given
out is all that is held in memory, however long the work."""

Given = TypeVar("Given")
Done = TypeVar("Done")


def processors() -> int:
    """Return how many processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def in_order(
    work: Callable[[Given], Done], pieces: Iterable[Given], workers: int
) -> Iterator[Done]:
    """Yield what `work` makes of each piece, by `workers` processes.

    Raises:
        CopydeskError: a process was ended by someone else.
    """
    # Nothing is forked: locks of libraries that a thread held would stay locked in the child.
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _begun)
    given: deque[Future[Done]] = deque()
    try:
        for piece in pieces:
            given.append(pool.submit(work, piece))
            if len(given) >= workers * GIVEN_AHEAD:
                yield given.popleft().result()
        while given:
            yield given.popleft().result()
    except BrokenProcessPool as ended:
        raise CopydeskError(
            "a process was ended before its work was done, as systems short of memory do:"
            " try with fewer --workers"
        ) from ended
    finally:
        pool.shutdown(cancel_futures=True)


def _begun() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is told too, and ends the work
