"""What triggers need from storage."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from copydesk.publishing.triggers.standing import Standing


class EventId(NamedTuple):
    """What makes an event the same event."""

    source: str
    event_id: str


class Changed(NamedTuple):
    """A standing with when it was stored."""

    standing: Standing
    at: datetime


class Standings(Protocol):
    """What is known of recipients by what they did, each with an end."""

    def note(self, events: Collection[EventId], until: datetime) -> frozenset[EventId]:
        """Remember the events until then; return those that were not known."""

    def held(self, keys: Collection[str]) -> Mapping[str, Standing]:
        """Return what is known of each key, and let nobody else change it in this transaction."""

    def find(self, key: str) -> Standing | None:
        """Return what is known of a recipient, or None."""

    def put(self, standings: Collection[Standing], at: datetime) -> None:
        """Store them as of `at`."""

    def changed_since(self, since: datetime, after: str, limit: int) -> Sequence[Changed]:
        """Return what was stored at `since` under a later key than `after`, and what was later.

        In that order, so that the last of a page says where the next begins.
        """

    def forget(self, now: datetime, happened_before: datetime) -> int:
        """Drop events whose time is over, and recipients with whom nothing happened since."""
