"""Trying a policy on copy of the past: what it would have routed otherwise. It changes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from copydesk.briefs import Noun
from copydesk.desk.trusting import Trusting, case_of, generations_since, segment_of
from copydesk.generations import Generation, RoutedVariant
from copydesk.review_queue import Case, Policy, Route
from copydesk.review_queue.trust import Segment
from copydesk.storage import Store

EXAMPLES = 3
BY_TRUST = "trust"
"""Stands for approved where trust took a person's place."""


class Example(Noun):
    """One copy that would go elsewhere."""

    variant_id: str
    campaign: str
    segment: str
    subject: str
    verdict: str
    decided_by: str
    """Name of the rule that routed it then."""
    would_be_decided_by: str


class Change(Noun):
    """Copies that one policy sent one way and the other sends another."""

    before: str
    after: str
    copies: int
    segments: dict[str, int]
    """How many of them each segment has, most first."""
    examples: tuple[Example, ...]


class Rehearsal(Noun):
    """What a policy would do with the copy of the past."""

    since: datetime | None
    copies: int
    unchanged: int
    reviewed_before: int
    """Copies that went to a person."""
    reviewed_after: int
    changes: tuple[Change, ...]
    """Most copies first."""
    other_rule: int
    """Copies that keep their route by another rule."""


class Rehearsing:
    """Runs a policy over the generations that a store keeps.

    Routes are `approved`, `review` and `blocked` as the rules say, and `trust` where trust takes
    the place of a review, by the ledger as it stands now under the tested policy's terms. An audit
    counts as trust: it would have left review but for the draw.
    """

    def __init__(self, store: Store, trusting: Trusting) -> None:
        self._store = store
        self._trusting = trusting

    def run(self, policy: Policy, since: datetime | None = None) -> Rehearsal:
        """Return what `policy` would change about what was generated at `since` or later."""
        tally = _Tally(since)
        trusted: dict[Segment, bool] = {}
        for generation in generations_since(self._store, since):
            segment = segment_of(generation)
            if segment not in trusted:
                with self._store.transaction() as tx:
                    trusted[segment] = self._trusting.is_trusted(tx, policy, segment)
            for routed in generation.variants:
                now = self._route(policy, case_of(generation, routed), trusted=trusted[segment])
                tally.add(generation, routed, *now)
        return tally.told()

    def _route(self, policy: Policy, case: Case, *, trusted: bool) -> tuple[str, str]:
        routing = policy.route(case)
        if trusted and self._trusting.may_trust(policy, case):
            return BY_TRUST, routing.rule
        return routing.route.value, routing.rule


class _Tally:
    def __init__(self, since: datetime | None) -> None:
        self._since = since
        self._copies = self._unchanged = self._other_rule = 0
        self._reviews = {"before": 0, "after": 0}
        self._changes: defaultdict[tuple[str, str], list[Example]] = defaultdict(list)
        self._segments: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(dict)

    def add(self, generation: Generation, routed: RoutedVariant, after: str, rule: str) -> None:
        before = BY_TRUST if routed.trusted else routed.route.value
        self._copies += 1
        self._reviews["before"] += before == Route.REVIEW.value
        self._reviews["after"] += after == Route.REVIEW.value
        if before == after:
            self._unchanged += 1
            self._other_rule += rule != routed.rule
            return
        key, segment = (before, after), str(segment_of(generation))
        self._segments[key][segment] = self._segments[key].get(segment, 0) + 1
        if len(self._changes[key]) < EXAMPLES:
            self._changes[key].append(_example(generation, routed, rule))

    def told(self) -> Rehearsal:
        changes = [self._change(*key) for key in self._segments]
        return Rehearsal(
            since=self._since,
            copies=self._copies,
            unchanged=self._unchanged,
            reviewed_before=self._reviews["before"],
            reviewed_after=self._reviews["after"],
            changes=tuple(sorted(changes, key=lambda one: (-one.copies, one.before, one.after))),
            other_rule=self._other_rule,
        )

    def _change(self, before: str, after: str) -> Change:
        segments = _most_first(self._segments[before, after].items())
        return Change(
            before=before,
            after=after,
            copies=sum(segments.values()),
            segments=segments,
            examples=tuple(self._changes[before, after]),
        )


def _most_first(counted: Iterable[tuple[str, int]]) -> dict[str, int]:
    return dict(sorted(counted, key=lambda one: (-one[1], one[0])))


def _example(generation: Generation, routed: RoutedVariant, rule: str) -> Example:
    return Example(
        variant_id=routed.variant.id,
        campaign=generation.campaign,
        segment=str(segment_of(generation)),
        subject=str(routed.variant.copy_.subject),
        verdict=routed.checked.verdict.value,
        decided_by=routed.rule,
        would_be_decided_by=rule,
    )
