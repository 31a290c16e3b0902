"""What signatures bound, computed again from what is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from copydesk.audiences import Audience
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief
from copydesk.desk.evidence.pack import Bound, Seal, Signature
from copydesk.desk.evidence.tracing import Trace
from copydesk.desk.facts import Facts
from copydesk.desk.parts import sha256_of
from copydesk.desk.recalling import REBOUND
from copydesk.publishing import ApprovedCopy, approval_hash
from copydesk.review_queue import AuditEntry, ReviewItem, State
from copydesk.review_queue.items import Signature as Given
from copydesk.variants import Copy

SIGNING = {"review.approved": "approval_hash", "copy.approved": "hash"}
"""Acts that sign copy, with the name under which the record keeps what was signed."""
SIGNING_NOTHING = frozenset(
    {
        "campaign.audience_set", "campaign.brand_changed", "campaign.brief_changed",
        "campaign.dialects_set", "campaign.exported", "campaign.fallback_set", "campaign.opened",
        "campaign.push_asked", "campaign.push_failed", "campaign.push_recalled",
        "campaign.push_stuck", "campaign.push_withdrawn", "campaign.pushed",
        "campaign.timing_set", "copy.blocked", "copy.rebound", "copy.recalled",
        "generation.accepted", "generation.failed", "generation.finished", "policy.in_force",
        "review.answered", "review.approved_with_edit", "review.changes_requested",
        "review.claimed", "review.commented", "review.disagreed", "review.dismissed",
        "review.edited", "review.escalated", "review.link_made", "review.link_revoked",
        "review.link_used", "review.opened", "review.read_blind", "review.rechecked",
        "review.rejected", "review.released", "review.requeued", "review.signed", "review.undone",
        "rules.in_force", "rules.rechecked",
    }
)  # fmt: skip
"""Every other act on the record of copy. One of several signatures (`review.signed`) is kept with
its hash by the item, and told from there."""
HOLDS = "Computed again from the copy, facts and policy of then, it is the same."
DIFFERS = "Computed again it differs: the copy or the facts below are not those that were signed."
SUPERSEDED = "It was taken back since, or the copy was changed and signed anew."
UNKNOWN = (
    "It cannot be computed again: the record of then does not name the policy in force, and under "
    "the one of now it differs."
)


def bound(found: Trace, what: str, content: dict[str, Any]) -> Bound:
    """Return the content with its hash, and where the record names it as `what`."""
    sha256 = sha256_of(content)
    named = (one.number for one in found.records if one.event.details.get(what) == sha256)
    return Bound(sha256=sha256, content=content, record=next(named, None))


def brief_of(found: Trace) -> Facts:
    """Return what the variant rests on: as its last review saw it, else as it was asked for."""
    if found.items:
        last = found.items[-1]
        return last.brief, last.brand, last.audience
    request = found.generation.request
    return request.brief, request.brand, request.audience


def signatures(found: Trace, policy: str) -> Iterator[Signature]:
    """Yield every signature, oldest first; `policy` is the hash of the one in force now."""
    signed = [_recorded(found, entry, policy) for entry in found.records if _signs(entry)]
    known = {(one.by, one.approval_hash) for one in signed}
    for item in found.items:
        given = (one for one in item.signatures if one.decision == "approve")
        others = (one for one in given if (one.by, one.approval_hash) not in known)
        signed.extend(_given(found, item, one, policy) for one in others)
    yield from sorted(signed, key=lambda one: one.at)


def library_seals(found: Trace) -> Iterator[Seal]:
    """Yield whether the library holds what was signed: the copy that is served lies there."""
    for one in found.approved:
        subject = one.review_id or one.id
        signed = [e for e in found.records if e.event.subject == subject and _signs(e)]
        if signed:
            same = one.approval_hash == _bound_last(found, one, signed[-1])
            holds = same and one.copy_ == _signed(found, subject)[0]
            yield Seal(what="The copy in the library", record=signed[-1].number, holds=holds)


def _bound_last(found: Trace, one: ApprovedCopy, signed: AuditEntry) -> str:
    """Return the hash that a signature was given, or that its copy was bound anew to since."""
    bound = _hash_in(signed)
    for entry in found.records:
        details = entry.event.details
        is_its_own = (details.get("variant"), details.get("audience")) == (one.id, one.audience_id)
        if entry.event.act == REBOUND and is_its_own and details.get("was") == bound:
            bound = str(details.get("hash"))
    return bound


def _hash_in(entry: AuditEntry) -> str:
    return str(entry.event.details.get(SIGNING[entry.event.act]) or "")


def _signs(entry: AuditEntry) -> bool:
    return entry.event.act in SIGNING and bool(_hash_in(entry))


def _recorded(found: Trace, entry: AuditEntry, policy: str) -> Signature:
    event, details = entry.event, entry.event.details
    signed = _hash_in(entry)
    holds = approval_hash(*_signed(found, event.subject), details.get("policy") or policy) == signed
    return Signature(
        record=entry.number,
        by=event.actor,
        role=_role(event.actor, details),
        at=event.at,
        note=details.get("note"),
        approval_hash=signed,
        **_judged(holds=holds, stands=_stands(found, entry), known="policy" in details),
    )


def _given(found: Trace, item: ReviewItem, one: Given, policy: str) -> Signature:
    """Return one of several signatures that the item needs, as the item keeps it."""
    holds = approval_hash(*_signed(found, item.id), policy) == one.approval_hash
    return Signature(
        by=one.by,
        role=", ".join(one.roles) or None,
        at=one.at,
        note=one.note,
        approval_hash=one.approval_hash,
        **_judged(holds=holds, stands=True, known=False),
    )


def _judged(*, holds: bool, stands: bool, known: bool) -> dict[str, Any]:
    if holds:
        return {"holds": True, "says": HOLDS}
    if not stands:
        return {"holds": None, "says": SUPERSEDED}
    return {"holds": False, "says": DIFFERS} if known else {"holds": None, "says": UNKNOWN}


def _stands(found: Trace, entry: AuditEntry) -> bool:
    """Return whether this is the signature under which the copy is approved now."""
    subject = entry.event.subject
    last = [one for one in found.records if one.event.subject == subject and _signs(one)][-1]
    item = next((item for item in found.items if item.id == subject), None)
    return entry == last and (item is None or item.state is State.APPROVED)


def _role(actor: str, details: Mapping[str, Any]) -> str | None:
    return "policy" if actor.startswith("policy:") else details.get("role")


def _signed(found: Trace, subject: str) -> tuple[Copy, Brief, Brand, Audience]:
    """Return the copy and the facts that a signature was put under, as they are kept."""
    item = next((item for item in found.items if item.id == subject), None)
    if item is not None:
        return item.copy_now, item.brief, item.brand, item.audience
    request, copy = found.generation.request, found.routed.variant.copy_
    return copy, request.brief, request.brand, request.audience
