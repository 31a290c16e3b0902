"""Which act is allowed to whom, and what it does: what is not in the table of moves is refused.

Claiming takes a lease. While it runs nobody else may act on the item; when it has run out, anyone
may. An item that nobody holds may be decided on without claiming it: the version that the caller
read protects both. An edit hands the item back, because its editor can no longer sign it. An
escalated item stays escalated, claimed or not, until one of those decides whom it was handed to.
Asked for changes, the requester answers, and the item comes back to where it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

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
from copydesk.guardrails import Checked, Finding, Severity, Verdict
from copydesk.review_queue.acts import (
    EDITING,
    MOVES,
    OPEN,
    SIGNING,
    Act,
    Deed,
    DismissalReason,
    Move,
    Reason,
    Reviewer,
    Weighed,
)
from copydesk.review_queue.effects import (
    NOTHING_SIGNED,
    changes,
    decisions,
    target,
    told,
    undoable,
    with_author,
)
from copydesk.review_queue.items import Decision, ReviewItem, State

__all__ = [
    "MOVES",
    "OPEN",
    "Act",
    "Deed",
    "DismissalReason",
    "Move",
    "Reason",
    "Reviewer",
    "Weighed",
    "allow",
    "move",
    "open_acts",
    "with_facts",
]

_TABLE = {(move.source, move.act): move for move in MOVES}


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
    if step is None or _nothing_to_release(item, act):
        raise WrongMove(_wrong_move(item, act))
    _must_be_called_upon(item, step, by)
    if act in SIGNING or act is Act.DISMISS:
        _must_be_another(item, act, by)
    if item.held_by_another(by.name, now):
        until = f"{item.lease_until:%Y-%m-%d %H:%M %Z}"
        raise HeldByAnother(f"{item.holder} holds this item until {until}.")
    if act is Act.APPROVE and item.verdict_now is Verdict.BLOCK:
        raise BlockedCopy(_blocked(item))
    if act is Act.DISMISS and len(item.dismissed) == len(item.checked.findings):
        raise WrongMove("There is no finding that could be dismissed.")
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
        "state": target(item, step, deed),
        "holder": None,
        "lease_until": None,
        "version": item.version + 1,
        "updated_at": now,
        "decisions": (*item.decisions, *decisions(item, act, by, now, deed)),
        "undoable": undoable(item, act, by, now, deed),
        **changes(item, act, by, now, deed),
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

    State and lease stay; the version grows, so that nobody signs what they have not read, and
    signatures and dismissals given before are void. Whoever changed the facts counts as an author.
    """
    brief, brand, audience = facts
    note = f"the campaign changed; the check now says {checked.verdict.value}"
    decision = Decision(act="recheck", actor=changed_by or "copydesk", at=now, note=note)
    update = {
        "brief": brief,
        "brand": brand,
        "audience": audience,
        "checked": checked,
        "editors": with_author(item.editors, changed_by),
        "dismissed": (),
        "undoable": None,
        **NOTHING_SIGNED,
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


def _nothing_to_release(item: ReviewItem, act: Act) -> bool:
    held = item.holder is not None or item.state is State.CHANGES_REQUESTED
    return act is Act.RELEASE and not held


def _must_be_called_upon(item: ReviewItem, step: Move, by: Reviewer) -> None:
    """Raise Forbidden when this act on this item is not for them."""
    act = step.act
    if act is Act.ANSWER:
        if by.may_review or by.name != item.requester:
            raise Forbidden(f"{item.requester} asked for this copy, and answers for it.")
        return
    if not by.may_review:
        raise Forbidden(f"To {act.value} needs the role reviewer or approver.")
    handed_to = item.escalated_to if item.state is State.ESCALATED else None
    if handed_to is not None and act is not Act.ESCALATE:
        if handed_to not in by.speaks_for:
            raise Forbidden(
                f"To {act.value} needs the reviewer role {handed_to}, which {by.name} does not "
                "have: the item is escalated to it."
            )
        if act not in SIGNING:
            return
    if step.approver_only and not by.may_approve and handed_to not in by.speaks_for:
        raise Forbidden(_needs_approver(item, act, by))
    if act in SIGNING and not by.may_approve:
        raise Forbidden(_needs_approver(item, act, by))


def _must_be_another(item: ReviewItem, act: Act, by: Reviewer) -> None:
    verb = "dismiss what was found" if act is Act.DISMISS else "approve it"
    for name in filter(None, (by.name, by.invited_by)):
        if name == item.requester:
            raise SelfApproval(f"{name} asked for this copy: another person must {verb}.")
        if name in item.editors:
            raise SelfApproval(f"{name} edited this copy or its brief: another person must {verb}.")


def _must_be_complete(item: ReviewItem, act: Act, deed: Deed) -> None:
    noted = bool(deed.note and deed.note.strip())
    if act is Act.REJECT:
        _must_have_reason(deed.reason, noted=noted)
    if act is Act.ESCALATE and not noted:
        raise InputError([Problem("note", "", "say what the approver should look at")])
    if act is Act.REQUEST_CHANGES and not noted:
        raise InputError([Problem("note", "", "say what the requester should change")])
    if act is Act.ANSWER and deed.copy is None and not noted:
        raise InputError([Problem("note", "", "answer with an edit in `copy`, or in words")])
    if act in (*EDITING, Act.ANSWER) and deed.copy == item.copy_now:
        raise InputError([Problem("copy", "", "it is the same as before: change it, or release")])
    blocked = deed.checked is not None and deed.checked.verdict is Verdict.BLOCK
    if act is Act.APPROVE_WITH_EDIT and deed.checked is not None and blocked:
        found = _messages(deed.checked.findings)
        raise BlockedCopy(f"With this edit the copy cannot be approved: {found}")


def _must_have_reason(reason: str | None, *, noted: bool) -> None:
    if reason not in set(Reason):
        known = ", ".join(Reason)
        raise InputError([Problem("reason", repr(reason or ""), f"give one of: {known}")])
    if reason == Reason.OTHER and not noted:
        raise InputError([Problem("note", "", "the reason `other` needs a note")])


def _wrong_move(item: ReviewItem, act: Act) -> str:
    if act is Act.RELEASE and item.state in OPEN:
        return "Nobody holds this item, so there is nothing to give back."
    acts = ", ".join(move.act for move in MOVES if move.source is item.state)
    left = f"from there one can {acts}" if acts else "that decision is final"
    return f"This item is {item.state.value}: {act.value} is not possible, {left}.{told(item)}"


def _needs_approver(item: ReviewItem, act: Act, by: Reviewer) -> str:
    because = "the item is escalated" if item.state is State.ESCALATED else "it is a signature"
    return f"To {act.value} needs the role approver, which {by.name} does not have: {because}."


def _blocked(item: ReviewItem) -> str:
    gone = [one.finding for one in item.dismissed]
    standing = [finding for finding in item.checked.findings if finding not in gone]
    return f"This copy cannot be approved, edit it first: {_messages(standing)}".strip()


def _messages(findings: Iterable[Finding]) -> str:
    return " ".join(one.message for one in findings if one.severity is Severity.BLOCK)
