"""A campaign as it stands now, and the copy approved for it."""

from __future__ import annotations

from datetime import datetime

from copydesk.audiences import Audience
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief, Kind, Locale, Noun
from copydesk.publishing.dialects import DialectName
from copydesk.publishing.timing import TimingChoice
from copydesk.variants import Copy


class ApprovedCopy(Noun):
    """Copy that was signed, under the hash of all that the signature rests on."""

    id: str
    """The variant's id; for a campaign's fallback, `fallback`."""
    campaign: str
    audience_id: str
    copy_: Copy
    approval_hash: str
    approved_by: str
    """User name, or `policy:NAME`."""
    approved_at: datetime
    review_id: str | None = None
    generation_id: str | None = None
    """The generation that wrote it: with it, any shipped line can be explained."""
    brand: str | None = None
    """Name of the brand that it was signed under; it is found by this, as by kind and locale of the
    brief then. None for a campaign's fallback."""
    kind: Kind | None = None
    locale: Locale | None = None
    written_by: str | None = None
    """Name of the model that wrote it, as provenance has it; None for a fallback, and for copy
    approved before this was kept."""
    edited: bool = False
    """Whether a person changed it after it was written."""
    withdrawn_because: str | None = None
    """Why it is no longer served, or None."""
    pulled_at: datetime | None = None
    """When it was first pulled, for copy that was while its approval could still be undone."""


class Campaign(Noun):
    """What is true of a campaign now: approvals are held against this."""

    id: str
    owner: str
    """User name of who asked first."""
    brief: Brief
    brand: Brand
    audiences: dict[str, Audience] = {}
    fallback: ApprovedCopy | None = None
    """Served when nothing approved fits; itself signed, and itself void when the facts change."""
    dialects: tuple[DialectName, ...] = ()
    """Tools that it is sent with: copy that one of them cannot write is not approved."""
    timing: TimingChoice = TimingChoice()
    """What it asks about each recipient's hours and fatigue; no approval hangs on it."""
    version: int = 1
    updated_at: datetime
