"""One thing that a recipient did, in Copydesk's own shape."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal, NamedTuple, Protocol

from pydantic import Field, model_validator

from copydesk.briefs import Moment, Noun

OutcomeKind = Literal[
    "sent", "delivered", "open", "click", "conversion", "unsubscribe", "complaint", "bounce"
]
Human = Literal["yes", "no", "unknown"]
MONEY_DIGITS, MONEY_PLACES = 16, 4
NOWHERE = ""
"""The campaign of an event that could not be attributed to one."""


class Outcome(Noun):
    """An event. Two events with one `event_id` from one `source` are the same event."""

    event_id: str = Field(min_length=1, max_length=200)
    source: str = Field(default="api", max_length=40)
    kind: OutcomeKind
    at: Moment
    recipient_key: str | None = Field(default=None, max_length=128)
    """Keyed hash of the recipient, as used in pull; never an address."""
    variant_id: str | None = None
    """None where the tool did not carry it."""
    campaign: str
    """Empty where it is not known which of Copydesk's campaigns it belongs to."""
    url: str | None = None
    human: Human = "unknown"
    reasons: tuple[str, ...] = ()
    """Why it was judged human or not: ids of the rules of judgement, or the caller's own words."""
    message: str | None = Field(default=None, max_length=200)
    """The tool's id of the one message that went to one recipient."""
    tool_campaign: str | None = Field(default=None, max_length=200)
    """The tool's own id of the campaign, message variation or template."""
    value: Decimal | None = Field(
        default=None, ge=0, max_digits=MONEY_DIGITS, decimal_places=MONEY_PLACES
    )
    """What a conversion brought, as `129.90`; told of conversions alone."""
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
    """Of the value, by ISO 4217, as `EUR`."""

    @model_validator(mode="after")
    def _money_fits(self) -> Outcome:
        if self.value is not None and self.kind != "conversion":
            raise ValueError("`value` is what a conversion brought: leave it out of other kinds")
        if self.currency is not None and self.value is None:
            raise ValueError("`currency` is that of a `value`: give both, or the value alone")
        return self

    @property
    def thread(self) -> str | None:
        """What holds the events of one message to one recipient together; None: nothing does."""
        if self.message is not None:
            return self.message
        if self.recipient_key is None or not (self.campaign or self.tool_campaign):
            return None
        return f"{self.campaign or self.tool_campaign}/{self.recipient_key}"


class OutcomeCount(NamedTuple):
    """How many events of one kind and one verdict a variant had."""

    variant_id: str
    """Empty where it is not known."""
    kind: str
    human: Human
    events: int


class OutcomePlace(NamedTuple):
    """A place in the order of a campaign's events: by time, then by source and id."""

    at: datetime
    source: str
    event_id: str

    @classmethod
    def of(cls, outcome: Outcome) -> OutcomePlace:
        """Return the place of this event."""
        return cls(outcome.at, outcome.source, outcome.event_id)


class Outcomes(Protocol):
    """Events, each kept once; those of machines are kept, and counted apart."""

    def add(self, outcomes: Sequence[Outcome]) -> int:
        """Store those not seen before; return how many were new."""

    def count(self, campaign_id: str) -> dict[str, dict[str, int]]:
        """Return for each variant id (empty string where unknown) how many events of each kind.

        Events judged a machine's are left out.
        """

    def tally(self, campaign_id: str) -> Sequence[OutcomeCount]:
        """Return how many events there are by variant, kind and verdict, in that order."""

    def about(
        self, campaign_id: str, after: OutcomePlace | None = None, limit: int = 1_000
    ) -> Sequence[Outcome]:
        """Return at most `limit` events of the campaign that come after a place, in order.

        Events of machines are among them: `human` says so. To go on, ask after the last one's
        `OutcomePlace.of`.
        """

    def of_threads(self, source: str, threads: Sequence[str]) -> Sequence[Outcome]:
        """Return the events of these threads, see `Outcome.thread`, in no order.

        They are to be judged: until the transaction ends no other one is given any.
        """

    def of_recipient(self, recipient_key: str, since: datetime, limit: int) -> Sequence[Outcome]:
        """Return at most `limit` events of the recipient since then, newest first."""

    def place(self, outcomes: Sequence[Outcome]) -> None:
        """Replace campaign and variant of events that are stored; no other is added."""

    def judge(self, outcomes: Sequence[Outcome]) -> None:
        """Replace `human` and `reasons` of events that are stored."""
