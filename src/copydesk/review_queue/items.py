"""What a reviewer decides on."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from copydesk.audiences import Audience
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief, Noun
from copydesk.guardrails import Checked, Finding, Verdict
from copydesk.ranking import Scored
from copydesk.variants import Copy, Variant


class State(StrEnum):
    """Where an item stands. The moves between states are the table in `states.py`."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    ESCALATED = "escalated"
    CHANGES_REQUESTED = "changes_requested"
    """With the requester, who answers with an edit or a reply."""
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


class Dismissal(Noun):
    """A finding that a person judged not to apply. It stays visible, and on the record."""

    finding: Finding
    by: str
    at: datetime
    reason: str
    """A DismissalReason."""
    note: str | None = None
    role: str | None = None
    """The reviewer role that the finding's rule names, where one does."""


class Signature(Noun):
    """One person's decision among those that the item needs."""

    by: str
    """User name; `outside:NAME` for somebody from outside."""
    at: datetime
    decision: str
    """`approve` or `reject`."""
    roles: tuple[str, ...] = ()
    """Reviewer roles that the person signed in, as `principal`."""
    approval_hash: str
    """What it binds: it counts only while that stands."""
    note: str | None = None
    reason: str | None = None
    """Reason code of a rejection."""
    invited_by: str | None = None
    """Who sent the link, for somebody from outside: the two count as one person."""

    @property
    def person(self) -> str:
        """Who stands behind it, when persons are counted."""
        return self.invited_by or self.by


class ChangeRequest(Noun):
    """What a reviewer asked of the requester, and whether that was answered."""

    asks: str
    by: str
    """The reviewer whom the item goes back to."""
    at: datetime
    was_escalated: bool = False
    answered_by: str | None = None
    answered_at: datetime | None = None


class Undoable(Noun):
    """The last act and what it changed, for as long as it can be taken back."""

    act: str
    by: str
    at: datetime
    state: State
    """As before the act, like all that follows."""
    copy_now: Copy
    checked: Checked
    editors: tuple[str, ...] = ()
    decided: int = 0
    """How many decisions there were."""
    dismissed: tuple[Dismissal, ...] = ()
    signatures: tuple[Signature, ...] = ()
    readers: tuple[str, ...] = ()
    blind_over: bool = False
    withdrew: str | None = None
    """The reason under which a rejection withdrew earlier approvals, where it did."""


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
    """Users who changed the copy or the brief under it, or answered for it: authors, so they cannot
    approve it."""
    decisions: tuple[Decision, ...] = ()
    dismissed: tuple[Dismissal, ...] = ()
    """Findings of `checked` that do not stand against the copy any more."""
    signatures: tuple[Signature, ...] = ()
    """Those given so far, where more than one is needed."""
    readers: tuple[str, ...] = ()
    """Who read it blind: opened, their decisions are among `decisions`."""
    blind_over: bool = False
    """Whether the blind reading is over."""
    escalated_to: str | None = None
    """Reviewer role that an escalated item was handed to; None for any approver."""
    change_request: ChangeRequest | None = None
    """The latest one."""
    undoable: Undoable | None = None
    approval_hash: str | None = None
    created_at: datetime
    updated_at: datetime

    @property
    def verdict_now(self) -> Verdict:
        """The verdict on `copy_now`, dismissed findings left out."""
        if not self.dismissed:
            return self.checked.verdict
        gone = {one.finding.model_dump_json() for one in self.dismissed}
        return Verdict.of(f for f in self.checked.findings if f.model_dump_json() not in gone)

    @property
    def is_sealed(self) -> bool:
        """Whether one of two blind readers has decided, and the other has not."""
        return bool(self.readers) and not self.blind_over

    @property
    def authors(self) -> frozenset[str]:
        """Who asked, edited or answered: none of them may approve, or dismiss what was found."""
        return frozenset({self.requester, *self.editors})

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
