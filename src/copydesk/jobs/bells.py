"""Telling those who wait for a job in this process that it has ended, in whatever thread it ran."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

Bell = tuple[asyncio.AbstractEventLoop, asyncio.Event]


class Bells:
    """One bell for each waiter, rung by the name of what it waits for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bells: defaultdict[str, list[Bell]] = defaultdict(list)

    @contextmanager
    def hung(self, name: str) -> Iterator[asyncio.Event]:
        """Give the running event loop an event that is set when `name` is rung."""
        bell = asyncio.get_running_loop(), asyncio.Event()
        with self._lock:
            self._bells[name].append(bell)
        try:
            yield bell[1]
        finally:
            with self._lock:
                self._bells[name].remove(bell)
                if not self._bells[name]:
                    del self._bells[name]

    def ring(self, name: str) -> None:
        """Set the event of everyone who waits for `name`."""
        with self._lock:
            for loop, event in self._bells.get(name, ()):
                loop.call_soon_threadsafe(event.set)
