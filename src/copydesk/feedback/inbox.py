"""What tools delivered, as it is kept until it is read, and what could not be read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from copydesk.briefs import Line, Noun


class RawDelivery(NamedTuple):
    """One delivery, without who it was about."""

    id: str
    """A keyed hash of the tool's name and the bytes that came: the same delivery again has it, too.
    """
    tool: str
    at: datetime
    """When it came."""
    body: str
    """A JSON list of events; or text in no known shape."""
    events: int = 1
    """How many they are."""
    brands: tuple[str, ...] = ()
    """Brands of which it may tell: those of the secret that proved it; none named: any."""


class Unread(Noun):
    """An event, or a whole delivery, that could not be read. It is kept."""

    delivery: str
    place: int
    """Of the event in its delivery, counted from 0; -1 for a whole delivery."""
    tool: str
    at: datetime
    why: str
    event: str
    """As it is stored, cut where it is long."""


class InboxCount(NamedTuple):
    """How much of one tool waits to be read, and how much could not be."""

    waiting: int
    """Deliveries."""
    unread: int
    """Events."""


class Inbox(Protocol):
    """Deliveries, each kept once."""

    def add(self, delivery: RawDelivery) -> bool:
        """Store a delivery that waits, unless its id is there; return whether it was new."""

    def waiting(self, events: int) -> Sequence[RawDelivery]:
        """Return deliveries that wait to be read, oldest first, until they hold so many events.

        Until the transaction ends nobody else is given them, where the database can see to it.
        """

    def done(self, ids: Collection[str], unread: Sequence[Unread]) -> None:
        """Keep that these deliveries were read, and what of them could not be."""

    def unread(self, tool: str | None = None, limit: int = 100) -> Sequence[Unread]:
        """Return what could not be read, newest first."""

    def again(self, tool: str | None = None) -> int:
        """Have all deliveries read again of which something could not be; return how many."""

    def counts(self) -> Mapping[str, InboxCount]:
        """Return by tool what waits and what could not be read."""

    def forget(self, before: datetime) -> int:
        """Drop deliveries of before that were read whole; return how many."""


class WebhookSecret(Noun):
    """A secret of a tool, sealed; several at a time, so that one can take another's place."""

    id: str
    tool: str
    made_at: datetime
    sealed: str
    """Encrypted with a key that is derived from the secret in the settings."""
    ends_at: datetime | None = None
    """From then on it opens nothing."""
    brands: tuple[Line, ...] = ()
    """Brands whose campaigns it may tell of, by `Brand.name`; none named: any."""
    handshake: bool = False
    """It is no secret, but waits for the message by which a tool asks whether it is wanted."""


class WebhookSecrets(Protocol):
    """Secrets of tools, by their ids."""

    def put(self, secret: WebhookSecret) -> None:
        """Store the secret, or replace the one with its id."""

    def all(self) -> Sequence[WebhookSecret]:
        """Return every secret, by tool, a tool's oldest first."""
