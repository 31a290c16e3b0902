"""Carrying pushes out: each try once, what holds no more taken back, failures told."""

from __future__ import annotations

import hashlib
import logging
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from copydesk.desk.exporting import KeyOf, handing, stock_of, take
from copydesk.desk.parts import Clock, record
from copydesk.desk.pushing import armed, changed
from copydesk.errors import Conflict, StaleVersion, Undelivered
from copydesk.notifications import Event, Notice
from copydesk.notifications.retrying import wait_s
from copydesk.publishing import Campaign, Source
from copydesk.publishing.exporting import Standing, row_of, standing_at
from copydesk.pushing import Done, Parcel, Pushed, PushState, Targets, Task, Tool
from copydesk.pushing.pace import Pace
from copydesk.review_queue import Policy
from copydesk.storage import Store, Transaction

log = logging.getLogger(__name__)

BATCH = 1_000
TOLD = {"target", "audience", "variant", "remote", "approval_hash"}
"""What of a place the record has, when a try has ended."""
LEASE = timedelta(seconds=90)
"""For so long nobody else tries what is being sent: longer than its few calls can take."""
SWEEP_EVERY = timedelta(seconds=2)
SWEPT = 100
"""Campaigns looked at in one sweep; the next one goes on with those after them."""
EARLIER = timedelta(minutes=5)
"""How much older than the place what is sought in a tool may be: clocks differ."""
NAME_MAX = 120
ACTOR = "copydesk"


class Begun(NamedTuple):
    """A try under way."""

    place: Pushed
    parcel: Parcel


