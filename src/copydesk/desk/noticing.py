"""From the record to what people are told: every act passes here, so that none is forgotten.

The notice is written in the transaction of the act, as the item stands after it. Who is told, and
how, is decided afterwards: see `desk/notifying.py`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from copydesk.access import Role
from copydesk.errors import NotFound
from copydesk.notifications import Event, Notice
from copydesk.review_queue import AuditEvent, ReviewItem, State
from copydesk.storage import Transaction

REVIEWERS = (Role.REVIEWER.value, Role.APPROVER.value)
OUTSIDE = "outside:"
RECALLS = frozenset({"campaign.brief_changed", "campaign.brand_changed", "copy.recalled"})
"""Acts after which approved copy may no longer be served."""
LATE_WORDS = "It was due {due}, and nobody has decided on it."

Told = dict[str, Any]
"""What an event adds to the notice of an item: `why`, `concerns`, `asks`."""
Telling = Callable[[Transaction, AuditEvent, ReviewItem], Told]


def tell(tx: Transaction, event: AuditEvent) -> None:
    """Write the notice of an event that people may want to know of; of any other, do nothing."""
    telling = TELLS.get(event.act)
    if telling is not None:
        item = tx.reviews.get(event.subject)
        kind, told = telling[0], telling[1](tx, event, item)
        tx.outbox.add(_about(item, kind, event.actor, event.at, told, event.act))
    elif event.act in RECALLS and event.details.get("voided"):
        tx.outbox.add(_recalled(tx, event))
    elif event.act == Event.ARM_STOPPED.value:
        tx.outbox.add(_arm_stopped(tx, event))


def late(item: ReviewItem, hours: int, due: datetime, now: datetime) -> Notice:
    """Return the notice that an item is late by so many hours: one for each level."""
    why = LATE_WORDS.format(due=f"{due:%Y-%m-%d %H:%M} UTC")
    if item.state is State.CHANGES_REQUESTED:
        told = {"why": f"{why} It waits for an answer.", "concerns": (item.requester,)}
    else:
        told = {"why": why, **_asked(item)}
        told["concerns"] = (item.holder,) if item.holder is not None else ()
    notice = _about(item, Event.LATE, "copydesk", now, told, "")
    name = _id(Event.LATE.value, item.id, str(hours))
    return notice.model_copy(update={"id": name, "late_hours": hours})


def _about(item: ReviewItem, kind: Event, actor: str, at: datetime, told: Told, act: str) -> Notice:
    concerns = _people(told.get("concerns", ()), actor)
    return Notice(
        id=_id(act, item.id, str(item.version)),
        event=kind,
        at=at,
        actor=actor,
        why=told["why"],
        item=item.id,
        campaign=item.campaign,
        brand=item.brand.name,
        kind=item.brief.kind.value,
        audience=item.audience.id,
        state=item.state.value,
        version=item.version,
        copy_=item.copy_now,
        concerns=concerns,
        asks=told.get("asks", ()),
        authors=tuple(sorted(item.authors)),
    )


def _recalled(tx: Transaction, event: AuditEvent) -> Notice:
    campaign, voided = tx.campaigns.get(event.subject), event.details["voided"]
    # Rules recall what they find under one version of the campaign, more than once.
    requeued = event.details["requeued"] if event.act == "copy.recalled" else ()
    approvers = [
        copy.approved_by
        for variant in voided
        for copy in tx.library.of_variant(variant)
        if copy.campaign == campaign.id
    ]
    return Notice(
        id=_id(event.act, campaign.id, str(campaign.version), *requeued),
        event=Event.RECALLED,
        at=event.at,
        actor=event.actor,
        why=_why_recalled(event),
        campaign=campaign.id,
        brand=campaign.brand.name,
        kind=campaign.brief.kind.value,
        version=campaign.version,
        concerns=_people([campaign.owner, *approvers], event.actor),
    )


def _why_recalled(event: AuditEvent) -> str:
    if event.act != "copy.recalled":
        changed = ", ".join(event.details.get("changed", ())) or "its brief"
        return f"{event.actor} changed {changed} of the campaign: what rested on it is not served."
    rules = ", ".join(event.details.get("rules", ()))
    if rules:
        return f"The rules changed ({rules}): what they find is not served."
    return "The policy or an audience changed: what was approved before is not served."


def _arm_stopped(tx: Transaction, event: AuditEvent) -> Notice:
    experiment, arm = tx.experiments.get(event.subject), event.details["arm"]
    campaign = tx.campaigns.get(experiment.campaign)
    approvers = [
        copy.approved_by
        for copy in tx.library.of_variant(arm)
        if copy.campaign == experiment.campaign
    ]
    return Notice(
        id=_id(event.act, experiment.id, arm),
        event=Event.ARM_STOPPED,
        at=event.at,
        actor=event.actor,
        why=f"{arm} of experiment {experiment.id} was stopped: {event.details['because']}",
        campaign=experiment.campaign,
        brand=experiment.brand,
        kind=campaign.brief.kind.value,
        audience=experiment.audience,
        version=experiment.version,
        concerns=_people([experiment.owner, campaign.owner, *approvers], event.actor),
    )


def _id(*parts: str) -> str:
    """Return one id for one happening, whoever writes it down, and however often."""
    return "ntc_" + hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:24]


def _people(names: Iterable[str | None], actor: str) -> tuple[str, ...]:
    """Return users by name, each once, without who did it: they know."""
    users = [name for name in names if name and not name.startswith((OUTSIDE, "policy:"))]
    return tuple(dict.fromkeys(name for name in users if name not in {actor, "copydesk"}))


def _asked(item: ReviewItem) -> Told:
    """Return who is asked to decide on the item as it stands."""
    if item.state is not State.ESCALATED:
        return {"asks": REVIEWERS}
    return {"asks": (item.escalated_to or Role.APPROVER.value,)}


def _deciders(item: ReviewItem) -> tuple[str, ...]:
    """Return who has decided anything on the item, authors left out."""
    done = [one.actor for one in item.decisions if one.act not in {"claim", "recheck", "answer"}]
    return tuple(name for name in dict.fromkeys(done) if name not in item.authors)


def _note(item: ReviewItem) -> str:
    """Return what was said with the last act, as the end of a sentence."""
    last = item.decisions[-1] if item.decisions else None
    said = ": ".join(filter(None, (last.reason, last.note))) if last is not None else ""
    return f": {said}" if said else "."


def _opened(_: Transaction, __: AuditEvent, item: ReviewItem) -> Told:
    return {"why": item.routed_because, **_asked(item)}


def _requeued(tx: Transaction, event: AuditEvent, item: ReviewItem) -> Told:
    """Tell who had approved it: what they signed does not hold any more."""
    before: tuple[str, ...] = ()
    if event.details.get("was") is not None:
        try:
            before = _deciders(tx.reviews.get(str(event.details["was"])))
        except NotFound:
            before = ()
    concerns = (item.requester, *before)
    return {"why": item.routed_because, "concerns": concerns, **_asked(item)}


def _escalated(_: Transaction, event: AuditEvent, item: ReviewItem) -> Told:
    return {"why": f"{event.actor} handed it over{_note(item)}", **_asked(item)}


def _disagreed(_: Transaction, __: AuditEvent, item: ReviewItem) -> Told:
    return {"why": "Two people read it and decided differently.", **_asked(item)}


def _changes_requested(_: Transaction, event: AuditEvent, item: ReviewItem) -> Told:
    asks = item.change_request.asks if item.change_request is not None else ""
    why = f"{event.actor} asks for changes: {asks}"
    return {"why": why, "concerns": (item.requester,)}


def _answered(_: Transaction, event: AuditEvent, item: ReviewItem) -> Told:
    asked_by = item.change_request.by if item.change_request is not None else None
    return {"why": f"{event.actor} answered{_note(item)}", "concerns": (asked_by,)}


def _edited(_: Transaction, event: AuditEvent, item: ReviewItem) -> Told:
    concerns = (item.requester, *_deciders(item))
    return {"why": f"{event.actor} edited it{_note(item)}", "concerns": concerns, **_asked(item)}


def _rechecked(_: Transaction, __: AuditEvent, item: ReviewItem) -> Told:
    verdict = item.checked.verdict.value
    why = f"The campaign changed under it, and the check now says {verdict}."
    return {"why": why, "concerns": _deciders(item)}


def _undone(_: Transaction, event: AuditEvent, item: ReviewItem) -> Told:
    what = str(event.details.get("undid", "the last act")).replace("_", " ")
    concerns = (item.requester, *_deciders(item))
    return {"why": f"{event.actor} took back: {what}.", "concerns": concerns}


def _approved(_: Transaction, event: AuditEvent, item: ReviewItem) -> Told:
    return {"why": f"{event.actor} approved it{_note(item)}", "concerns": sorted(item.authors)}


def _rejected(_: Transaction, event: AuditEvent, item: ReviewItem) -> Told:
    return {"why": f"{event.actor} rejected it{_note(item)}", "concerns": sorted(item.authors)}


TELLS: dict[str, tuple[Event, Telling]] = {
    "review.opened": (Event.WAITING, _opened),
    "review.requeued": (Event.VOIDED, _requeued),
    "review.escalated": (Event.ESCALATED, _escalated),
    "review.disagreed": (Event.ESCALATED, _disagreed),
    "review.changes_requested": (Event.CHANGES_REQUESTED, _changes_requested),
    "review.answered": (Event.ANSWERED, _answered),
    "review.edited": (Event.EDITED, _edited),
    "review.approved_with_edit": (Event.EDITED, _edited),
    "review.rechecked": (Event.RECHECKED, _rechecked),
    "review.undone": (Event.UNDONE, _undone),
    "review.approved": (Event.APPROVED, _approved),
    "review.rejected": (Event.REJECTED, _rejected),
}
"""The acts that people are told of, by their names on the record. An act about something else than
a review item adds its notice to `tx.outbox` itself, or gets a branch in `tell`."""
