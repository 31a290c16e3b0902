"""The thread that submits: nobody who asks for copy waits for the jobs' database."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from functools import partial

log = logging.getLogger(__name__)

FAREWELL_S = 5.0
"""How long the thread may take to end: it hangs while the jobs' database cannot be reached."""


class Clerk:
    """Submits what it is handed, one after the other, and sweeps now and then."""

    def __init__(
        self,
        submit: Callable[[str], None],
        sweep: Callable[[], None],
        sweep_every_s: float,
        name: str = "jobs-clerk",
    ) -> None:
        self._submit = submit
        self._sweep = sweep
        self._every_s = sweep_every_s
        self._inbox: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def hand(self, generation_id: str) -> None:
        """Have this generation submitted, soon."""
        self._inbox.put(generation_id)

    def stop(self) -> None:
        """End after what was handed over before."""
        self._inbox.put(None)
        self._thread.join(FAREWELL_S)

    def _work(self) -> None:
        due = time.monotonic() + self._every_s
        while True:
            left = due - time.monotonic()
            if left <= 0:
                self._try(self._sweep)
                due = time.monotonic() + self._every_s
                continue
            try:
                generation_id = self._inbox.get(timeout=left)
            except queue.Empty:
                continue
            if generation_id is None:
                return
            self._try(partial(self._submit, generation_id))

    def _try(self, call: Callable[[], None]) -> None:
        try:
            call()
        except Exception:  # what failed is found by a later sweep: this thread must live to make it
            log.warning("jobs.submit.postponed", exc_info=True)
