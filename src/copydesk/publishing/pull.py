"""What a campaign tool asks for at send time, and what it gets."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from copydesk.briefs import Noun
from copydesk.publishing.annotations import Annotation
from copydesk.publishing.marks import Mark
from copydesk.publishing.timing import FatigueTold, HoursTold
from copydesk.variants import Slot


class Source(StrEnum):
    """Which shelf the copy was taken from."""

    APPROVED = "approved"
    FALLBACK = "fallback"


class PullQuery(NamedTuple):
    """One pull."""

    campaign: str
    recipient_key: str | None = None
    """As `recipients.recipient_key` makes it; left out, everybody gets the same copy."""
    audience: str | None = None
    """Needed only where a campaign has several segments."""
    slots: tuple[Slot, ...] = tuple(Slot)
    dialect: str = "neutral"
    annotations: bool = False
    """Whether to add what Gmail shows beside a promotion."""


class FellBack(Noun):
    """A field that is read as its tag's fallback."""

    field: str
    why: str


class Pulled(Noun):
    """Approved copy, written for a tool."""

    texts: dict[Slot, str]
    variant_id: str
    """Reported back with outcomes; `fallback` for the campaign's fallback."""
    audience_id: str
    approval_hash: str
    approved_by: str
    source: Source
    individual: bool = False
    """True for copy that belongs to one recipient: it must not be cached for others."""
    mark: Mark
    """Where the copy came from."""
    annotations: tuple[Annotation, ...] | None = None
    """What Gmail shows beside a promotion, where it was asked for; empty without an offer."""
    good_until: datetime | None = None
    """When the offer that it leans on ends, or None: no cache may keep it longer."""
    withheld: tuple[str, ...] = ()
    """Why the fallback was served, or what else is not served; empty when all is."""
    personal: tuple[str, ...] = ()
    """Of these, what holds for this recipient alone."""
    best_hours: HoursTold | None = None
    fatigue: FatigueTold | None = None
    fallbacks: tuple[FellBack, ...] | None = None
    """Of copy that was rendered for one recipient: whose values are not in it; else None."""
