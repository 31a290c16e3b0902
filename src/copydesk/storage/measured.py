"""What a noun adds to the figures: the same rows on every store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from copydesk.generation.hosted.prices import PER
from copydesk.generations import Generation, GenerationState, RoutedVariant
from copydesk.guardrails import Checked
from copydesk.review_queue import OPEN, ReviewItem, Route
from copydesk.review_queue.placing import Placer
from copydesk.review_queue.trust import Result, first_reading
from copydesk.storage.figures import UNDECIDED, day_of
from copydesk.variants import Usage

REQUEUED_BY = "facts-changed"
"""The rule under which copy comes back whose approval is void; see `desk.facts`."""
NOT_AN_ACT = "recheck"
"""What the desk does by itself when facts change."""


@dataclass(frozen=True, slots=True)
class Row:
    """What is counted, one of it."""

    def as_row(self) -> dict[str, Any]:
        """Return the columns of the row."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class MeasuredItem(Row):
    """A review item."""

    id: str
    brand: str
    kind: str
    asked_day: int
    decided_day: int
    outcome: str
    """The state when it was decided; empty before."""
    as_written: bool
    late: bool
    recalled: bool
    waited_s: float

    @classmethod
    def of(cls, item: ReviewItem, placer: Placer) -> MeasuredItem:
        """Return the row of an item."""
        decided = None if item.state in OPEN else item.updated_at
        return cls(
            id=item.id,
            brand=item.brand.name,
            kind=item.brief.kind.value,
            asked_day=day_of(item.created_at),
            decided_day=UNDECIDED if decided is None else day_of(decided),
            outcome="" if decided is None else item.state.value,
            as_written=decided is not None and first_reading(item)[0] is Result.APPROVED,
            late=decided is not None and decided > placer.place(item).due_at,
            recalled=_is_recalled(item),
            waited_s=0.0 if decided is None else (decided - item.created_at).total_seconds(),
        )


@dataclass(frozen=True, slots=True)
class MeasuredRule(Row):
    """A rule that found something in a copy."""

    id: str
    """Of the variant."""
    rule: str
    brand: str
    kind: str
    day: int
    dismissed: str = ""


@dataclass(frozen=True, slots=True)
class MeasuredAct(Row):
    """What a person did to an item."""

    item_id: str
    number: int
    brand: str
    kind: str
    day: int
    act: str


@dataclass(frozen=True, slots=True)
class MeasuredGeneration(Row):
    """A generation."""

    id: str
    brand: str
    kind: str
    campaign: str
    day: int
    state: str
    approved: int
    trusted: int
    review: int
    blocked: int
    fallbacks: int
    reused: int
    saved: int
    input_tokens: int
    cached_tokens: int

    @classmethod
    def of(cls, generation: Generation) -> MeasuredGeneration:
        """Return the row of a generation."""
        routes = [routed.route for routed in generation.variants]
        used = _used(generation)
        return cls(
            id=generation.id,
            brand=generation.request.brand.name,
            kind=generation.request.brief.kind.value,
            campaign=generation.campaign,
            day=day_of(generation.created_at),
            state=generation.state.value,
            approved=routes.count(Route.APPROVED),
            trusted=sum(routed.trusted for routed in generation.variants),
            review=routes.count(Route.REVIEW),
            blocked=routes.count(Route.BLOCKED),
            fallbacks=_fallbacks(generation),
            reused=sum(one.reused for one in used),
            saved=sum(round((one.cost or 0) * PER) for one in used if one.reused),
            input_tokens=sum(one.input_tokens or 0 for one in used if not one.reused),
            cached_tokens=sum(one.cached_tokens or 0 for one in used if not one.reused),
        )


def rules_of_item(item: ReviewItem) -> Iterator[MeasuredRule]:
    """Yield each rule that found something in the item, with whether that was dismissed."""
    dismissed = {one.finding.rule: one.reason for one in item.dismissed}
    for rule in sorted(_rules(item.checked) | dismissed.keys()):
        yield MeasuredRule(
            id=item.variant.id,
            rule=rule,
            brand=item.brand.name,
            kind=item.brief.kind.value,
            day=day_of(item.updated_at),
            dismissed=dismissed.get(rule, ""),
        )


def rules_of_generation(generation: Generation) -> Iterator[MeasuredRule]:
    """Yield each rule that found something in a variant, wherever the variant went."""
    if generation.state is not GenerationState.DONE:
        return
    ended = generation.finished_at or generation.created_at
    for routed in generation.variants:
        for rule in sorted(_rules(routed.checked)):
            yield MeasuredRule(
                id=routed.variant.id,
                rule=rule,
                brand=generation.request.brand.name,
                kind=generation.request.brief.kind.value,
                day=day_of(ended),
            )


def acts_of(item: ReviewItem) -> Iterator[MeasuredAct]:
    """Yield what people did to the item, in order; what was undone is not among it."""
    for number, one in enumerate(item.decisions):
        if one.act != NOT_AN_ACT:
            yield MeasuredAct(
                item_id=item.id,
                number=number,
                brand=item.brand.name,
                kind=item.brief.kind.value,
                day=day_of(one.at),
                act=one.act,
            )


def _is_recalled(item: ReviewItem) -> bool:
    """Return whether it was approved before: what comes straight from a generation has its id."""
    first = item.id.removeprefix("rev_") == item.variant.id.removeprefix("var_")
    return item.routed_by == REQUEUED_BY and not first


def _rules(checked: Checked) -> set[str]:
    return {finding.rule for finding in checked.findings}


def _used(generation: Generation) -> list[Usage]:
    """Return what each call took: variants of one answer tell the same, and share a prompt."""
    made = [routed.variant.provenance for routed in generation.variants]
    return list({one.prompt_sha256: one.usage for one in made}.values())


def _fallbacks(generation: Generation) -> int:
    """Return how many tries failed before an answer; one chain of tries is counted once."""
    chains = {_tries(routed) for routed in generation.variants}
    return sum(one.outcome == "failed" for chain in chains for one in chain)


def _tries(routed: RoutedVariant) -> tuple[Any, ...]:
    return routed.variant.provenance.attempts
