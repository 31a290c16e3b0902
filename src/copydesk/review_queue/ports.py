"""What the review queue needs from storage. Implemented in memory, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from copydesk.brand_voice import EVERY_BRAND, Brands
from copydesk.briefs import Noun
from copydesk.review_queue.items import ReviewItem, State
from copydesk.review_queue.trust import Segment, TrustEntry


class ReviewQuery(NamedTuple):
    """Which items, oldest first; `after` is the id of the last item of the page before."""

    states: tuple[State, ...] = ()
    campaign: str | None = None
    generation_id: str | None = None
    limit: int = 50
    after: str | None = None
    brands: Brands = EVERY_BRAND


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

    def count(self, brands: Brands = EVERY_BRAND) -> dict[State, int]:
        """Return how many items of these brands are in each state, zeros included."""


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


class AuditEntry(Noun):
    """An event as the record keeps it: numbered, and hashed with all before it."""

    number: int
    """Its place, counted from one, without gaps."""
    previous: str
    """Hash of the entry before; sixty-four zeros before the first."""
    sha256: str
    """SHA-256 over number, line feed, `previous`, line feed, and the event as canonical JSON."""
    event: AuditEvent


class AuditQuery(NamedTuple):
    """Which entries of the record; what is left out does not matter."""

    subjects: tuple[str, ...] = ()
    act: str | None = None
    actor: str | None = None
    before: int | None = None
    """Only entries with smaller numbers."""
    limit: int = 50


EVERYTHING = AuditQuery()


class Noted(NamedTuple):
    """What was noted of the record before, and kept elsewhere."""

    sha256: str | None = None
    """Hash of what was then the last entry."""
    events: int | None = None
    """How many there were."""


NOTHING = Noted()


class AuditChain(NamedTuple):
    """How the record's chain of hashes holds: each event is hashed with all before it."""

    events: int
    sha256: str
    """Hash of the last event: noted elsewhere, it proves later that nothing was cut off."""
    broken_at: int | None
    """The first entry, counted from one, that is not what was recorded; None when all are, and
    when only what was noted is missing."""
    fault: str | None = None
    """What is wrong, in words; None when the record holds."""
    found: str | None = None
    """What stands there, as it is kept; None where nothing does."""
    walked: int | None = None
    """How many events were looked at, where not all of them were."""


class AuditRecord(Protocol):
    """Append-only: nothing in it is ever changed or taken out."""

    def append(self, event: AuditEvent) -> None:
        """Add one event; it is numbered and hashed before the transaction ends."""

    def about(self, subject: str) -> Sequence[AuditEvent]:
        """Return the events about `subject`, in the order they were added."""

    def latest(self, limit: int = 100) -> Sequence[AuditEvent]:
        """Return the newest events, newest first."""

    def entries(self, query: AuditQuery = EVERYTHING) -> Sequence[AuditEntry]:
        """Return the newest entries that the query means, newest first."""

    def entry(self, number: int) -> AuditEntry:
        """Return the entry with this number. Raises NotFound."""

    def last_number(self) -> int:
        """Return the number of the newest entry, or 0: cheap enough to ask several times a second.

        Numbers are given in the order in which transactions end.
        """

    def chain(self, noted: Noted = NOTHING) -> AuditChain:
        """Walk the whole record and return whether each event is what was recorded.

        What was `noted` before must be in it: its hash as that of an entry, or of the entry by
        that number when both are given.
        """

    def around(self, numbers: Collection[int]) -> AuditChain:
        """Walk the stretches of the record that hold these entries, and the one at its end.

        A stretch is a hundred events and the one after. Beyond it only the number of events is
        compared with that of the last one: `chain` looks at all of them.
        """


class TrustLedger(Protocol):
    """What became of each copy, by segment: what `trust.standing` is worked out from."""

    def put(self, entry: TrustEntry) -> None:
        """Store the entry, or replace the one with its id."""

    def entry(self, entry_id: str) -> TrustEntry | None:
        """Return the entry, or None."""

    def entries(self, segment: Segment) -> Sequence[TrustEntry]:
        """Return the entries of what was not released, oldest first."""

    def released(self, segment: Segment, since: datetime | None) -> int:
        """Return how many copies newer than `since` trust let out."""

    def segments(self, brands: Brands = EVERY_BRAND) -> Sequence[Segment]:
        """Return every segment of these brands that has an entry, in order."""

    def reports(self, segment: Segment, since: datetime | None) -> Mapping[str, int]:
        """Return how many outcomes of each kind came in about copies newer than `since`."""
