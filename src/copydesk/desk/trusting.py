"""Trust at work: what leaves review by it, what decisions do to it, and how each segment stands."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from copydesk.access import Actor
from copydesk.desk.parts import READERS, Clock, record
from copydesk.errors import CopydeskError, NotFound
from copydesk.generations import Generation, RoutedVariant
from copydesk.review_queue import (
    Case,
    Phase,
    Policy,
    ReviewItem,
    Route,
    Standing,
    Terms,
    TrustEntry,
    bars_trust,
)
from copydesk.review_queue.trust import (
    Result,
    Segment,
    drawn,
    phase,
    standing,
    too_many,
    with_reports,
)
from copydesk.storage import Store, Transaction

PAGE = 100


class Considered(NamedTuple):
    """Where a variant goes when trust has been asked."""

    routed: RoutedVariant
    audit: bool = False


class Trusting:
    """Asks trust about copy on its way to review, and tells how it stands.

    `secret` draws the audits; `demanding` are the ids of the checks' rules that name who has to
    decide: what they find is never left to trust.
    """

    def __init__(
        self,
        store: Store,
        policy: Policy,
        clock: Clock,
        secret: bytes,
        demanding: Collection[str] = (),
    ) -> None:
        self._store = store
        self._policy = policy
        self._clock = clock
        self._secret = secret
        self._demanding = demanding

    def consider(
        self,
        tx: Transaction,
        generation: Generation,
        variants: Sequence[RoutedVariant],
        *,
        stale: bool = False,
    ) -> Sequence[Considered]:
        """Return the variants on their routes, with trust applied where the policy lets it.

        `stale` says that the campaign changed since they were checked: then a person reads them.
        Too many complaints send the segment back here and now, on the record.
        """
        terms = self._policy.trust
        may = [not stale and self._may_trust(generation, one) for one in variants]
        if terms is None or not any(may):
            return [Considered(one) for one in variants]
        now = self._standing(tx, segment_of(generation), self._policy, terms)
        if now.complaint_evidence >= 1 / terms.alpha:
            self._send_back(tx, now, terms)
        if now.phase is not Phase.TRUSTED:
            return [Considered(one) for one in variants]
        return [
            self._trusted(one, now, terms) if trusts else Considered(one)
            for one, trusts in zip(variants, may, strict=True)
        ]

    def keep(
        self,
        tx: Transaction,
        generation: Generation,
        routed: RoutedVariant,
        item: ReviewItem | None,
    ) -> None:
        """Enter into the ledger what goes to review as `item`, or what trust let past it."""
        if generation.request.audience.recipient is None:
            entry = entry_of(generation, routed, item, self._bars(generation, routed))
            tx.trust.put(entry)

    def standings(self, actor: Actor, brand: str | None = None) -> Sequence[Standing]:
        """Return how each segment of the actor's brands stands; of one brand if it is named.

        Under a policy that trusts nobody there are none.
        """
        brands = actor.brands(*READERS).only(brand)
        terms = self._policy.trust
        if terms is None:
            return []
        with self._store.transaction() as tx:
            return [
                self._standing(tx, segment, self._policy, terms)
                for segment in tx.trust.segments(brands)
            ]

    def explain(self, segment: str, actor: Actor) -> tuple[Standing, Terms, Sequence[TrustEntry]]:
        """Return how a segment stands, on what terms, and the entries that say so.

        `segment` is written as `BRAND/KIND/AUDIENCE`.

        Raises:
            NotFound: there is none, or its brand is not the actor's to read.
        """
        brands = actor.brands(*READERS)
        terms = self._policy.trust
        if terms is None:
            raise NotFound("The policy in force trusts nobody: no rule says `trust: true`.")
        with self._store.transaction() as tx:
            known = {str(one): one for one in tx.trust.segments(brands)}
            if segment not in known:
                raise NotFound(
                    f"There is no segment {segment}: `copydesk trust list` shows them, as "
                    "BRAND/KIND/AUDIENCE."
                )
            found = known[segment]
            return self._standing(tx, found, self._policy, terms), terms, tx.trust.entries(found)

    def may_trust(self, policy: Policy, case: Case) -> bool:
        """Return whether a policy lets trust take the place of this case's review."""
        individual = case.audience.recipient is not None
        return not individual and policy.may_trust(case, self._demanding)

    def is_trusted(self, tx: Transaction, policy: Policy, segment: Segment) -> bool:
        """Return whether a segment has earned trust under a policy's terms."""
        terms = policy.trust
        if terms is None:
            return False
        return self._standing(tx, segment, policy, terms).phase is Phase.TRUSTED

    def rebuild(self) -> int:
        """Write the ledger anew from generations and their reviews; return how many entries.

        It changes nothing where the ledger is whole: for copy of before there was a ledger, and
        to prove that it holds no more than what was decided.
        """
        number = 0
        for generation in generations_since(self._store, None):
            with self._store.transaction() as tx:
                for routed in generation.variants:
                    item = tx.reviews.get(routed.review_id) if routed.review_id else None
                    if item is not None or routed.trusted:
                        self.keep(tx, generation, routed, item)
                        number += 1
        return number

    def _may_trust(self, generation: Generation, routed: RoutedVariant) -> bool:
        return (
            routed.route is Route.REVIEW
            and routed.rule in self._policy.trusting
            and generation.request.audience.recipient is None
            and self._bars(generation, routed) is None
        )

    def _trusted(self, routed: RoutedVariant, now: Standing, terms: Terms) -> Considered:
        if drawn(self._secret, _review_id(routed), terms.audit):
            because = f"{routed.because} {_audited(now, terms)}"
            return Considered(routed.model_copy(update={"because": because}), audit=True)
        because = f"{routed.because} {_applied(now, terms)}"
        update = {"route": Route.APPROVED, "because": because, "trusted": True}
        return Considered(routed.model_copy(update=update))

    def _bars(self, generation: Generation, routed: RoutedVariant) -> str | None:
        return bars_trust(case_of(generation, routed), self._demanding)

    def _standing(
        self, tx: Transaction, segment: Segment, policy: Policy, terms: Terms
    ) -> Standing:
        now = standing(segment, tx.trust.entries(segment), terms, policy.trusting)
        reports = tx.trust.reports(segment, now.since)
        return with_reports(now, reports, terms, tx.trust.released(segment, now.since))

    def _send_back(self, tx: Transaction, now: Standing, terms: Terms) -> None:
        at = self._clock()
        because = too_many(now.delivered, now.complaints, terms)
        tx.trust.put(
            TrustEntry(
                id=f"back_{now.segment}_{at.isoformat()}",
                brand=now.brand,
                kind=now.kind,
                audience=now.audience,
                campaign="",
                generation_id="",
                variant_id="",
                rule="",
                barred=because,
                result=Result.RETURNED,
                created_at=at,
                decided_at=at,
            )
        )
        record(tx, now.segment, "trust.returned", "policy:trust", at, because=because)


