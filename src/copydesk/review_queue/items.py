"""What a reviewer decides on."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from copydesk.audiences import Audience
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief, Noun
from copydesk.guardrails import Checked
from copydesk.ranking import Scored
from copydesk.variants import Copy, Variant


class State(StrEnum):
    """Where an item stands. The moves between states are the table in `states.py`."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    ESCALATED = "escalated"
    APPROVED = "approved"
    REJECTED = "rejected"


class Decision(Noun):
    """One act on an item."""

    act: str
    actor: str
    at: datetime
    note: str | None = None
    """The comment, or what was changed."""
    reason: str | None = None
    """Reason code of a rejection."""


class ReviewItem(Noun):
    """One variant waiting for a person, with all that the person needs to decide."""

    id: str
    generation_id: str
    campaign: str
    requester: str
    """User name of who asked for the copy: never allowed to approve it."""
    variant: Variant
    """As generated; what stands now is `copy_now`."""
    copy_now: Copy
    """The variant's copy with the edits of reviewers."""
    brief: Brief
    brand: Brand
    audience: Audience
    checked: Checked
    """The check of `copy_now`."""
    score: Scored | None = None
    routed_by: str
    """Name of the policy rule that sent it here."""
    routed_because: str
    """That rule's reason, in words."""
    audit: bool = False
    """Whether it was drawn as an audit: trust that its segment has earned would have let it out."""
    state: State = State.WAITING
    version: int = 1
    """Grows with every act; goes into ETag and If-Match."""
    holder: str | None = None
    lease_until: datetime | None = None
    editors: tuple[str, ...] = ()
    """Users who changed the copy, or the brief under it: authors, so they cannot approve it."""
    decisions: tuple[Decision, ...] = ()
    approval_hash: str | None = None
    created_at: datetime
    updated_at: datetime

    def held_by_another(self, user: str, now: datetime) -> bool:
        """Return whether somebody else's lease is still running at `now`."""
        return self.holder != user and self.is_held(now)

    def state_at(self, now: datetime) -> State:
        """Return the state at `now`: a claim whose lease ran out is waiting again."""
        if self.state is State.CLAIMED and not self.is_held(now):
            return State.WAITING
        return self.state

    def is_held(self, now: datetime) -> bool:
        """Return whether somebody's lease is running at `now`."""
        return self.holder is not None and self.lease_until is not None and now < self.lease_until
