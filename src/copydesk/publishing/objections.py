"""Who objected to copy written from what is known about them: kept by recipient key."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from copydesk.briefs import Moment, Noun


class Objection(Noun):
    """A recipient's word, the last one."""

    recipient_key: str
    """As Copydesk keeps it: see `publishing.keyring`."""
    stands: bool
    """False once it was taken back."""
    at: Moment
    number: int
    """Of the change: counted up, in the order in which changes are seen."""


class Objections(Protocol):
    """The last word of each recipient that ever objected."""

    def put(self, keys: Collection[str], at: datetime, *, stands: bool) -> int:
        """Keep the word of these recipients; return for how many it is new."""

    def since(self, number: int, limit: int) -> Sequence[Objection]:
        """Return changes with greater numbers, in order."""

    def find(self, key: str) -> Objection | None:
        """Return the last word of a recipient, or None."""
