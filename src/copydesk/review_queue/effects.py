"""What an act changes on an item, and how it is taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from copydesk.errors import Conflict, Forbidden, InputError, Problem, WrongMove
from copydesk.review_queue.acts import UNDOABLE, Act, Deed, Move, Reviewer
from copydesk.review_queue.items import (
    ChangeRequest,
    Decision,
    Dismissal,
    ReviewItem,
    State,
    Undoable,
)
from copydesk.variants import Copy

NOTHING_SIGNED: dict[str, Any] = {"signatures": (), "readers": (), "blind_over": False}
"""What is left of signatures when what they bind has changed."""
LAST_ACT = " The last act was"
"""From here on a refusal tells who did what: nothing for people from outside."""
RESTORED = (
    "state", "copy_now", "checked", "editors", "dismissed", "signatures", "readers", "blind_over",
)  # fmt: skip
"""What an act may change and undoing it restores."""


def changes(item: ReviewItem, act: Act, by: Reviewer, now: datetime, deed: Deed) -> dict[str, Any]:
    """Return what the act changes beside state, version and decisions."""
    change = _CHANGES.get(act)
    return change(item, by, now, deed) if change is not None else {}


def target(item: ReviewItem, step: Move, deed: Deed) -> State:
    """Return the state that the act leads to."""
    if deed.weighed is not None:
        return deed.weighed.state
    asked = item.change_request
    comes_back = step.source is State.CHANGES_REQUESTED and step.target is State.WAITING
    if comes_back and asked is not None and asked.was_escalated:
        return State.ESCALATED
    return step.target


def _claimed(_: ReviewItem, by: Reviewer, now: datetime, deed: Deed) -> dict[str, Any]:
    return {"holder": by.name, "lease_until": now + deed.lease}


def _approved(item: ReviewItem, by: Reviewer, now: datetime, deed: Deed) -> dict[str, Any]:
    if deed.weighed is None:
        return {"approval_hash": deed.approval_hash}
    complete = deed.weighed.state is State.APPROVED
    hashed = {"approval_hash": deed.approval_hash if complete else None}
    return {**hashed, **_weighed(item, by, now, deed)}


def _weighed(item: ReviewItem, _: Reviewer, __: datetime, deed: Deed) -> dict[str, Any]:
    weighed = deed.weighed
    if weighed is None:
        return {}
    disagreed = weighed.state is State.ESCALATED and weighed.blind_over and not item.blind_over
    return {
        "signatures": weighed.signatures,
        "readers": weighed.readers,
        "blind_over": weighed.blind_over,
        "escalated_to": None if disagreed else item.escalated_to,
    }


def _escalated(_: ReviewItem, __: Reviewer, ___: datetime, deed: Deed) -> dict[str, Any]:
    return {"escalated_to": deed.role}


def _dismissed(item: ReviewItem, _: Reviewer, __: datetime, deed: Deed) -> dict[str, Any]:
    if deed.dismissal is None:
        raise InputError([Problem("finding", "", "name the finding by its number, from zero")])
    kept = {"holder": item.holder, "lease_until": item.lease_until}
    return {**kept, "dismissed": (*item.dismissed, deed.dismissal)}


def _edited(item: ReviewItem, by: Reviewer, _: datetime, deed: Deed) -> dict[str, Any]:
    if deed.copy is None or deed.checked is None:
        raise InputError([Problem("copy", "", "send the copy as it should be")])
    still = [one for one in item.dismissed if _still_found(one, item.copy_now, deed)]
    return {
        "copy_now": deed.copy,
        "checked": deed.checked,
        "editors": with_author(item.editors, by.name),
        "dismissed": tuple(still),
        **NOTHING_SIGNED,
    }


def _still_found(dismissal: Dismissal, before: Copy, deed: Deed) -> bool:
    """Return whether the edited copy has the very finding, in a slot that nobody touched."""
    finding = dismissal.finding
    if deed.copy is None or deed.checked is None:
        return False
    return finding in deed.checked.findings and deed.copy[finding.slot] == before[finding.slot]


def _requested(item: ReviewItem, by: Reviewer, now: datetime, deed: Deed) -> dict[str, Any]:
    asked = ChangeRequest(
        asks=(deed.note or "").strip(),
        by=by.name,
        at=now,
        was_escalated=item.state is State.ESCALATED,
    )
    return {"change_request": asked}


def _answered(item: ReviewItem, by: Reviewer, now: datetime, deed: Deed) -> dict[str, Any]:
    answered = {"answered_by": by.name, "answered_at": now}
    asked = item.change_request and item.change_request.model_copy(update=answered)
    changed = {} if deed.copy is None else _edited(item, by, now, deed)
    return {**changed, "editors": with_author(item.editors, by.name), "change_request": asked}


def undoable(
    item: ReviewItem, act: Act, by: Reviewer, now: datetime, deed: Deed
) -> Undoable | None:
    """Return what the act can be taken back to, or None where it cannot."""
    # Two blind decisions that were opened stay: whoever gave the second has seen the first.
    opened = deed.weighed is not None and len(deed.weighed.opened) > 1
    if act not in UNDOABLE or opened:
        return None
    return Undoable(
        act=act.value,
        by=by.name,
        at=now,
        state=State.WAITING if item.state is State.CLAIMED else item.state,
        copy_now=item.copy_now,
        checked=item.checked,
        editors=item.editors,
        decided=len(item.decisions),
        dismissed=item.dismissed,
        signatures=item.signatures,
        readers=item.readers,
        blind_over=item.blind_over,
        withdrew=deed.withdrew,
    )


def with_author(editors: tuple[str, ...], name: str | None) -> tuple[str, ...]:
    """Return the editors, and this one with them."""
    return editors if name is None or name in editors else (*editors, name)


def decisions(
    item: ReviewItem, act: Act, by: Reviewer, now: datetime, deed: Deed
) -> Iterator[Decision]:
    """Yield what is told of the act: of a blind decision nothing, until both are there."""
    if deed.weighed is not None:
        for one in deed.weighed.opened:
            yield Decision(
                act=one.decision, actor=one.by, at=one.at, note=one.note, reason=one.reason
            )
        return
    note = (deed.note or "").strip() or None
    if deed.copy is not None:
        edited = f"changed {_changed(item.copy_now, deed.copy)}"
        told = f"{edited}: {note}" if note and act is Act.EDIT else edited
        yield Decision(act=Act.EDIT.value, actor=by.name, at=now, note=told)
    if act is Act.ESCALATE and deed.role is not None:
        note = f"to {deed.role}: {note}"
    if act is Act.CLAIM and item.holder not in {None, by.name}:
        note = f"took over from {item.holder}, whose lease ran out at {_moment(item.lease_until)}"
    if act is not Act.EDIT:
        reason = deed.reason if act in {Act.REJECT, Act.DISMISS} else None
        yield Decision(act=act.value, actor=by.name, at=now, note=note, reason=reason)


def _changed(before: Copy, after: Copy) -> str:
    return ", ".join(slot.value for slot, text in after.slots() if before[slot] != text)


Change = Callable[[ReviewItem, Reviewer, datetime, Deed], dict[str, Any]]

_CHANGES: dict[Act, Change] = {
    Act.CLAIM: _claimed,
    Act.APPROVE: _approved,
    Act.REJECT: _weighed,
    Act.EDIT: _edited,
    Act.APPROVE_WITH_EDIT: _edited,
    Act.REQUEST_CHANGES: _requested,
    Act.ANSWER: _answered,
    Act.ESCALATE: _escalated,
    Act.DISMISS: _dismissed,
}


def may_undo(item: ReviewItem, by: str, now: datetime, window: timedelta) -> Undoable:
    """Return what `by` may take back now.

    Raises:
        WrongMove: the last act is none that can be taken back.
        Forbidden: somebody else did it.
        Conflict: it is too long ago.
    """
    last = item.undoable
    if last is None:
        raise WrongMove(f"There is nothing to undo.{told(item)}")
    if last.by != by:
        raise Forbidden(f"Only who did it can undo it: {last.act} was done by {last.by}.")
    if now >= last.at + window:
        ago = (now - last.at).total_seconds()
        raise Conflict(
            f"It is too late to undo {last.act}: that was {ago:.0f} seconds ago, and "
            f"{window.total_seconds():.0f} are allowed."
        )
    return last


def undone(item: ReviewItem, by: str, now: datetime, window: timedelta) -> ReviewItem:
    """Return the item as it was before its last act, at the next version. Raises as `may_undo`."""
    last = may_undo(item, by, now, window)
    note = f"took back {last.act}"
    decision = Decision(act="undo", actor=by, at=now, note=note)
    restored = {name: getattr(last, name) for name in RESTORED}
    update = {
        **restored,
        "approval_hash": None,
        "holder": None,
        "lease_until": None,
        "version": item.version + 1,
        "updated_at": now,
        "decisions": (*item.decisions[: last.decided], decision),
        "undoable": None,
    }
    return item.model_copy(update=update)


def told(item: ReviewItem) -> str:
    """Return in a sentence what was done last, for whoever came too late; empty if nothing was."""
    if not item.decisions:
        return ""
    last = item.decisions[-1]
    because = f" ({last.reason})" if last.reason else ""
    if last.act == Act.CLAIM:
        because = f" ({last.note})" if last.note else ""
        because += f"; the lease runs until {_moment(item.lease_until)}"
    return f"{LAST_ACT} {last.act} by {last.actor} at {_moment(last.at)}{because}."


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at is not None else "an unknown time"
