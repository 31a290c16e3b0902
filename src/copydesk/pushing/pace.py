"""How fast a tool is called: no faster than its file says, and not at all while it asks us to wait.

Counted in each process by itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # loading it takes a tenth of a second, which commands need not wait for
    from limits import RateLimitItem
    from limits.strategies import MovingWindowRateLimiter

RESTS_AT_MOST = timedelta(hours=1)
"""However long a tool asks us to wait before anything else is sent there."""


class Pace:
    """A limit for each target, over any sixty seconds."""

    def __init__(self, per_minute: Mapping[str, int], clock: Callable[[], datetime]) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._rests: dict[str, datetime] = {}

    def room(self, target: str) -> int:
        """Return how many copies may be pushed there now."""
        item = self._item(target)
        until = self._rests.get(target)
        if until is not None and self._clock() < until:
            return 0
        return 1 if item is None else self._limiter.get_window_stats(item, target)[1]

    def take(self, target: str) -> bool:
        """Count a copy, and return whether there was room for it."""
        with self._lock:
            item = self._item(target)
            has_room = self.room(target) > 0
            return has_room and (item is None or self._limiter.hit(item, target))

    def _item(self, target: str) -> RateLimitItem | None:
        most = self._per_minute.get(target)
        if most is None:
            return None
        from limits import RateLimitItemPerMinute

        return RateLimitItemPerMinute(most)

    @cached_property
    def _limiter(self) -> MovingWindowRateLimiter:
        from limits.storage import MemoryStorage
        from limits.strategies import MovingWindowRateLimiter

        return MovingWindowRateLimiter(MemoryStorage())

    def rest(self, target: str, seconds: float) -> None:
        """Send nothing there for so long: the tool asked for it."""
        until = self._clock() + min(timedelta(seconds=seconds), RESTS_AT_MOST)
        self._rests[target] = max(until, self._rests.get(target, until))
