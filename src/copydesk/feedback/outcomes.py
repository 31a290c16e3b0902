"""One thing that a recipient did, in Copydesk's own shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from pydantic import Field

from copydesk.briefs import Moment, Noun

OutcomeKind = Literal[
    "sent", "delivered", "open", "click", "conversion", "unsubscribe", "complaint", "bounce"
]


class Outcome(Noun):
    """An event. Two events with one `event_id` from one `source` are the same event."""

    event_id: str = Field(min_length=1, max_length=200)
    source: str = Field(default="api", max_length=40)
    kind: OutcomeKind
    at: Moment
    recipient_key: str | None = Field(default=None, max_length=128)
    """Keyed hash of the recipient, as used in pull; never an address."""
    variant_id: str | None = None
    campaign: str
    url: str | None = None
    human: Literal["yes", "no", "unknown"] = "unknown"
    reasons: tuple[str, ...] = ()
    """Why it was judged human or not."""


class Outcomes(Protocol):
    """Events, each kept once."""

    def add(self, outcomes: Sequence[Outcome]) -> int:
        """Store those not seen before; return how many were new."""

    def count(self, campaign_id: str) -> dict[str, dict[str, int]]:
        """Return for each variant id (empty string where unknown) how many events of each kind."""
