"""Gathering the evidence of one variant, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from copydesk import __version__
from copydesk.access import Actor
from copydesk.brand_voice import EVERY_BRAND
from copydesk.desk.evidence.binding import bound, brief_of, library_seals, signatures
from copydesk.desk.evidence.diffing import edited
from copydesk.desk.evidence.pack import (
    ChainFound,
    Edited,
    EvidencePack,
    Review,
    RuleText,
    Seal,
    Standard,
)
from copydesk.desk.evidence.rendering_again import prompt_again
from copydesk.desk.evidence.tracing import Trace, trace
from copydesk.desk.parts import READERS, Clock, sha256_of
from copydesk.desk.pull_counts import PullCounts
from copydesk.desk.standards import POLICY_IN_FORCE, RULES_IN_FORCE, Standards
from copydesk.errors import NotFound
from copydesk.publishing import holds
from copydesk.review_queue import AuditEntry, ReviewItem, Route
from copydesk.review_queue.talk import Comment
from copydesk.storage import Store, Transaction
from copydesk.variants import Copy

SHOWN = frozenset(
    {"id", "state", "routed_by", "routed_because", "editors", "decisions", "checked", "copy_now"}
    | {"dismissed", "signatures"}
)
OWN = frozenset(
    {"generation_id", "campaign", "requester", "variant", "brief", "brand", "audience", "score"}
    | {"version", "holder", "lease_until", "approval_hash", "created_at", "updated_at"}
    | {"undoable", "blind_over"}
)
"""What of a review item is in the pack elsewhere, or concerns the queue and not the copy."""


NAMING = {"recipient", "fields"}
"""What of an audience may say who somebody is."""
CASES = {"must_flag", "must_pass"}
"""What tests a rule is no part of what it says."""


class Explaining:
    """Gathers the evidence of variants."""

    def __init__(
        self, store: Store, standards: Standards, counts: PullCounts, clock: Clock
    ) -> None:
        self._store = store
        self._standards = standards
        self._counts = counts
        self._clock = clock

    def evidence(self, name: str, actor: Actor, *, whole: bool = False) -> EvidencePack:
        """Return all that is known of a variant, by its id or that of a review of it.

        Of the record the stretches are walked that hold what concerns the variant, and its end. All
        of it, when `whole`, takes about three seconds for a hundred thousand events.

        Raises:
            Forbidden: the actor may not read the record.
            NotFound: no copy by this id, of a brand that is the actor's to read, was reviewed,
                approved or blocked.
        """
        brands = actor.brands(*READERS)
        self._counts.write()
        with self._store.transaction() as tx:
            found = trace(tx, name, brands)
            chain = _chain(tx, found, whole=whole)
            if brands != EVERY_BRAND:
                # Where the record is broken it may tell of anybody's copy.
                chain = chain.model_copy(update={"found": None})
            return self._pack(tx, found, chain)

    def _pack(self, tx: Transaction, found: Trace, chain: ChainFound) -> EvidencePack:
        generation, variant = found.generation, found.routed.variant
        brief, brand, audience = brief_of(found)
        return EvidencePack(
            variant_id=variant.id,
            campaign=generation.campaign,
            generation_id=generation.id,
            requester=generation.requester,
            requested_at=generation.created_at,
            made_at=self._clock(),
            copydesk_version=__version__,
            standing=self._standing(found),
            written=variant.copy_,
            copy_=_copy_now(found),
            provenance=variant.provenance,
            prompt=prompt_again(generation.request, variant.provenance),
            brief=bound(found, "brief", brief.model_dump(mode="json")),
            brand=bound(found, "brand", brand.model_dump(mode="json")),
            audience=bound(found, "", audience.model_dump(mode="json", exclude=NAMING)),
            policy=tuple(self._policies(found)),
            rules=tuple(self._books(found)),
            checked=found.routed.checked,
            rule_texts=tuple(self._rule_texts(found)),
            reviews=tuple(_review(item, found.comments[item.id]) for item in found.items),
            edits=tuple(_edits(found)),
            signatures=tuple(signatures(found, self._standards.hashes.policy)),
            approved=found.approved,
            outcomes=tx.outcomes.count(generation.campaign).get(variant.id, {}),
            pulls=tx.pulls.count(generation.campaign).get(variant.id, 0),
            records=found.records,
            seals=tuple(_seals(found)),
            chain=chain,
        )

    def _standing(self, found: Trace) -> str:
        if found.routed.route is Route.BLOCKED:
            return f"Blocked when it was written, so it was never served: {found.routed.because}"
        if not found.approved:
            return "Not approved, so it was never served."
        withdrawn = [one.withdrawn_because for one in found.approved if one.withdrawn_because]
        if withdrawn:
            return f"Not served any more: {withdrawn[0]}."
        policy = self._standards.hashes.policy
        if all(holds(one, found.campaign, policy) for one in found.approved):
            return "Approved, and served."
        return "Approved, and not served any more: what its signature bound has changed since."

    def _policies(self, found: Trace) -> Iterator[Standard]:
        now = self._standards.hashes.policy
        known = _on_record(found, POLICY_IN_FORCE)
        for sha256 in dict.fromkeys([*_named(found, "policy"), *known] or [now]):
            yield _standard(sha256, known.get(sha256), in_force=sha256 == now)

    def _books(self, found: Trace) -> Iterator[Standard]:
        now = self._standards.hashes.rules
        known = _on_record(found, RULES_IN_FORCE)
        for sha256 in dict.fromkeys([*_named(found, "rules"), *known]):
            yield _standard(sha256, known.get(sha256), in_force=sha256 == now)

    def _rule_texts(self, found: Trace) -> Iterator[RuleText]:
        checks = [found.routed.checked, *(item.checked for item in found.items)]
        for rule_id in dict.fromkeys(f.rule for checked in checks for f in checked.findings):
            yield self._rule_text(rule_id)

    def _rule_text(self, rule_id: str) -> RuleText:
        book = self._standards.book
        try:
            rule = book.explain(rule_id) if book is not None else None
        except NotFound:  # a guard of its own, or a rule that a newer pack dropped
            rule = None
        if book is None or rule is None:
            return RuleText(id=rule_id)
        pack = next((one.pack for one in book.packs if rule in one.rules), None)
        content = rule.model_dump(mode="json", exclude_defaults=True, exclude=CASES)
        return RuleText(id=rule_id, pack=pack, content=content)


def _chain(tx: Transaction, found: Trace, *, whole: bool) -> ChainFound:
    walked = tx.audit.chain() if whole else tx.audit.around([one.number for one in found.records])
    seen = walked.events if walked.walked is None else walked.walked
    return ChainFound(**walked._replace(walked=seen)._asdict())


def _standard(sha256: str, entry: AuditEntry | None, *, in_force: bool) -> Standard:
    if entry is None:
        return Standard(sha256=sha256, in_force=in_force)
    event = entry.event
    return Standard(sha256=sha256, since=event.at, content=event.details, in_force=in_force)


def _on_record(found: Trace, act: str) -> dict[str, AuditEntry]:
    """Return the first entry of each standard, by its hash."""
    entries = [entry for entry in found.records if entry.event.act == act]
    return {entry.event.subject.partition(":")[2]: entry for entry in reversed(entries)}


def _named(found: Trace, kind: str) -> Iterator[str]:
    for entry in found.records:
        if isinstance(sha256 := entry.event.details.get(kind), str):
            yield sha256


def _copy_now(found: Trace) -> Copy:
    """Return the copy that was approved last, else as reviewers left it, else as it was written."""
    if found.approved:
        return max(found.approved, key=lambda one: one.approved_at).copy_
    return found.items[-1].copy_now if found.items else found.routed.variant.copy_


def _review(item: ReviewItem, comments: tuple[Comment, ...]) -> Review:
    more = item.model_dump(mode="json", exclude=set(SHOWN | OWN), exclude_defaults=True)
    return Review(
        id=item.id,
        state=item.state.value,
        routed_by=item.routed_by,
        routed_because=item.routed_because,
        editors=item.editors,
        decisions=item.decisions,
        dismissed=item.dismissed,
        comments=comments,
        checked=item.checked,
        copy_=item.copy_now,
        more=more,
    )


def _edits(found: Trace) -> Iterator[Edited]:
    for entry in found.records:
        event = entry.event
        if "before" in event.details and "after" in event.details:
            slots = edited(event.details["before"], event.details["after"])
            own: dict[str, Any] = {"by": event.actor, "at": event.at}
            note = event.details.get("note")
            yield Edited(record=entry.number, note=note, slots=slots, **own)


def _seals(found: Trace) -> Iterator[Seal]:
    """Yield what is kept outside of the record and has its hash in it."""
    for entry in found.records:
        sealed = entry.event.details.get("variants")
        if isinstance(sealed, dict) and found.variant_id in sealed:
            same = sealed[found.variant_id] == sha256_of(found.routed)
            yield Seal(what="The variant as written and checked", record=entry.number, holds=same)
    yield from library_seals(found)
    for edit in _last_edits(found):
        item = next(item for item in found.items if item.id == edit.event.subject)
        same = edit.event.details["after"] == item.copy_now.model_dump(mode="json")
        yield Seal(what=f"The copy of {item.id} as last edited", record=edit.number, holds=same)


def _last_edits(found: Trace) -> list[AuditEntry]:
    edits = {
        entry.event.subject: entry for entry in found.records if "after" in entry.event.details
    }
    reviewed = {item.id for item in found.items}
    return [entry for subject, entry in edits.items() if subject in reviewed]
