"""A running campaign with approved variants, and people who experiment with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from copydesk.access import Actor, Role
from copydesk.desk.experimenting import Experimenting
from copydesk.desk.serving import Serving
from copydesk.experiments.experiment import Design, Experiment
from copydesk.feedback import Outcome
from copydesk.guardrails.checker import Checker
from copydesk.publishing import (
    ApprovedCopy,
    Campaign,
    PullQuery,
    approval_hash,
    fallback_hash,
)
from copydesk.ranking import TransparentRanker
from copydesk.review_queue import Policy
from copydesk.storage import Store
from copydesk.storage.memory import MemoryStore
from copydesk.storage.watched import WatchedStore
from tests.factories import NOW, a_copy, an_audience
from tests.unit.publishing.campaigns import a_campaign, with_fallback

MARA = Actor("mara", frozenset({Role.REQUESTER}))
AXEL = Actor("axel", frozenset({Role.APPROVER}))
ROOT = Actor("root", frozenset({Role.ADMIN}))
TOOL = Actor("braze", frozenset({Role.PULLER}))
ARMS = ("var_1", "var_2", "var_3")
KEYS = [f"recipient-{number}" for number in range(400)]
SEGMENT = "lapsed-runners"


@dataclass
class Trial:
    """The desk of one process, on a store that others may use, too."""

    store: Store = field(default_factory=MemoryStore)
    now: datetime = NOW
    numbers: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        policy, watched = Policy.load(), WatchedStore(self.store)
        self.policy = policy.sha256
        self.desk = Experimenting(watched, policy, TransparentRanker(), self.clock)
        self.serving = Serving(watched, Checker([]), policy, self.clock, b"secret")

    def clock(self) -> datetime:
        return self.now

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)

    def furnished(self, arms: Iterable[str] = ARMS) -> Trial:
        """Store the campaign `spring` with approved variants and a fallback."""
        campaign = a_campaign()
        with self.store.transaction() as tx:
            tx.campaigns.add(self.with_fallback(campaign))
            for arm in arms:
                copy = a_copy(subject=f"{arm}: 20% off trail shoes")
                facts = (campaign.brief, campaign.brand, an_audience(), self.policy)
                tx.library.add(
                    ApprovedCopy(
                        id=arm,
                        campaign=campaign.id,
                        audience_id=SEGMENT,
                        copy_=copy,
                        approval_hash=approval_hash(copy, *facts),
                        approved_by="axel",
                        approved_at=NOW - timedelta(days=1),
                    )
                )
        return self

    def with_fallback(self, campaign: Campaign) -> Campaign:
        fallback = with_fallback(campaign).fallback
        assert fallback is not None
        signed = fallback_hash(fallback.copy_, campaign, self.policy, leans_on_offer=False)
        update = {"fallback": fallback.model_copy(update={"approval_hash": signed})}
        return campaign.model_copy(update=update)

    def plan(self, **given: Any) -> Experiment:
        design = {"id": "subjects", "campaign": "spring", "recipients": 10_000, "control": "var_1"}
        return self.desk.plan(Design.model_validate({**design, **given}), MARA)

    def running(self, **given: Any) -> Experiment:
        self.plan(**given)
        return self.desk.start("subjects", MARA)

    def pulled(self, key: str | None) -> str:
        return self.serving.pull(PullQuery("spring", key), TOOL).variant_id

    def everybody(self, keys: Iterable[str] = KEYS) -> dict[str, str]:
        """Return what each recipient whose wave has begun pulls."""
        experiment = self.desk.get("subjects", MARA)
        latest = experiment.latest
        assert latest is not None
        begun = [key for key in keys if experiment.wave_of(key) < len(latest.waves)]
        return {key: self.pulled(key) for key in begun}

    def report(self, kind: str, got: dict[str, str], **given: Any) -> None:
        """Report an event of each of these recipients, about the variant that they got."""
        events = [
            Outcome.model_validate(
                {
                    "event_id": f"e{next(self.numbers)}",
                    "kind": kind,
                    "at": self.now,
                    "campaign": "spring",
                    "recipient_key": key,
                    "variant_id": variant,
                    **given,
                }
            )
            for key, variant in got.items()
        ]
        self.serving.record(events, TOOL)
