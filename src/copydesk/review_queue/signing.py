"""Signatures beyond one approver's: reviewer roles that are asked for, and two blind readers."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from copydesk.errors import Forbidden, WrongMove
from copydesk.guardrails import Finding, Severity
from copydesk.review_queue.acts import Act, Reviewer, Weighed
from copydesk.review_queue.items import ReviewItem, Signature, State
from copydesk.review_queue.policy import Demands

BLIND_READERS = 2


class Needs(NamedTuple):
    """What an item still needs before it is approved."""

    given: tuple[Signature, ...]
    """Signatures that stand for what the item is now."""
    missing: tuple[str, ...]
    """Reviewer roles in which nobody has signed yet."""
    blind: bool
    """Whether two people are reading it, each without seeing the other's decision."""


def needs(item: ReviewItem, demands: Demands, approval_hash: str) -> Needs:
    """Return what stands and what is missing, if the item is what `approval_hash` binds."""
    given = tuple(one for one in item.signatures if one.approval_hash == approval_hash)
    signed = {role for one in given if one.decision == Act.APPROVE for role in one.roles}
    missing = tuple(sorted(demands.roles - signed))
    return Needs(given, missing, blind=demands.blind and not item.blind_over)


def weigh(item: ReviewItem, signature: Signature, demands: Demands) -> Weighed:
    """Return what this signature leads to, beside those given before.

    Two blind readers who agree decide; when they do not, the item is escalated to somebody else.
    """
    before = needs(item, demands, signature.approval_hash)
    given = (*before.given, signature)
    if not before.blind:
        return _weighed(item, given, (signature,), demands, item.readers)
    readers = tuple(dict.fromkeys(one.by for one in given))
    if len(given) < BLIND_READERS:
        return Weighed(_still_open(item), given, (), readers)
    rejecting = [one for one in given if one.decision == Act.REJECT]
    if len(rejecting) == len(given):
        return Weighed(State.REJECTED, given, given, readers, blind_over=True)
    if rejecting:
        return Weighed(State.ESCALATED, (), given, readers, blind_over=True)
    return _weighed(item, given, given, demands, readers)


def _weighed(
    item: ReviewItem,
    given: tuple[Signature, ...],
    opened: tuple[Signature, ...],
    demands: Demands,
    readers: tuple[str, ...],
) -> Weighed:
    signed = {role for one in given for role in one.roles}
    state = _still_open(item) if demands.roles - signed else State.APPROVED
    return Weighed(state, given, opened, readers, blind_over=demands.blind)


def must_add(item: ReviewItem, by: Reviewer, demands: Demands, approval_hash: str) -> None:
    """Raise when this person's signature would add nothing.

    Raises:
        WrongMove: they, or who invited them, have decided on it already.
        Forbidden: they hold none of the reviewer roles that are still asked for.
    """
    stands = needs(item, demands, approval_hash)
    person = by.invited_by or by.name
    if person in {one.person for one in stands.given}:
        left = f"it still needs {', '.join(stands.missing)}" if stands.missing else "another must"
        raise WrongMove(f"{by.name} has decided on this copy already: {left}.")
    if demands.blind and item.blind_over and {by.name, person} & {*item.readers}:
        raise WrongMove(f"{by.name} was one of its two readers: somebody else decides now.")
    if not stands.blind and stands.missing and not by.speaks_for & {*stands.missing}:
        held = ", ".join(sorted(by.speaks_for)) or "none"
        raise Forbidden(
            f"This copy needs a signature as {', '.join(stands.missing)}; {by.name} holds the "
            f"reviewer roles: {held}."
        )


def signed(
    by: Reviewer,
    at: datetime,
    demands: Demands,
    approval_hash: str,
    *,
    note: str | None = None,
    reason: str | None = None,
) -> Signature:
    """Return this person's decision: a rejection when there is a reason."""
    return Signature(
        by=by.name,
        at=at,
        decision=Act.REJECT.value if reason is not None else Act.APPROVE.value,
        roles=tuple(sorted(demands.roles & by.speaks_for)),
        approval_hash=approval_hash,
        note=(note or "").strip() or None,
        reason=reason,
        invited_by=by.invited_by,
    )


def seen_by(viewer: str, item: ReviewItem) -> ReviewItem:
    """Return the item as `viewer` may see it: read blind, without the other's decision.

    What can be undone is shown to who did it.
    """
    update: dict[str, object] = {}
    if item.undoable is not None and item.undoable.by != viewer:
        update["undoable"] = None
    if item.is_sealed:
        update["signatures"] = tuple(one for one in item.signatures if one.by == viewer)
        update["readers"] = tuple(name for name in item.readers if name == viewer)
    return item.model_copy(update=update) if update else item


def must_be_dismissible(finding: Finding, by: Reviewer, role: str | None) -> None:
    """Raise Forbidden when this person may not dismiss it; `role` is what the finding's rule names.

    What blocks is dismissed only in the reviewer role that its rule names: where a rule names
    none, nobody may, and the copy has to be edited.
    """
    if finding.severity is not Severity.BLOCK:
        return
    if role is None:
        raise Forbidden(
            f"{finding.rule} blocks, and names no reviewer role that may dismiss what it finds: "
            "edit the copy."
        )
    if role not in by.speaks_for:
        raise Forbidden(
            f"{finding.rule} blocks: only the reviewer role {role} may dismiss what it finds, and "
            f"{by.name} does not hold it."
        )


def _still_open(item: ReviewItem) -> State:
    return State.ESCALATED if item.state is State.ESCALATED else State.WAITING
