"""What is read from, whatever carries it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Message(NamedTuple):
    """One message, and where it lies."""

    value: bytes
    topic: str
    partition: int
    offset: int

    @property
    def place(self) -> str:
        """Where it can be read again, as `shop-events[0]@17`."""
        return f"{self.topic}[{self.partition}]@{self.offset}"


class Stream(Protocol):
    """Messages in order, of which those that are done with are not read again."""

    def read(self) -> Sequence[Message]:
        """Return what is there, waiting a moment for the first; empty when nothing came.

        Raises:
            StreamLost: the broker said that this cannot be read.
        """

    def done(self, messages: Sequence[Message]) -> None:
        """Say that these, and what came before them, need not be read again.

        Where that cannot be said they come again.
        """

    @property
    def is_at_end(self) -> bool:
        """Whether everything that was there has been read."""

    def close(self) -> None:
        """Leave it to others."""
