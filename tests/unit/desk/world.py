"""A desk on the in-memory store, with people, a clock that is set, and one campaign in review."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from copydesk.access import Actor, Role
from copydesk.briefs import Brief
from copydesk.desk.access_desk import Access
from copydesk.desk.conversing import Conversing
from copydesk.desk.outside import Outside
from copydesk.desk.reviewing import Reviewing
from copydesk.desk.serving import Serving
from copydesk.guardrails import Finding, Guard, Severity, Submission
from copydesk.guardrails.checker import Checker
from copydesk.publishing import Campaign
from copydesk.review_queue import Policy, ReviewItem
from copydesk.storage.memory import MemoryStore
from tests.factories import BRIEF, NOW, a_brief
from tests.unit.publishing.campaigns import a_campaign
from tests.unit.review_queue.items import a_finding, an_item

SECRET = b"0123456789abcdef"

MARA = Actor("mara", frozenset({Role.REQUESTER}))
"""Asked for the copy and owns the campaign."""
ROSA = Actor("rosa", frozenset({Role.REVIEWER}))
AXEL = Actor("axel", frozenset({Role.APPROVER}))
ADA = Actor("ada", frozenset({Role.ADMIN}))
TOOL = Actor("braze", frozenset({Role.PULLER}))
EVERYTHING = frozenset(Role)


class PercentGuard:
    """Blocks a percentage that the offer does not give, and sends superlatives to a person."""

    name = "percent"

    def check(self, submission: Submission) -> Iterator[Finding]:
        offer = submission.brief.offer if submission.brief else None
        for slot, text in submission.copy.slots():
            for found in re.finditer(r"(\d+)%|\bbest\b", str(text)):
                given = {"slot": slot, "start": found.start(), "end": found.end()}
                if found[1] is None:
                    yield a_finding(rule="best", severity=Severity.REVIEW, **given)
                elif offer is None or float(found[1]) != offer.value:
                    said = f"The copy says {found[0]}, which is not the offer."
                    yield a_finding(**given, match=found[0], message=said)


def offering(percent: int, **offer: Any) -> Brief:
    return a_brief(offer={**BRIEF["offer"], "value": percent, **offer})


@dataclass
class World:
    store: MemoryStore = field(default_factory=MemoryStore)
    now: datetime = NOW
    policy: Policy = field(default_factory=Policy.load)
    guards: Sequence[Guard] = ()
    """Checks beside the one of percentages."""
    reviewers: Mapping[str, str] = field(default_factory=dict)
    """By rule, the reviewer role that it names."""

    def __post_init__(self) -> None:
        checker = Checker([PercentGuard(), *self.guards])
        wired = (self.store, checker, self.policy, lambda: self.now)
        self.reviewing = Reviewing(*wired, reviewers=self.reviewers)
        self.conversing = Conversing(self.reviewing.acting)
        self.outside = Outside(self.reviewing, self.conversing, SECRET)
        self.serving = Serving(*wired, SECRET)
        self.access = Access(self.store, lambda: self.now, session_hours=12)

    def later(self, **delta: int) -> None:
        self.now += timedelta(**delta)

    def with_campaign(self, campaign: Campaign | None = None) -> World:
        with self.store.transaction() as tx:
            tx.campaigns.add(campaign or a_campaign())
        return self

    def with_item(self, **changes: Any) -> World:
        with self.store.transaction() as tx:
            tx.reviews.add(an_item(**changes))
        return self

    def item(self, item_id: str = "rev_1") -> ReviewItem:
        with self.store.transaction() as tx:
            return tx.reviews.get(item_id)

    def acts(self, subject: str) -> list[tuple[str, str]]:
        with self.store.transaction() as tx:
            return [(event.act, event.actor) for event in tx.audit.about(subject)]

    def details(self, subject: str) -> dict[str, Any]:
        with self.store.transaction() as tx:
            return tx.audit.about(subject)[-1].details


def a_world() -> World:
    """Return a desk with the campaign `spring` and one item, `rev_1`, waiting for a person."""
    return World().with_campaign().with_item()
