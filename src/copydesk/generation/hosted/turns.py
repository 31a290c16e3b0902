"""Waiting for a turn: so many calls at once, so many a minute, and none while asked to wait."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple
from weakref import WeakKeyDictionary

from aiolimiter import AsyncLimiter

from copydesk.errors import ModelUnavailable

MINUTE_S = 60.0
BURST_S = 1.0
"""Requests that one second is worth may go at once: a provider counts seconds, not minutes."""


class _Line(NamedTuple):
    places: asyncio.Semaphore
    requests: AsyncLimiter | None
    tokens: AsyncLimiter | None


class Turns:
    """The limits of one provider, for all that call it from one process.

    Places and rates are counted for each event loop; a process that serves drafts on one. What the
    provider asks for (`retry-after`) holds for all.
    """

    def __init__(
        self,
        *,
        concurrency: int,
        requests_per_minute: float | None = None,
        tokens_per_minute: int | None = None,
        wait_s: float,
    ) -> None:
        self.concurrency = concurrency
        self._requests_per_minute = requests_per_minute
        self._tokens_per_minute = tokens_per_minute
        self._wait_s = wait_s
        self._not_before = 0.0
        self._lines: WeakKeyDictionary[asyncio.AbstractEventLoop, _Line] = WeakKeyDictionary()

    @asynccontextmanager
    async def turn(self, tokens: int) -> AsyncIterator[float]:
        """Wait for a turn, hold it, and give how many seconds it took to come.

        Raises:
            ModelUnavailable: it did not come within `wait_s` seconds.
        """
        began, places = time.monotonic(), self._line().places
        try:
            async with asyncio.timeout(self._wait_s):
                await places.acquire()
        except TimeoutError as error:
            raise self._too_long() from error
        try:
            await self._may_go(tokens, began + self._wait_s)
            yield time.monotonic() - began
        finally:
            places.release()

    def pause(self, seconds: float) -> None:
        """Let nobody begin for so many seconds: the provider asked for it."""
        self._not_before = max(self._not_before, time.monotonic() + seconds)

    async def _may_go(self, tokens: int, until: float) -> None:
        try:
            async with asyncio.timeout(until - time.monotonic()):
                line = self._line()
                if line.requests:
                    await line.requests.acquire()
                if line.tokens:
                    await line.tokens.acquire(min(tokens, line.tokens.max_rate))
                # Last, and again: the provider may ask for more while the others are waited for.
                while (left := self._not_before - time.monotonic()) > 0:
                    if self._not_before > until:
                        raise self._too_long()
                    await asyncio.sleep(left)
        except TimeoutError as error:
            raise self._too_long() from error

    def _too_long(self) -> ModelUnavailable:
        left = self._not_before - time.monotonic()
        asked = f"; it asks for another {left:.0f} s without calls" if left > 0 else ""
        return ModelUnavailable(
            f"no turn came within the {self._wait_s:g} s of COPYDESK_OPENAI_WAIT_S{asked}"
        )

    def _line(self) -> _Line:
        loop = asyncio.get_running_loop()
        if loop not in self._lines:
            self._lines[loop] = _Line(
                asyncio.Semaphore(self.concurrency), self._requests(), self._tokens()
            )
        return self._lines[loop]

    def _requests(self) -> AsyncLimiter | None:
        if self._requests_per_minute is None:
            return None
        a_second = self._requests_per_minute / MINUTE_S * BURST_S
        if a_second >= 1:
            return AsyncLimiter(a_second, BURST_S)
        return AsyncLimiter(1, MINUTE_S / self._requests_per_minute)

    def _tokens(self) -> AsyncLimiter | None:
        return AsyncLimiter(self._tokens_per_minute, MINUTE_S) if self._tokens_per_minute else None
