"""One thing that happened with a recipient, as a shop or an app tells it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints, field_validator, model_validator

from copydesk.audiences import CONSENT_SCHEMA, Consent, SignalValue, consent_of
from copydesk.briefs import Moment, Noun

KIND = r"^[a-z][a-z0-9_]{0,39}$"
EventKind = Annotated[str, StringConstraints(pattern=KIND)]
"""As `cart_abandoned`, `viewed`, `purchased` or `lapsed`: a name that the rules know."""
Key = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,128}$")]

OBJECTED, CONSENTED = "objected", "consented"
"""Kinds that no rule needs: after the first nothing is chosen for the recipient by what they do,
until the second happens later."""
OBJECTING = frozenset({OBJECTED, "unsubscribed", "complained"})
SIGNALS_MAX = 20


class Occurrence(Noun):
    """An event. Two events with one `event_id` from one `source` are the same event."""

    event_id: str = Field(min_length=1, max_length=200)
    source: str = Field(default="api", min_length=1, max_length=40)
    kind: EventKind
    at: Moment
    """When it happened, which decides: not when it is told."""
    recipient_key: Key | None = None
    """Keyed hash of the recipient, as used in pull."""
    recipient: str | None = Field(default=None, min_length=1, max_length=256)
    """In its place the tool's own id of the recipient: its key is made at once, and kept alone."""
    consent: Annotated[Consent, CONSENT_SCHEMA] = Consent.WITHHELD
    """Whether what they do may choose what they are written: kept with this event."""
    signals: dict[str, SignalValue] = Field(default={}, max_length=SIGNALS_MAX)
    """As an audience's: those that are allowed by name are kept, in coarse steps, with consent."""

    @field_validator("consent", mode="before")
    @classmethod
    def _yes_and_no(cls, value: object) -> object:
        return consent_of(value)

    @model_validator(mode="after")
    def _one_recipient(self) -> Occurrence:
        if (self.recipient_key is None) == (self.recipient is None):
            raise ValueError("name the recipient once: by `recipient_key` or by `recipient`")
        return self

    @property
    def heard_as(self) -> str:
        """The kind under which it is remembered: every objection is one."""
        objects = self.consent is Consent.OBJECTED or self.kind in OBJECTING
        return OBJECTED if objects else self.kind
