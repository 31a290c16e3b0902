"""Rounds: work that comes again and again, done by one process at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from copydesk.briefs import Noun


class RoundState(Noun):
    """How a round stands."""

    name: str
    began_at: datetime
    """When it last began; of one that never did, when it was first known."""
    held_until: datetime | None = None
    """Until when nobody else begins it: somebody is at it. None: nobody is."""
    ended_at: datetime | None = None
    """When it last ended well."""
    failures: int = 0
    """How often in a row it failed."""
    error: str | None = None
    """Why it failed the last time."""


class KnownRounds(Protocol):
    """Every round that a server ever made, by name."""

    def know(self, name: str, at: datetime) -> None:
        """Note a round, unless it is known."""

    def take(self, state: RoundState, now: datetime, until: datetime) -> RoundState | None:
        """Begin the round as it was read, and hold it; None where somebody else was faster."""

    def put(self, state: RoundState) -> None:
        """Keep how it stands now: for who holds it."""

    def all(self) -> Sequence[RoundState]:
        """Return all rounds, by name."""
