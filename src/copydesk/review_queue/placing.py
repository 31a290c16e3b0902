"""An item's place in the queue: what it is sorted and found by, worked out when it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from copydesk.review_queue.items import ReviewItem
from copydesk.review_queue.policy import Policy
from copydesk.review_queue.priority import EPOCH, HOUR, Priority, RuleWeight, mark, priority

OLDER = 1e-6
"""Points for each hour that an item is older: too few to count beside any weight."""


class Place(NamedTuple):
    """Where an item stands in the queue."""

    order: float
    """Less is sooner: the points that it would have had at `priority.EPOCH`, negated."""
    due_at: datetime
    roles: frozenset[str]
    """Which reviewers its findings ask for, or it was escalated to, as `legal`."""
    mark: str
    """By what it was worked out."""


class Placer:
    """Places items by the weights of a policy."""

    def __init__(self, policy: Policy, reviewers: Mapping[str, str] | None = None) -> None:
        """Take the policy, and by id of a check's rule the reviewer that the rule names."""
        self._policy = policy
        self._reviewers = dict(reviewers or {})

    def place(self, item: ReviewItem) -> Place:
        """Return the item's place."""
        told = self.priority(item, EPOCH)
        found = (finding.rule for finding in item.checked.findings)
        roles = {self._reviewers[rule] for rule in found if rule in self._reviewers}
        if item.escalated_to is not None:
            roles.add(item.escalated_to)
        # Copy for one send is due at one moment: of equal items the older is first.
        order = -told.points + OLDER * ((item.created_at - EPOCH) / HOUR)
        return Place(order, told.due_at, frozenset(roles), self.mark)

    def priority(self, item: ReviewItem, now: datetime) -> Priority:
        """Return the priority that the item has at `now`, with its parts."""
        weights, rule = self._policy.priority, self._rules.get(item.routed_by, self._other)
        return priority(item, weights, rule, now)

    @cached_property
    def mark(self) -> str:
        """What tells places by other weights from these."""
        return mark(self._policy.priority, {**self._rules, "": self._other}, self._reviewers)

    @cached_property
    def _rules(self) -> dict[str, RuleWeight]:
        usual = self._policy.priority.sla_hours
        return {
            rule.name: RuleWeight(rule.sla_hours or usual, self._longest, rule.points)
            for rule in self._policy.rules
        }

    @cached_property
    def _other(self) -> RuleWeight:
        return RuleWeight(self._policy.priority.sla_hours, self._longest)

    @cached_property
    def _longest(self) -> float:
        usual = self._policy.priority.sla_hours
        return max([usual, *(rule.sla_hours or usual for rule in self._policy.rules)])