def settle(tx: Transaction, item: ReviewItem, policy: Policy) -> None:
    """Enter what was decided on an item, and put on record what that did to its segment's trust."""
    entry = tx.trust.entry(item.id)
    if entry is None or entry.after(item) == entry:
        return
    decided = entry.after(item)
    tx.trust.put(decided)
    if policy.trust is not None and entry.rule in policy.trusting:
        after = tx.trust.entries(entry.segment)
        before = [entry if one.id == entry.id else one for one in after]
        _record_change(tx, item, policy, policy.trust, before, after)


def _record_change(
    tx: Transaction,
    item: ReviewItem,
    policy: Policy,
    terms: Terms,
    before: Sequence[TrustEntry],
    after: Sequence[TrustEntry],
) -> None:
    segment, rules = after[0].segment, policy.trusting
    was, is_now = phase(before, terms, rules), phase(after, terms, rules)
    if was is is_now or (was is Phase.RESTING and is_now is Phase.TRUSTED):
        return
    now = standing(segment, after, terms, rules)
    details: dict[str, object] = {"by": item.id, "bound": round(now.bound, 4)}
    if is_now is Phase.REVIEW:
        details["because"] = now.returned_because
    act = "trust.returned" if is_now is Phase.REVIEW else "trust.earned"
    record(tx, str(segment), act, "policy:trust", item.updated_at, **details)


def generations_since(store: Store, since: datetime | None) -> Iterator[Generation]:
    """Yield the generations accepted at `since` or later, oldest first, a page a transaction."""
    after = None
    while True:
        with store.transaction() as tx:
            page = tx.generations.page(since, after, PAGE)
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].id


def case_of(generation: Generation, routed: RoutedVariant) -> Case:
    """Return what a policy looked at, or would look at."""
    asked = generation.request
    return Case(asked.brief, asked.audience, asked.brand, routed.checked)


def segment_of(generation: Generation) -> Segment:
    """Return whose copy it is."""
    asked = generation.request
    return Segment(asked.brand.name, asked.brief.kind.value, asked.audience.id)


def entry_of(
    generation: Generation, routed: RoutedVariant, item: ReviewItem | None, barred: str | None
) -> TrustEntry:
    """Return the ledger's entry of a copy, as the decisions on its review item have it.

    Raises:
        CopydeskError: there is neither an item nor trust that took its place.
    """
    if item is None and not routed.trusted:
        raise CopydeskError(f"{routed.variant.id} was neither reviewed nor trusted.")
    released = generation.finished_at or generation.created_at
    entry = TrustEntry(
        id=item.id if item else routed.variant.id,
        **segment_of(generation)._asdict(),
        campaign=generation.campaign,
        generation_id=generation.id,
        variant_id=routed.variant.id,
        rule=routed.rule,
        barred=barred,
        audit=item is not None and item.audit,
        result=Result.WAITING if item else Result.RELEASED,
        created_at=item.created_at if item else released,
    )
    return entry.after(item) if item else entry


def _review_id(routed: RoutedVariant) -> str:
    return routed.variant.id.replace("var_", "rev_")


def _applied(now: Standing, terms: Terms) -> str:
    return f"Trust applied to {_earned(now, terms)}"


def _audited(now: Standing, terms: Terms) -> str:
    return f"An audit, one of {terms.audit:.0%} that a person reads of {_earned(now, terms)}"


def _earned(now: Standing, terms: Terms) -> str:
    return (
        f"{now.segment}: first-pass approval is above {now.bound:.3f}, the policy asks for more "
        f"than {terms.bar:g} ({now.requests} requests; the bound holds whenever one looks, but "
        f"for a chance of {terms.alpha:g})."
    )
