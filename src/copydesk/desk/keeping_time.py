"""When each recipient answers, and whether they have had enough, for campaigns that ask."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import timedelta
from time import monotonic
from typing import NamedTuple
from zoneinfo import ZoneInfo

from copydesk.access import Actor, Role
from copydesk.briefs import Noun
from copydesk.desk.parts import READERS, Clock, must_stand_at, record
from copydesk.errors import NotFound
from copydesk.feedback import Outcome, OutcomePlace
from copydesk.feedback.habits import NO_HABITS, Habits
from copydesk.feedback.timing import (
    Audience,
    Fatigue,
    Hours,
    answered,
    best_hours,
    fatigue,
    hour_of,
)
from copydesk.publishing import Campaign
from copydesk.publishing.timing import FatigueTold, HoursTold, HourTold, Timed, TimingChoice
from copydesk.storage import Store, Transaction
from copydesk.storage.stored import missing

HISTORY = timedelta(days=400)
EVENTS_MAX = 2_000
"""So many of a recipient's newest events are looked at."""
PAGE = 5_000
KEPT_S = 60.0
"""For so long what was worked out for a recipient is told again."""
KEPT_MAX = 20_000


class Counted(NamedTuple):
    """What was counted of a brand's outcomes."""

    brand: str
    sent: int
    answers: int


class Explained(Noun):
    """What is told of a recipient, in words."""

    hours: str
    fatigue: str


class KeepingTime:
    """Counts when a brand's recipients answer, and tells of each what their history allows."""

    def __init__(self, store: Store, clock: Clock, zone: str) -> None:
        self._store = store
        self._clock = clock
        self._zone = zone
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], tuple[float, Timed]] = {}

    def set_timing(
        self, campaign_id: str, timing: TimingChoice, actor: Actor, version: int | None
    ) -> Campaign:
        """Say what the campaign asks about its recipients: no approval hangs on it.

        Raises:
            NotFound: there is no such campaign, or it is not the actor's to see.
            Forbidden: the actor is no requester for its brand.
            StaleVersion: the campaign changed since the actor read it.
        """
        actor.brands(Role.REQUESTER)
        with self._store.transaction() as tx:
            before = tx.campaigns.get(campaign_id)
            if not actor.may(Role.REQUESTER, *READERS, brand=before.brand.name):
                raise missing("campaign", campaign_id)
            actor.must_be(Role.REQUESTER, brand=before.brand.name)
            must_stand_at(before, version)
            if timing == before.timing:
                return before
            update = {"timing": timing, "version": before.version + 1, "updated_at": self._clock()}
            after = before.model_copy(update=update)
            tx.campaigns.save(after, before.version)
            details = {**timing.model_dump(mode="json"), "version": after.version}
            record(tx, campaign_id, "campaign.timing_set", actor.name, self._clock(), **details)
            return after

    def update(self) -> Sequence[Counted]:
        """Count every brand's outcomes anew; memory does not grow with them."""
        return list(self.steps())

    def steps(self) -> Iterator[Counted]:
        """Count every brand's outcomes anew, a brand with each step."""
        with self._store.transaction() as tx:
            campaigns = [(one.brand.name, one.id) for one in tx.campaigns.all()]
        for brand in sorted({name for name, _ in campaigns}):
            audience = self._counted([one for name, one in campaigns if name == brand])
            with self._store.transaction() as tx:
                tx.habits.put(Habits.of(brand, audience, self._clock()))
            sums = (int(audience.sent.sum()), int(audience.answers.sum()))
            yield Counted(brand, *sums)

    def of(self, campaign: Campaign, recipient_key: str | None) -> Timed:
        """Return what the campaign asks of a recipient, as far as history tells."""
        if recipient_key is None or not campaign.timing.asks:
            return Timed()
        key, now = (campaign.brand.name, recipient_key), monotonic()
        known = self._kept.get(key)
        if known is None or known[0] < now:
            known = (now + KEPT_S, self.told(campaign.brand.name, recipient_key))
            self._keep(key, known)
        return _asked(known[1], campaign.timing)

    def explained(self, brand: str, recipient_key: str) -> Explained:
        """Return in words what a brand's history with a recipient tells, or why nothing."""
        hours, tired, _ = self._worked_out(brand, recipient_key)
        score = "" if tired.score is None else f"{tired.score:.2f}, {tired.level}: "
        return Explained(hours=hours.why, fatigue=f"{score}{tired.why}")

    def told(self, brand: str, recipient_key: str) -> Timed:
        """Return what a brand's history with a recipient tells, worked out now."""
        return _timed(*self._worked_out(brand, recipient_key))

    def _worked_out(self, brand: str, recipient_key: str) -> tuple[Hours, Fatigue, str]:
        now = self._clock()
        with self._store.transaction() as tx:
            habits = tx.habits.find(brand)
            found = tx.outcomes.of_recipient(recipient_key, now - HISTORY, EVENTS_MAX)
            own = [one for one in found if one.campaign in _of_brand(tx, found, brand)]
        audience = habits.audience if habits is not None else NO_HABITS
        return best_hours(own, audience), fatigue(own, audience, now), audience.zone

    def _keep(self, key: tuple[str, str], known: tuple[float, Timed]) -> None:
        with self._lock:
            if len(self._kept) >= KEPT_MAX:
                self._kept.clear()
            self._kept[key] = known

    def _counted(self, campaigns: Sequence[str]) -> Audience:
        audience = Audience.of((), self._zone)
        place = ZoneInfo(self._zone)
        for campaign_id in campaigns:
            for outcome in self._outcomes(campaign_id):
                if answered(outcome):
                    audience.answers[hour_of(outcome.at, place)] += 1
                elif outcome.kind == "sent":
                    audience.sent[hour_of(outcome.at, place)] += 1
        return audience

    def _outcomes(self, campaign_id: str) -> Iterator[Outcome]:
        place: OutcomePlace | None = None
        while True:
            with self._store.transaction() as tx:
                page = tx.outcomes.about(campaign_id, place, PAGE)
            yield from page
            if len(page) < PAGE:
                return
            place = OutcomePlace.of(page[-1])


def _timed(hours: Hours, tired: Fatigue, zone: str) -> Timed:
    """Return what may be told; nothing of what too little is known of."""
    best = None
    if hours.best:
        told = tuple(HourTold(hour=str(one), share=round(one.share, 4)) for one in hours.best)
        best = HoursTold(best=told, zone=zone, why=hours.why)
    if tired.score is None:
        return Timed(best)
    score = round(tired.score, 3)
    return Timed(best, FatigueTold(score=score, level=tired.level, why=tired.why))


def _asked(known: Timed, timing: TimingChoice) -> Timed:
    hours = known.best_hours if timing.best_hours else None
    return Timed(hours, known.fatigue if timing.fatigue is not None else None)


def _of_brand(tx: Transaction, outcomes: Sequence[Outcome], brand: str) -> set[str]:
    """Return the ids of the campaigns that are the brand's: of other brands' mail nothing tells."""
    found = set()
    for campaign_id in {one.campaign for one in outcomes}:
        try:
            campaign = tx.campaigns.get(campaign_id)
        except NotFound:
            continue
        if campaign.brand.name == brand:
            found.add(campaign_id)
    return found
