"""What the review queue needs from storage. Implemented in memory, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from copydesk.briefs import Noun
from copydesk.review_queue.items import ReviewItem, State


class ReviewQuery(NamedTuple):
    """Which items, oldest first; `after` is the id of the last item of the page before."""

    states: tuple[State, ...] = ()
    campaign: str | None = None
    generation_id: str | None = None
    limit: int = 50
    after: str | None = None


class ReviewItems(Protocol):
    """The items, each under its version."""

    def add(self, item: ReviewItem) -> None:
        """Store a new item; an item with this id that is already there stays as it is."""

    def get(self, item_id: str) -> ReviewItem:
        """Return the item. Raises NotFound."""

    def save(self, item: ReviewItem, expected_version: int) -> None:
        """Replace the item if it is stored at `expected_version`, else raise StaleVersion."""

    def find(self, query: ReviewQuery) -> Sequence[ReviewItem]:
        """Return at most `query.limit` items, oldest first."""

    def count(self) -> dict[State, int]:
        """Return how many items are in each state, zeros included."""


class AuditEvent(Noun):
    """One line of the record of who did what."""

    subject: str
    """Id of what it is about: a review item, a generation, a campaign."""
    act: str
    """Dotted name, as `review.approved`."""
    actor: str
    """User name, or `policy:NAME` where a rule decided."""
    at: datetime
    details: dict[str, Any] = {}


class AuditChain(NamedTuple):
    """How the record's chain of hashes holds: each event is hashed with all before it."""

    events: int
    sha256: str
    """Hash of the last event: noted elsewhere, it proves later that nothing was cut off."""
    broken_at: int | None
    """The first event, counted from one, that is not what was recorded; None when all are."""


class AuditRecord(Protocol):
    """Append-only: nothing in it is ever changed or taken out."""

    def append(self, event: AuditEvent) -> None:
        """Add one event."""

    def about(self, subject: str) -> Sequence[AuditEvent]:
        """Return the events about `subject`, in the order they were added."""

    def latest(self, limit: int = 100) -> Sequence[AuditEvent]:
        """Return the newest events, newest first."""

    def chain(self) -> AuditChain:
        """Walk the whole record and return whether each event is what was recorded."""
