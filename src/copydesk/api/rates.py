"""How many requests one API key may send in a minute, to one process."""

from __future__ import annotations

from math import ceil
from time import time
from typing import TYPE_CHECKING

from copydesk.errors import TooManyRequests
from copydesk.settings import Settings

if TYPE_CHECKING:  # loading it takes a tenth of a second, which commands need not wait for
    from limits import RateLimitItem

MINUTE_S = 60
PULLS = "/v1/pull/"


class Rate:
    """One limit, over any sixty seconds, for each bucket of its own."""

    def __init__(self, name: str, per_minute: int) -> None:
        self._name = name
        self._per_minute = per_minute
        self._item: RateLimitItem | None = None
        if per_minute:
            from limits import RateLimitItemPerMinute
            from limits.storage import MemoryStorage
            from limits.strategies import MovingWindowRateLimiter

            self._item = RateLimitItemPerMinute(per_minute)
            self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def must_have_room(self, bucket: str) -> None:
        """Raise TooManyRequests when the bucket is full; count nothing."""
        if self._item is not None and not self._limiter.test(self._item, bucket):
            raise self._full(self._item, bucket)

    def has_taken(self, bucket: str) -> bool:
        """Count a request, and return whether there was room for it."""
        return self._item is None or self._limiter.hit(self._item, bucket)

    def take(self, bucket: str) -> dict[str, str]:
        """Count a request; return the headers that tell how many more there may be.

        Raises:
            TooManyRequests: there was no room for it.
        """
        if self._item is None:
            return {}
        if not self._limiter.hit(self._item, bucket):
            raise self._full(self._item, bucket)
        return self._headers(*self._left(self._item, bucket))

    def _full(self, item: RateLimitItem, bucket: str) -> TooManyRequests:
        _, seconds = self._left(item, bucket)
        message = (
            f"This key has sent {self._per_minute:,} requests within a minute, which is the most "
            f"that it may: go on in {seconds} s."
        )
        return TooManyRequests(message, seconds, self._headers(0, seconds))

    def _left(self, item: RateLimitItem, bucket: str) -> tuple[int, int]:
        """Return how many more there may be, and in how many seconds there is room for one more."""
        until, left = self._limiter.get_window_stats(item, bucket)
        return left, max(1, ceil(until - time()))

    def _headers(self, left: int, seconds: int) -> dict[str, str]:
        """Return the fields of draft-ietf-httpapi-ratelimit-headers-10."""
        return {
            "RateLimit-Policy": f'"{self._name}";q={self._per_minute};w={MINUTE_S}',
            "RateLimit": f'"{self._name}";r={left};t={seconds}',
        }


class Rates:
    """The limits of one app."""

    def __init__(self, settings: Settings) -> None:
        self.api = Rate("api", settings.api_requests_per_minute)
        self.pulls = Rate("pulls", settings.pull_requests_per_minute)

    def of(self, path: str) -> Rate:
        """Return the limit that requests to this path count under."""
        return self.pulls if path.startswith(PULLS) else self.api