class Posting:
    """Makes the tries, and finds what must be taken back.

    `round` and `run` are for the jobs, in any number of processes. A process that dies between
    sending and noting it is followed, after LEASE, by one that finds in the tool what is there.
    """

    def __init__(
        self,
        store: Store,
        policy: Policy,
        targets: Targets,
        tools: Mapping[str, Tool],
        clock: Clock,
        key_of: KeyOf,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._store = store
        self._policy = policy
        self._retries = targets.retries
        self._targets = targets.targets
        self._tools = tools
        self._clock = clock
        self._key_of = key_of
        self._chance = chance
        speeds = {name: one.copies_per_minute for name, one in targets.targets.items()}
        self._pace = Pace(speeds, clock)
        self._sweep_at = clock()
        self._swept = ""

    @property
    def look_s(self) -> float:
        """Seconds between two rounds."""
        return 1.0 if self._tools else 60.0

    def round(self) -> Sequence[str]:
        """Find what must be taken back, and return the names of the tries that are due."""
        now = self._clock()
        if now >= self._sweep_at:
            self._sweep_at = now + SWEEP_EVERY
            self.sweep()
        with self._store.transaction() as tx:
            due = tx.pushes.due(now, BATCH)
        taken: Counter[str] = Counter()
        found = []
        for place in due:
            if taken[place.target] < self._pace.room(place.target):
                taken[place.target] += 1
                found.append(place.try_id)
        return found

    def run(self, try_id: str) -> None:
        """Make one try, unless it was made: what comes of it is kept, not raised."""
        name, _, version = try_id.rpartition(".")
        begun = self._begin(name, int(version))
        if begun is None:
            return
        place, told = begun.place, {"place": name}
        try:
            done = self._send(begun)
        except Undelivered as error:
            if error.wait_s is not None:
                self._pace.rest(place.target, error.wait_s)
            self._end(place, error)
        except Exception:  # a push must end in a state that people can see
            log.exception("pushes.crashed", extra=told)
            words = "An error inside Copydesk stopped this push; the log has the details."
            self._end(place, Undelivered(words))
        else:
            log.info("pushes.done", extra={**told, "said": done.said})
            self._end(place, done)

    def sweep(self) -> None:
        """Have taken back what stands in a tool and holds no more; put again what is bound anew."""
        with self._store.transaction() as tx:
            names = tx.pushes.standing(self._swept, SWEPT)
        self._swept = names[-1] if len(names) == SWEPT else ""
        for name in names:
            # Another process may sweep the same campaign: then it is done.
            with suppress(StaleVersion), self._store.transaction() as tx:
                self._recall(tx, name)

    def _recall(self, tx: Transaction, campaign_id: str) -> None:
        campaign, now = tx.campaigns.get(campaign_id), self._clock()
        holding = self._holding(tx, campaign, now)
        give_up = now + timedelta(days=self._retries.give_up_days)
        void = []
        for place in tx.pushes.places_of(campaign_id):
            if place.is_open or place.task is Task.WITHDRAW or place.state is PushState.VOID:
                continue
            standing = holding.get((place.audience, place.variant))
            if standing is None:
                after = armed(place, place.approval_hash, Task.WITHDRAW, now, give_up)
                void.append(after)
            elif standing.approved.approval_hash != place.approval_hash:
                bound = standing.approved.approval_hash
                after = armed(place, bound, Task.PUT, now, give_up)
            else:
                continue
            tx.pushes.save(after, place.version)
        if void:
            self._tell_recall(tx, campaign, void, now)

    def _holding(
        self, tx: Transaction, campaign: Campaign, now: datetime
    ) -> dict[tuple[str, str], Standing]:
        stock = stock_of(tx, campaign, self._policy, self._key_of)
        return {(one.approved.audience_id, one.approved.id): one for one in standing_at(stock, now)}

    def _tell_recall(
        self, tx: Transaction, campaign: Campaign, void: Sequence[Pushed], now: datetime
    ) -> None:
        where = ", ".join(sorted({place.target for place in void}))
        variants = [place.variant for place in void]
        details = {"variants": variants, "targets": where}
        record(tx, campaign.id, "campaign.push_recalled", ACTOR, now, **details)
        why = f"{len(void)} copies that were pushed hold no more: they are taken back from {where}."
        tx.outbox.add(_notice(campaign, why, now, *(place.try_id for place in void)))

    def _begin(self, name: str, version: int) -> Begun | None:
        now, hand_out = self._clock(), handing(self._key_of)
        with suppress(StaleVersion), self._store.transaction() as tx:
            found = tx.pushes.places([name])
            if not found or found[0].version != version or not _is_due(found[0], now):
                return None
            if not self._pace.take(found[0].target):
                return None
            return self._prepared(tx, found[0], now, hand_out)
        return None

    def _prepared(
        self, tx: Transaction, place: Pushed, now: datetime, hand_out: KeyOf
    ) -> Begun | None:
        """Return the try as the campaign stands now; None where nothing is to be sent."""
        campaign = tx.campaigns.get(place.campaign)
        holding = self._holding(tx, campaign, now)
        standing = holding.get((place.audience, place.variant))
        if place.task is Task.PUT and standing is None:
            never_sent = place.remote is None and place.tries == 0
            aside = {"state": PushState.VOID} if never_sent else {"task": Task.WITHDRAW}
            tx.pushes.save(changed(place, next_at=now, **aside), place.version)
            return None
        task = Task.WITHDRAW if standing is None else Task.PUT
        instead = next((one for one in holding.values() if one.source is Source.FALLBACK), None)
        try:
            parcel = self._parcel(place, campaign, standing or instead, hand_out)
            take(tx, [standing] if standing else [], now)
        except Conflict as error:
            failed = {"state": PushState.FAILED, "trouble": error.message}
            tx.pushes.save(changed(place, **failed), place.version)
            return None
        bound = standing.approved.approval_hash if standing else place.approval_hash
        sending = {"state": PushState.SENDING, "next_at": now + LEASE}
        begun = changed(place, task=task, approval_hash=bound, **sending)
        tx.pushes.save(begun, place.version)
        return Begun(begun, parcel)

    def _parcel(
        self, place: Pushed, campaign: Campaign, standing: Standing | None, hand_out: KeyOf
    ) -> Parcel:
        target = self._targets.get(place.target)
        dialect = target.speaks if target is not None else "neutral"
        audience = campaign.audiences.get(place.audience)
        recipient = audience.recipient if audience is not None else None
        key = hand_out(recipient) if recipient is not None else None
        return Parcel(
            name=_name(place),
            campaign=place.campaign,
            audience=place.audience,
            variant=place.variant,
            row=row_of(standing, dialect, key) if standing is not None else None,
            recipient=recipient,
            remote=place.remote,
            since=place.made_at - EARLIER,
        )

    def _send(self, begun: Begun) -> Done:
        tool = self._tools.get(begun.place.target)
        if tool is None:
            gone = f"There is no target {begun.place.target} any more."
            raise Undelivered(gone, for_good=True)
        if begun.place.task is Task.WITHDRAW:
            return tool.withdraw(begun.parcel)
        if not self._targets[begun.place.target].is_for(begun.place.brand):
            closed = f"{begun.place.target} is for copy of other brands now."
            raise Undelivered(closed, for_good=True)
        return tool.put(begun.parcel)

    def _end(self, place: Pushed, outcome: Done | Undelivered) -> None:
        now = self._clock()
        if isinstance(outcome, Done):
            after = _done(place, outcome, now)
        else:
            after = self._failed(place, outcome, now)
        # Whoever changed it meanwhile has other plans for it.
        with suppress(StaleVersion), self._store.transaction() as tx:
            tx.pushes.save(after, place.version)
            if not after.is_open:
                self._tell_end(tx, after, now)

    def _failed(self, place: Pushed, error: Undelivered, now: datetime) -> Pushed:
        tries = place.tries + 1
        wait = wait_s(self._retries, tries, self._chance(), error.wait_s)
        again = now + timedelta(seconds=wait)
        told = {"tries": tries, "trouble": error.message}
        if error.for_good or again > place.give_up_at:
            log.warning("pushes.failed", extra={"place": place.id})
            return changed(place, state=PushState.FAILED, next_at=now, **told)
        return changed(place, state=PushState.WAITING, next_at=again, **told)

    def _tell_end(self, tx: Transaction, place: Pushed, now: datetime) -> None:
        act = ACTS[place.task, place.state]
        told = place.model_dump(include=TOLD)
        said = place.trouble if place.state is PushState.FAILED else place.said
        record(tx, place.campaign, act, ACTOR, now, **told, said=said)
        if place.task is Task.WITHDRAW and place.state is PushState.FAILED:
            campaign = tx.campaigns.get(place.campaign)
            why = (
                f"{place.variant} holds no more and could not be taken back from {place.target}: "
                f"{place.trouble} Take it out there by hand."
            )
            tx.outbox.add(_notice(campaign, why, now, place.try_id))


ACTS = {
    (Task.PUT, PushState.DONE): "campaign.pushed",
    (Task.PUT, PushState.FAILED): "campaign.push_failed",
    (Task.WITHDRAW, PushState.DONE): "campaign.push_withdrawn",
    (Task.WITHDRAW, PushState.FAILED): "campaign.push_stuck",
}
"""What the record says of how a try ended."""


def _done(place: Pushed, done: Done, now: datetime) -> Pushed:
    ended = {"state": PushState.DONE, "remote": done.remote, "said": done.said, "trouble": None}
    return changed(place, **ended, tries=place.tries + 1, next_at=now, done_at=now)


def _is_due(place: Pushed, now: datetime) -> bool:
    return place.is_open and place.next_at <= now


def _name(place: Pushed) -> str:
    name = f"copydesk/{place.campaign}/{place.audience}/{place.variant}"
    return name if len(name) <= NAME_MAX else f"copydesk/{place.id}"


def _notice(campaign: Campaign, why: str, now: datetime, *about: str) -> Notice:
    digest = hashlib.sha256("\x00".join(("push", campaign.id, why, *about)).encode()).hexdigest()
    return Notice(
        id=f"ntc_{digest[:24]}",
        event=Event.RECALLED,
        at=now,
        actor=ACTOR,
        why=why,
        campaign=campaign.id,
        brand=campaign.brand.name,
        kind=campaign.brief.kind.value,
        version=campaign.version,
        concerns=(campaign.owner,),
    )
