"""A review item as the queue sees it: what it is sorted, found and counted by, and no more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Any

from copydesk.guardrails import Severity
from copydesk.review_queue import OPEN, ReviewItem, State
from copydesk.review_queue.placing import Placer
from copydesk.review_queue.policy import Policy
from copydesk.review_queue.priority import EPOCH

NO_SEVERITY = "none"
"""Stands where nothing was found."""


@cache
def shipped_placer() -> Placer:
    """Return what places items until a store is told otherwise."""
    return Placer(Policy.load())


@dataclass(frozen=True, slots=True)
class Queued:
    """One row of the queue."""

    id: str
    state: str
    is_open: bool
    place: float
    asked: float
    """Seconds from `EPOCH` to when the copy was asked for."""
    due_at: datetime
    campaign: str
    brand: str
    audience: str
    locale: str
    kind: str
    severity: str
    requester: str
    holder: str | None
    lease_until: datetime | None
    mark: str

    @classmethod
    def of(cls, item: ReviewItem, placer: Placer) -> Queued:
        """Return the row of an item."""
        place = placer.place(item)
        return cls(
            id=item.id,
            state=item.state.value,
            is_open=item.state in OPEN,
            place=place.order,
            asked=(item.created_at - EPOCH).total_seconds(),
            due_at=place.due_at,
            campaign=item.campaign,
            brand=item.brand.name,
            audience=item.audience.id,
            locale=item.brief.locale,
            kind=item.brief.kind.value,
            severity=_worst(item),
            requester=item.requester,
            holder=item.holder,
            lease_until=item.lease_until,
            mark=place.mark,
        )

    def as_row(self) -> dict[str, Any]:
        """Return the columns of the row."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def is_held(self, now: datetime) -> bool:
        """Return whether somebody's lease is running at `now`."""
        return self.holder is not None and self.lease_until is not None and now < self.lease_until

    def state_at(self, now: datetime) -> State:
        """Return the state at `now`: a claim whose lease ran out is waiting again."""
        lapsed = self.state == State.CLAIMED.value and not self.is_held(now)
        return State.WAITING if lapsed else State(self.state)


def tags(item: ReviewItem, placer: Placer) -> frozenset[tuple[str, str]]:
    """Return what an item may have many of, as pairs of facet and value."""
    return frozenset(_tags(item, placer))


def searched(item: ReviewItem) -> str:
    """Return the text in which words are looked for, casefolded."""
    texts = [str(text) for _, text in item.copy_now.slots()]
    return "\n".join([item.id, item.brief.product.name, *texts]).casefold()


def _tags(item: ReviewItem, placer: Placer) -> Iterator[tuple[str, str]]:
    for finding in item.checked.findings:
        yield "rule", finding.rule
        yield "category", finding.category
        yield from (("category", family) for family in _families(finding.category))
    for role in placer.place(item).roles:
        yield "role", role


def _families(category: str) -> Sequence[str]:
    """Return `legal.*` for `legal.free_claim`: a filter by it is as quick as by the category."""
    parts = category.split(".")
    return [".".join(parts[:end]) + ".*" for end in range(1, len(parts))]


def _worst(item: ReviewItem) -> str:
    found = {finding.severity for finding in item.checked.findings}
    return next((one.value for one in Severity if one in found), NO_SEVERITY)
