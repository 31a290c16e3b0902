"""The states of a review item as a table of moves: what is not in the table is refused.

Claiming takes a lease. While it runs nobody else may act on the item; when it has run out, anyone
may. An item that nobody holds may be decided on without claiming it: the version that the caller
read protects both. An edit hands the item back, because its editor can no longer sign it. An
escalated item stays escalated, claimed or not, until an approver decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from copydesk.audiences import Audience
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief
from copydesk.errors import (
    BlockedCopy,
    Forbidden,
    HeldByAnother,
    InputError,
    Problem,
    SelfApproval,
    WrongMove,
)
from copydesk.guardrails import Checked, Severity, Verdict
from copydesk.review_queue.items import Decision, ReviewItem, State
from copydesk.variants import Copy


class Act(StrEnum):
    """What a person may do with a review item."""

    CLAIM = "claim"
    APPROVE = "approve"
    EDIT = "edit"
    REJECT = "reject"
    ESCALATE = "escalate"
    RELEASE = "release"


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


class Reviewer(NamedTuple):
    """Who acts, as far as the table is concerned."""

    name: str
    may_approve: bool = False

    @property
    def role(self) -> str:
        """The role in which they act, as the record keeps it."""
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
    Move(State.CLAIMED, Act.CLAIM, State.CLAIMED),
    Move(State.CLAIMED, Act.APPROVE, State.APPROVED, approver_only=True),
    Move(State.CLAIMED, Act.EDIT, State.WAITING),
    Move(State.CLAIMED, Act.REJECT, State.REJECTED),
    Move(State.CLAIMED, Act.ESCALATE, State.ESCALATED),
    Move(State.CLAIMED, Act.RELEASE, State.WAITING),
    Move(State.ESCALATED, Act.CLAIM, State.ESCALATED, approver_only=True),
    Move(State.ESCALATED, Act.APPROVE, State.APPROVED, approver_only=True),
    Move(State.ESCALATED, Act.EDIT, State.ESCALATED, approver_only=True),
    Move(State.ESCALATED, Act.REJECT, State.REJECTED, approver_only=True),
    Move(State.ESCALATED, Act.RELEASE, State.ESCALATED, approver_only=True),
)
OPEN = (State.WAITING, State.CLAIMED, State.ESCALATED)
"""States in which an item still needs a decision."""

_TABLE = {(move.source, move.act): move for move in MOVES}


@dataclass(frozen=True, slots=True)
class Deed:
    """What comes with an act: which of these are needed depends on the act."""

    note: str | None = None
    """Needed to escalate, and to reject for the reason `other`."""
    reason: str | None = None
    """A Reason; needed to reject."""
    lease: timedelta = timedelta(minutes=15)
    """How long a claim holds."""
    copy: Copy | None = None
    """Needed to edit."""
    checked: Checked | None = None
    """The check of `copy`; needed to edit."""
    approval_hash: str | None = None
    """Needed to approve."""


def allow(item: ReviewItem, act: Act, by: Reviewer, now: datetime) -> Move:
    """Return the move that `act` makes.

    Raises:
        WrongMove: the item's state does not allow the act.
        Forbidden: the act needs an approver.
        SelfApproval: the approver asked for the copy, or edited it; whatever their roles.
        HeldByAnother: somebody else's lease is still running.
        BlockedCopy: the copy to be approved has a blocking finding.
    """
    step = _TABLE.get((item.state, act))
    if step is None or (act is Act.RELEASE and item.holder is None):
        raise WrongMove(_wrong_move(item, act))
    if step.approver_only and not by.may_approve:
        raise Forbidden(_needs_approver(item, act, by))
    if act is Act.APPROVE:
        _must_be_another(item, by)
    if item.held_by_another(by.name, now):
        until = f"{item.lease_until:%Y-%m-%d %H:%M %Z}"
        raise HeldByAnother(f"{item.holder} holds this item until {until}.")
    if act is Act.APPROVE and item.checked.verdict is Verdict.BLOCK:
        raise BlockedCopy(_blocked(item.checked))
    return step


def open_acts(item: ReviewItem, by: Reviewer, now: datetime) -> tuple[Act, ...]:
    """Return what this person may do with the item now, in the order of Act."""
    return tuple(act for act in Act if _is_open(item, act, by, now))


def move(
    item: ReviewItem, act: Act, by: Reviewer, now: datetime, deed: Deed | None = None
) -> ReviewItem:
    """Return the item after the act: next version, with the decision appended.

    Raises what `allow` raises, and InputError when the deed lacks what the act needs.
    """
    deed = deed or Deed()
    step = allow(item, act, by, now)
    _must_be_complete(item, act, deed)
    update = {
        "state": step.target,
        "holder": None,
        "lease_until": None,
        "version": item.version + 1,
        "updated_at": now,
        "decisions": (*item.decisions, _decision(item, act, by, now, deed)),
        **_changes(item, act, by, now, deed),
    }
    return item.model_copy(update=update)


def with_facts(
    item: ReviewItem,
    facts: tuple[Brief, Brand, Audience],
    checked: Checked,
    now: datetime,
    changed_by: str | None = None,
) -> ReviewItem:
    """Return the item on other facts, with the check of its copy against them.

    State and lease stay; the version grows, so that nobody signs what they have not read. Whoever
    changed the facts counts as an author.
    """
    brief, brand, audience = facts
    note = f"the campaign changed; the check now says {checked.verdict.value}"
    decision = Decision(act="recheck", actor=changed_by or "copydesk", at=now, note=note)
    update = {
        "brief": brief,
        "brand": brand,
        "audience": audience,
        "checked": checked,
        "editors": _with(item.editors, changed_by),
        "version": item.version + 1,
        "updated_at": now,
        "decisions": (*item.decisions, decision),
    }
    return item.model_copy(update=update)


def _is_open(item: ReviewItem, act: Act, by: Reviewer, now: datetime) -> bool:
    try:
        allow(item, act, by, now)
    except (WrongMove, Forbidden, HeldByAnother, BlockedCopy):
        return False
    return True


def _must_be_another(item: ReviewItem, by: Reviewer) -> None:
    if by.name == item.requester:
        raise SelfApproval(f"{by.name} asked for this copy: another person must approve it.")
    if by.name in item.editors:
        raise SelfApproval(
            f"{by.name} edited this copy or its brief: another person must approve it."
        )


def _must_be_complete(item: ReviewItem, act: Act, deed: Deed) -> None:
    noted = bool(deed.note and deed.note.strip())
    if act is Act.REJECT:
        _must_have_reason(deed.reason, noted=noted)
    if act is Act.ESCALATE and not noted:
        raise InputError([Problem("note", "", "say what the approver should look at")])
    if act is Act.EDIT and deed.copy == item.copy_now:
        raise InputError([Problem("copy", "", "it is the same as before: change it, or release")])


def _must_have_reason(reason: str | None, *, noted: bool) -> None:
    if reason not in set(Reason):
        known = ", ".join(Reason)
        raise InputError([Problem("reason", repr(reason or ""), f"give one of: {known}")])
    if reason == Reason.OTHER and not noted:
        raise InputError([Problem("note", "", "the reason `other` needs a note")])


def _changes(item: ReviewItem, act: Act, by: Reviewer, now: datetime, deed: Deed) -> dict[str, Any]:
    if act is Act.CLAIM:
        return {"holder": by.name, "lease_until": now + deed.lease}
    if act is Act.APPROVE:
        return {"approval_hash": deed.approval_hash}
    if act is Act.EDIT:
        editors = _with(item.editors, by.name)
        return {"copy_now": deed.copy, "checked": deed.checked, "editors": editors}
    return {}


def _with(editors: tuple[str, ...], name: str | None) -> tuple[str, ...]:
    return editors if name is None or name in editors else (*editors, name)


def _decision(item: ReviewItem, act: Act, by: Reviewer, now: datetime, deed: Deed) -> Decision:
    note = (deed.note or "").strip() or None
    if act is Act.EDIT and deed.copy is not None:
        note = f"changed {_changed(item.copy_now, deed.copy)}" + (f": {note}" if note else "")
    reason = deed.reason if act is Act.REJECT else None
    return Decision(act=act.value, actor=by.name, at=now, note=note, reason=reason)


def _changed(before: Copy, after: Copy) -> str:
    return ", ".join(slot.value for slot, text in after.slots() if before[slot] != text)


def _wrong_move(item: ReviewItem, act: Act) -> str:
    if act is Act.RELEASE and item.state in OPEN:
        return "Nobody holds this item, so there is nothing to give back."
    acts = ", ".join(move.act for move in MOVES if move.source is item.state)
    left = f"from there one can {acts}" if acts else "that decision is final"
    return f"This item is {item.state.value}: {act.value} is not possible, {left}."


def _needs_approver(item: ReviewItem, act: Act, by: Reviewer) -> str:
    because = "the item is escalated" if item.state is State.ESCALATED else "it is a signature"
    return f"To {act.value} needs the role approver, which {by.name} does not have: {because}."


def _blocked(checked: Checked) -> str:
    findings = [f.message for f in checked.findings if f.severity is Severity.BLOCK]
    return f"This copy cannot be approved, edit it first: {' '.join(findings)}".strip()
