"""What runs generations, and what it is given."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

Run = Callable[[str], Awaitable[object]]
"""Runs the generation with this id to its end, and may be called again after a crash: it does
nothing for one that has ended. It may raise StoreUnavailable; any other failure is its own to keep.
"""

Unfinished = Callable[[], Sequence[str]]
"""Returns the ids of generations accepted but not ended, oldest first."""


class Post(Protocol):
    """Messages that go out: found now and then, and each try made once."""

    @property
    def look_s(self) -> float:
        """Seconds between two rounds."""

    def round(self) -> Sequence[str]:
        """Do what is to be done before, and return the names of the tries that are due."""

    def run(self, try_id: str) -> None:
        """Make a try, unless it was made. It may raise StoreUnavailable, and nothing else."""


class Runner(Protocol):
    """Runs generations that were accepted."""

    def start(self) -> None:
        """Begin, and pick up what an earlier process left unfinished."""

    def submit(self, generation_id: str) -> None:
        """See to it that the generation is run; to submit it again changes nothing."""

    async def wait(self, generation_id: str, seconds: float) -> None:
        """Return when the generation has ended, or after `seconds`."""

    def stop(self) -> None:
        """Stop working. What is not finished is picked up at the next start."""
