"""What answers cost, day by day, and the answers themselves: the same is never paid for twice."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple, Protocol

from copydesk.briefs import Noun
from copydesk.variants import Usage


class Spent(NamedTuple):
    """What was spent: tokens in and out together, and money in millionths of the currency."""

    tokens: int = 0
    millionths: int = 0

    def plus(self, other: Spent) -> Spent:
        """Return both together."""
        return Spent(self.tokens + other.tokens, self.millionths + other.millionths)


class Kept(Noun):
    """An answer that was paid for and was of use."""

    key: str
    """SHA-256 of all that decides the answer: server, model, prompt, seed, temperature, form."""
    model: str
    body: str
    """The chat completion as the server sent it."""
    parameters: dict[str, str | int | float | bool | None]
    usage: Usage
    at: datetime


class Settled(NamedTuple):
    """A call that has ended, with the answer where it is worth keeping."""

    day: date
    """In UTC."""
    model: str
    spent: Spent
    kept: Kept | None = None


class Ledger(Protocol):
    """Where spending and answers are kept. Shipped: in memory, and in the store."""

    async def kept(self, key: str) -> Kept | None:
        """Return the answer to this content, or None."""

    async def settle(self, settled: Settled) -> Spent:
        """Write the call down, with its answer, and return what its day has cost so far."""

    async def spent(self, day: date) -> Spent:
        """Return what a day has cost so far, in all processes."""


class ModelCalls(Protocol):
    """The repository behind the ledger of a store."""

    def kept(self, keys: Sequence[str]) -> dict[str, Kept]:
        """Return the answers that are kept under these keys."""

    def settle(self, settled: Sequence[Settled]) -> None:
        """Add to what the days cost, and keep the answers; one that is there already stays."""

    def spent(self, day: date) -> Spent:
        """Return what the day cost, all models together."""

    def forget(self, before: datetime) -> int:
        """Delete the answers that are older, and return how many; what was spent stays."""


class MemoryLedger:
    """Keeps all of it in this process: for tests, and for models outside a Copydesk."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, Kept] = {}
        self._days: dict[date, Spent] = {}

    async def kept(self, key: str) -> Kept | None:
        """Return the answer to this content, or None."""
        return self._kept.get(key)

    async def settle(self, settled: Settled) -> Spent:
        """Write the call down, with its answer, and return what its day has cost so far."""
        with self._lock:
            if settled.kept is not None:
                self._kept.setdefault(settled.kept.key, settled.kept)
            total = self._days.get(settled.day, Spent()).plus(settled.spent)
            self._days[settled.day] = total
            return total

    async def spent(self, day: date) -> Spent:
        """Return what a day has cost so far."""
        return self._days.get(day, Spent())


def today() -> date:
    """Return the day that a call made now is counted to."""
    return datetime.now(UTC).date()
