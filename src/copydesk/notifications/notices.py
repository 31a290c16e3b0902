"""What happened that somebody may want to know, and each message that goes out about it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from pydantic import Field

from copydesk.briefs import Noun
from copydesk.variants import Copy


class Event(StrEnum):
    """What people can be told of."""

    WAITING = "review.waiting"
    """An item waits for a person."""
    LATE = "review.late"
    """It should have been decided by now."""
    ESCALATED = "review.escalated"
    CHANGES_REQUESTED = "review.changes_requested"
    ANSWERED = "review.answered"
    EDITED = "review.edited"
    RECHECKED = "review.rechecked"
    """The campaign changed under it, so it was checked again."""
    UNDONE = "review.undone"
    VOIDED = "review.voided"
    """An approval does not hold any more, and the copy waits again."""
    APPROVED = "review.approved"
    REJECTED = "review.rejected"
    RECALLED = "copy.recalled"
    """Approved copy is not served any more."""
    ARM_STOPPED = "experiment.arm_stopped"
    """Too many complained or unsubscribed: nobody gets that variant any more."""
    TEST = "test"
    """Somebody tries whether a channel works."""


class Notice(Noun):
    """Something that happened, as it was when it happened."""

    id: str
    """Stable: one happening has one id, however often it is told."""
    event: Event
    at: datetime
    actor: str
    why: str
    """In a sentence."""
    item: str | None = None
    campaign: str = ""
    brand: str = ""
    kind: str = ""
    audience: str = ""
    state: str | None = None
    version: int = 0
    late_hours: int | None = None
    """Level of lateness: at least so many hours past due."""
    copy_: Copy | None = Field(default=None, alias="copy")
    concerns: tuple[str, ...] = ()
    """Users whom it concerns, by name."""
    asks: tuple[str, ...] = ()
    """Roles and reviewer roles whose holders are asked to do something."""
    authors: tuple[str, ...] = ()
    """Users who cannot decide on the copy, so are never among those asked."""


class DeliveryState(StrEnum):
    """Where a message stands."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    """Given up; it can be tried again by hand."""


class Delivery(Noun):
    """One message: by one channel, to one receiver, about one notice or several."""

    id: str
    channel: str
    person: str | None = None
    """User whom it is for; None where the channel itself is the receiver."""
    event: Event
    """Of the first notice."""
    about: str
    """Item or campaign of the first notice."""
    notices: tuple[str, ...]
    state: DeliveryState = DeliveryState.WAITING
    version: int = 1
    tries: int = 0
    made_at: datetime
    next_at: datetime
    """Not before."""
    give_up_at: datetime
    sent_at: datetime | None = None
    trouble: str | None = None
    """Why the last try failed."""

    @property
    def try_id(self) -> str:
        """Name of the next try: another one after each."""
        return f"{self.id}.{self.tries}"


class Lateness(NamedTuple):
    """Which open items are late: due within these times, and not told of at this level."""

    hours: int
    due_after: datetime
    due_before: datetime
    limit: int = 100


class Outbox(Protocol):
    """Notices in the order in which they are told, and the messages about them."""

    def add(self, notice: Notice) -> bool:
        """Store a notice unless its id is there; return whether it was new."""

    def notices(self, ids: Collection[str]) -> Sequence[Notice]:
        """Return the notices with these ids, oldest first."""

    def has_unrouted(self) -> bool:
        """Return whether a notice waits to be routed."""

    def unrouted(self, limit: int) -> Sequence[Notice]:
        """Return notices that wait to be routed, oldest first; nobody else routes meanwhile."""

    def set_routed(self, ids: Collection[str]) -> None:
        """Keep that these notices were routed."""

    def late(self, lateness: Lateness) -> Sequence[str]:
        """Return the ids of open items that are late, and have no notice of this level yet."""

    def put(self, delivery: Delivery) -> bool:
        """Store a new message unless its id is there; return whether it was new."""

    def save(self, delivery: Delivery, expected_version: int) -> None:
        """Replace the message if it is stored at `expected_version`, else raise StaleVersion."""

    def delivery(self, delivery_id: str) -> Delivery:
        """Return the message. Raises NotFound."""

    def newest_to(self, channel: str, person: str) -> Delivery | None:
        """Return the newest message to a person by a channel, or None."""

    def due(self, now: datetime, limit: int) -> Sequence[Delivery]:
        """Return the messages that are to be tried now, the longest due first."""

    def deliveries(self, state: DeliveryState | None = None, limit: int = 50) -> Sequence[Delivery]:
        """Return the newest messages, newest first."""

    def count(self) -> Mapping[DeliveryState, int]:
        """Return how many messages are in each state, zeros included."""

    def forget(self, messages_before: datetime, notices_before: datetime) -> int:
        """Delete what was sent or given up, and what was told; return how many messages."""
