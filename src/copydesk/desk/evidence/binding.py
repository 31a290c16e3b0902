"""What signatures bound, computed again from what is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from copydesk.desk.evidence.pack import Bound, Signature
from copydesk.desk.evidence.tracing import Trace
from copydesk.desk.facts import Facts
from copydesk.desk.parts import sha256_of
from copydesk.publishing import approval_hash
from copydesk.review_queue import AuditEntry
from copydesk.variants import Copy

HASHES = {"review.approved": "approval_hash", "copy.approved": "hash"}
"""Acts that sign copy, with the name under which the record keeps what was signed."""
HOLDS = "Computed again from the copy, facts and policy of then, it is the same."
DIFFERS = "Computed again it differs: the copy or the facts below are not those that were signed."
UNKNOWN = (
    "It cannot be computed again: the record of then does not name the policy in force, and under "
    "the one of now it differs."
)


def bound(content: dict[str, Any]) -> Bound:
    """Return the content with its hash."""
    return Bound(sha256=sha256_of(content), content=content)


def brief_of(found: Trace) -> Facts:
    """Return what the variant rests on: as its last review saw it, else as it was asked for."""
    if found.items:
        last = found.items[-1]
        return last.brief, last.brand, last.audience
    request = found.generation.request
    return request.brief, request.brand, request.audience


def signatures(found: Trace, policy: str) -> Iterator[Signature]:
    """Yield every signature, oldest first; `policy` is the hash of the one in force now."""
    for entry in found.records:
        if entry.event.act in HASHES:
            yield _signature(found, entry, policy)


def _signature(found: Trace, entry: AuditEntry, policy: str) -> Signature:
    event, details = entry.event, entry.event.details
    signed = str(details.get(HASHES[event.act], ""))
    holds = _again(found, entry, details.get("policy") or policy) == signed
    known = holds or "policy" in details
    return Signature(
        record=entry.number,
        by=event.actor,
        role=_role(event.actor, details),
        at=event.at,
        note=details.get("note"),
        approval_hash=signed,
        holds=holds if known else None,
        says=HOLDS if holds else DIFFERS if known else UNKNOWN,
    )


def _role(actor: str, details: Mapping[str, Any]) -> str | None:
    return "policy" if actor.startswith("policy:") else details.get("role")


def _again(found: Trace, entry: AuditEntry, policy: str) -> str:
    copy, facts = _signed(found, entry)
    return approval_hash(copy, *facts, policy)


def _signed(found: Trace, entry: AuditEntry) -> tuple[Copy, Facts]:
    """Return the copy and the facts that the signature was put under, as they are kept."""
    item = next((item for item in found.items if item.id == entry.event.subject), None)
    if item is not None:
        return item.copy_now, (item.brief, item.brand, item.audience)
    request = found.generation.request
    return found.routed.variant.copy_, (request.brief, request.brand, request.audience)
