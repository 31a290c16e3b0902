"""What a tool delivers, and what reads it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, Protocol

from copydesk.feedback.outcomes import Outcome


class Delivery(NamedTuple):
    """One request of a tool: signatures are over the raw bytes, so they are kept."""

    body: bytes
    headers: Mapping[str, str]
    """By lower-case name."""
    at: datetime
    """When it arrived."""


class Received(NamedTuple):
    """What a delivery held."""

    outcomes: tuple[Outcome, ...]
    skipped: int
    """Events of other mail than Copydesk's, or of kinds that say nothing of an outcome."""


class Webhook(Protocol):
    """Reads the deliveries of one tool."""

    def read(self, delivery: Delivery) -> Received:
        """Return the outcomes in the delivery.

        Raises:
            BadSignature: it was not signed with this tool's key, or too long ago.
            InputError: it is signed, but not in the tool's shape.
        """
