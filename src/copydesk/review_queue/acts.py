"""What a person may do with a review item: acts, what comes with them, the table of moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from copydesk.guardrails import Checked
from copydesk.review_queue.items import Dismissal, Signature, State
from copydesk.variants import Copy


class Act(StrEnum):
    """What a person may do with a review item."""

    CLAIM = "claim"
    APPROVE = "approve"
    EDIT = "edit"
    REJECT = "reject"
    ESCALATE = "escalate"
    RELEASE = "release"
    APPROVE_WITH_EDIT = "approve_with_edit"
    """Change the copy and say that it is good so; another person still has to sign it."""
    REQUEST_CHANGES = "request_changes"
    ANSWER = "answer"
    """What the requester does who was asked for changes: edit, or reply."""
    DISMISS = "dismiss"
    """Judge that a finding does not apply."""


class Reason(StrEnum):
    """Why copy was rejected: few enough to be counted."""

    OFF_BRAND = "off_brand"
    UNTRUE = "untrue"
    UNLAWFUL = "unlawful"
    TONE = "tone"
    WRONG_AUDIENCE = "wrong_audience"
    DUPLICATE = "duplicate"
    OTHER = "other"
    """Needs a note."""


class DismissalReason(StrEnum):
    """Why a finding does not apply: few enough to be counted, rule by rule."""

    FALSE_ALARM = "false_alarm"
    """The words do not say what the rule looks for."""
    BORNE_OUT = "borne_out"
    """It is true, and can be shown."""
    LAWFUL_HERE = "lawful_here"
    """What the rule rests on does not hold in this case."""
    HOUSE_STYLE = "house_style"
    ACCEPTED = "accepted"
    """It applies, and who may decide so takes it on."""
    OTHER = "other"
    """Needs a note."""


class Reviewer(NamedTuple):
    """Who acts, as far as the table is concerned."""

    name: str
    may_approve: bool = False
    may_review: bool = True
    """False for a requester, who answers and does nothing else."""
    speaks_for: frozenset[str] = frozenset()
    """Reviewer roles in which they sign and dismiss, as `legal`."""
    invited_by: str | None = None
    """Who sent the link, for somebody from outside."""

    @property
    def role(self) -> str:
        """The role in which they act, as the record keeps it."""
        if not self.may_review:
            return "requester"
        return "approver" if self.may_approve else "reviewer"


class Move(NamedTuple):
    """One line of the table."""

    source: State
    act: Act
    target: State
    approver_only: bool = False


MOVES: tuple[Move, ...] = (
    Move(State.WAITING, Act.CLAIM, State.CLAIMED),
    Move(State.WAITING, Act.APPROVE, State.APPROVED, approver_only=True),
    Move(State.WAITING, Act.EDIT, State.WAITING),
    Move(State.WAITING, Act.REJECT, State.REJECTED),
    Move(State.WAITING, Act.ESCALATE, State.ESCALATED),
    Move(State.WAITING, Act.APPROVE_WITH_EDIT, State.WAITING, approver_only=True),
    Move(State.WAITING, Act.REQUEST_CHANGES, State.CHANGES_REQUESTED),
    Move(State.WAITING, Act.DISMISS, State.WAITING),
    Move(State.CLAIMED, Act.CLAIM, State.CLAIMED),
    Move(State.CLAIMED, Act.APPROVE, State.APPROVED, approver_only=True),
    Move(State.CLAIMED, Act.EDIT, State.WAITING),
    Move(State.CLAIMED, Act.REJECT, State.REJECTED),
    Move(State.CLAIMED, Act.ESCALATE, State.ESCALATED),
    Move(State.CLAIMED, Act.RELEASE, State.WAITING),
    Move(State.CLAIMED, Act.APPROVE_WITH_EDIT, State.WAITING, approver_only=True),
    Move(State.CLAIMED, Act.REQUEST_CHANGES, State.CHANGES_REQUESTED),
    Move(State.CLAIMED, Act.DISMISS, State.CLAIMED),
    Move(State.ESCALATED, Act.CLAIM, State.ESCALATED, approver_only=True),
    Move(State.ESCALATED, Act.APPROVE, State.APPROVED, approver_only=True),
    Move(State.ESCALATED, Act.EDIT, State.ESCALATED, approver_only=True),
    Move(State.ESCALATED, Act.REJECT, State.REJECTED, approver_only=True),
    Move(State.ESCALATED, Act.ESCALATE, State.ESCALATED, approver_only=True),
    Move(State.ESCALATED, Act.RELEASE, State.ESCALATED, approver_only=True),
    Move(State.ESCALATED, Act.APPROVE_WITH_EDIT, State.ESCALATED, approver_only=True),
    Move(State.ESCALATED, Act.REQUEST_CHANGES, State.CHANGES_REQUESTED, approver_only=True),
    Move(State.ESCALATED, Act.DISMISS, State.ESCALATED, approver_only=True),
    Move(State.CHANGES_REQUESTED, Act.ANSWER, State.WAITING),
    Move(State.CHANGES_REQUESTED, Act.REJECT, State.REJECTED),
    Move(State.CHANGES_REQUESTED, Act.RELEASE, State.WAITING),
)
"""An escalated item is for approvers where `approver_only` says so; handed to a reviewer role, for
whoever holds that role, but that a signature is always an approver's."""
OPEN = (State.WAITING, State.CLAIMED, State.ESCALATED, State.CHANGES_REQUESTED)
"""States in which an item still needs a decision."""
SIGNING = (Act.APPROVE, Act.APPROVE_WITH_EDIT)
"""Acts that say that copy is good to send."""
EDITING = (Act.EDIT, Act.APPROVE_WITH_EDIT)
UNDOABLE = (Act.APPROVE, Act.REJECT, Act.DISMISS, *EDITING)
"""Acts that can be taken back for a few seconds."""


class Weighed(NamedTuple):
    """What a signature leads to, with those that were given before."""

    state: State
    signatures: tuple[Signature, ...]
    opened: tuple[Signature, ...] = ()
    """Those that are now told: the new one, and with it the first of two blind ones."""
    readers: tuple[str, ...] = ()
    blind_over: bool = False


@dataclass(frozen=True, slots=True)
class Deed:
    """What comes with an act: which of these are needed depends on the act."""

    note: str | None = None
    """Needed to escalate, to request changes, to answer without an edit, and to reject for the
    reason `other`."""
    reason: str | None = None
    """A Reason; needed to reject."""
    lease: timedelta = timedelta(minutes=15)
    """How long a claim holds."""
    copy: Copy | None = None
    """Needed to edit; may come with an answer."""
    checked: Checked | None = None
    """The check of `copy`; needed with it."""
    approval_hash: str | None = None
    """Needed to approve."""
    weighed: Weighed | None = None
    """Where more than one approver's signature is needed."""
    role: str | None = None
    """Reviewer role to escalate to; without one, to the approvers."""
    dismissal: Dismissal | None = None
    """Needed to dismiss."""
    withdrew: str | None = None
    """The reason under which a rejection withdrew earlier approvals."""
