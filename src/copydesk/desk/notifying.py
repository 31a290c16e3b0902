"""Telling people: what happened is routed, sent, tried again, and given up in the open."""

from __future__ import annotations

import logging
import random
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from copydesk.access import Actor, Role
from copydesk.desk import noticing
from copydesk.desk.parts import Clock, record
from copydesk.desk.routing import Router
from copydesk.errors import (
    Conflict,
    InputError,
    NotFound,
    Problem,
    StaleVersion,
    Undelivered,
)
from copydesk.notifications import (
    Book,
    Carrier,
    Delivery,
    DeliveryState,
    Event,
    Lateness,
    Notice,
    Parcel,
)
from copydesk.notifications.book import MailChannel
from copydesk.notifications.retrying import wait_s
from copydesk.review_queue.placing import Placer
from copydesk.storage import Store

log = logging.getLogger(__name__)

BATCH = 100
LATE_EVERY = timedelta(seconds=30)
FORGET_EVERY = timedelta(hours=1)
LOOK_BACK = timedelta(days=7)
"""Items that were late for longer when nobody looked are told of no more."""
NOTICES_KEPT = timedelta(days=60)
"""How much longer than messages: what is tried again by hand still finds what it is about."""
OVER = (DeliveryState.SENT, DeliveryState.FAILED)


class Standing(NamedTuple):
    """How messages get through."""

    channels: int
    counts: Mapping[DeliveryState, int]

    @property
    def told(self) -> str:
        """The same in words."""
        if not self.channels:
            return "off: no channel is set up"
        failed = self.counts[DeliveryState.FAILED]
        waiting = self.counts[DeliveryState.WAITING] + self.counts[DeliveryState.SENDING]
        if failed:
            return f"{failed} given up: see `copydesk notifications list --failed`"
        return f"ok, {waiting} under way" if waiting else "ok"


class Notifying:
    """Sees to it that what happened is told.

    `carriers` take messages to their channels. `round` and `run` are for the jobs, in any number of
    processes: a try has a name, and whoever runs it a second time finds it done. A process that
    dies between sending and noting it sends again, under the same id.
    """

    def __init__(
        self,
        store: Store,
        book: Book,
        carriers: Mapping[str, Carrier],
        router: Router,
        placer: Placer,
        clock: Clock,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.book = book
        self._store = store
        self._carriers = carriers
        self._router = router
        self._placer = placer
        self._clock = clock
        self._chance = chance
        self._late_at = self._forget_at = clock()

    @property
    def look_s(self) -> float:
        """Seconds between two rounds."""
        return 1.0 if self.book.rules else 60.0

    def round(self) -> Sequence[str]:
        """Find what is late, write the messages, and return the names of the tries that are due."""
        now = self._clock()
        if now >= self._late_at:
            self._late_at = now + LATE_EVERY
            self._find_late(now)
        while self._route_some():
            pass
        if now >= self._forget_at:
            self._forget_at = now + FORGET_EVERY
            self._forget(now)
        with self._store.transaction() as tx:
            return [delivery.try_id for delivery in tx.outbox.due(self._clock(), BATCH)]

    def run(self, try_id: str) -> None:
        """Make one try, unless it was made: what comes of it is kept, not raised."""
        delivery_id, _, number = try_id.rpartition(".")
        begun = self._begin(delivery_id, int(number))
        if begun is None:
            return
        try:
            said = self._carry(begun)
        except Undelivered as error:
            self._end(begun.delivery, error)
        except Exception:  # a message must end in a state that people can see
            log.exception("notifications.crashed", extra={"delivery": delivery_id})
            words = "An error inside Copydesk stopped this message; the log has the details."
            self._end(begun.delivery, Undelivered(words))
        else:
            log.info("notifications.sent", extra={"delivery": delivery_id, "said": said})
            self._end(begun.delivery, None)

    def deliveries(
        self, actor: Actor, state: DeliveryState | None = None, limit: int = 50
    ) -> Sequence[Delivery]:
        """Return the newest messages, newest first."""
        actor.must_be(Role.ADMIN)
        with self._store.transaction() as tx:
            return tx.outbox.deliveries(state, limit)

    def retry(self, delivery_id: str, actor: Actor) -> Delivery:
        """Try a message again, at once, that was given up or waits for its next try.

        Raises:
            NotFound
            Conflict: it was sent, or is being sent.
        """
        actor.must_be(Role.ADMIN)
        now = self._clock()
        with self._store.transaction() as tx:
            delivery = tx.outbox.delivery(delivery_id)
            if delivery.state in {DeliveryState.SENT, DeliveryState.SENDING}:
                raise Conflict(f"{delivery_id} is {delivery.state.value}: there is nothing to try.")
            give_up = now + timedelta(days=self.book.retries.give_up_days)
            changed = _changed(
                delivery, state=DeliveryState.WAITING, next_at=now, give_up_at=give_up
            )
            tx.outbox.save(changed, delivery.version)
            record(tx, delivery_id, "notification.retried", actor.name, now)
            return changed

    def test(self, channel: str, actor: Actor, to: str | None = None) -> str:
        """Send a message for real, now and once, and return what the receiver said.

        Raises:
            NotFound: there is no such channel.
            InputError: the channel is mail, and nobody is named.
            Undelivered: it did not get through, and why.
        """
        actor.must_be(Role.ADMIN)
        if channel not in self._carriers:
            known = ", ".join(self._carriers) or "none is set up"
            raise NotFound(f"There is no channel {channel}: there are {known}.")
        address = None
        if isinstance(self.book.channels[channel], MailChannel):
            address = self.book.address_of(to) if to else None
            if address is None:
                remedy = "name an e-mail address, or a user whose address is in `people`"
                raise InputError([Problem("to", to or "", remedy)])
        return self._carriers[channel].carry(self._trial(channel, actor, address))

    def standing(self) -> Standing:
        """Return how messages get through."""
        with self._store.transaction() as tx:
            return Standing(len(self.book.channels), tx.outbox.count())

    def without_address(self, actor: Actor) -> Sequence[str]:
        """Return the users who cannot be written to, where there is a mail channel at all."""
        actor.must_be(Role.ADMIN)
        if not any(isinstance(one, MailChannel) for one in self.book.channels.values()):
            return []
        with self._store.transaction() as tx:
            people = [one for one in tx.users.all() if not one.disabled and one.password_hash]
        return [one.name for one in people if self.book.address_of(one.name) is None]

    def _trial(self, channel: str, actor: Actor, address: str | None) -> Parcel:
        now, name = self._clock(), secrets.token_hex(12)
        why = f"{actor.name} tries the channel {channel}."
        about = {"event": Event.TEST, "at": now, "actor": actor.name, "why": why}
        notice = Notice(id=f"ntc_{name}", **about)
        trial = Delivery(
            id=f"dlv_{name}",
            channel=channel,
            event=Event.TEST,
            about="",
            notices=(notice.id,),
            made_at=now,
            next_at=now,
            give_up_at=now,
        )
        return Parcel(trial, [notice], address)

    def _find_late(self, now: datetime) -> None:
        if not any(Event.LATE in rule.events for rule in self.book.rules):
            return
        for hours in self.book.late_hours:
            due_before = now - timedelta(hours=hours)
            asked = Lateness(hours, due_before - LOOK_BACK, due_before, BATCH)
            with self._store.transaction() as tx:
                for item_id in tx.outbox.late(asked):
                    item = tx.reviews.get(item_id)
                    due = self._placer.priority(item, now).due_at
                    tx.outbox.add(noticing.late(item, hours, due, now))

    def _route_some(self) -> bool:
        """Write the messages for some notices; return whether there may be more."""
        with self._store.transaction() as tx:
            if not tx.outbox.has_unrouted():
                return False
        with self._store.transaction() as tx:
            notices = tx.outbox.unrouted(BATCH)
            self._router.route(tx, notices, self._clock())
            tx.outbox.set_routed([notice.id for notice in notices])
        return len(notices) == BATCH

    def _forget(self, now: datetime) -> None:
        before = now - timedelta(days=self.book.keep_days)
        with self._store.transaction() as tx:
            tx.outbox.forget(before, before - NOTICES_KEPT)

    def _begin(self, delivery_id: str, number: int) -> Parcel | None:
        with self._store.transaction() as tx:
            try:
                delivery = tx.outbox.delivery(delivery_id)
            except NotFound:
                return None
            if delivery.state in OVER or delivery.tries != number:
                return None
            begun = _changed(delivery, state=DeliveryState.SENDING)
            tx.outbox.save(begun, delivery.version)
            notices = tx.outbox.notices(delivery.notices)
        address = self.book.address_of(delivery.person) if delivery.person else None
        return Parcel(begun, notices, address)

    def _carry(self, parcel: Parcel) -> str:
        carrier = self._carriers.get(parcel.delivery.channel)
        if carrier is None:
            gone = f"There is no channel {parcel.delivery.channel} any more."
            raise Undelivered(gone, for_good=True)
        if not parcel.notices:
            raise Undelivered("What it was about is forgotten.", for_good=True)
        return carrier.carry(parcel)

    def _end(self, delivery: Delivery, error: Undelivered | None) -> None:
        now = self._clock()
        after = self._after(delivery, error, now)
        # Whoever made the same try beside us has kept what came of it.
        with suppress(StaleVersion), self._store.transaction() as tx:
            tx.outbox.save(after, delivery.version)

    def _after(self, delivery: Delivery, error: Undelivered | None, now: datetime) -> Delivery:
        tries = delivery.tries + 1
        if error is None:
            done = {"sent_at": now, "next_at": now, "trouble": None}
            return _changed(delivery, tries=tries, state=DeliveryState.SENT, **done)
        wait = wait_s(self.book.retries, tries, self._chance(), error.wait_s)
        again = now + timedelta(seconds=wait)
        if error.for_good or again > delivery.give_up_at:
            log.warning("notifications.failed", extra={"delivery": delivery.id})
            failed = {"state": DeliveryState.FAILED, "next_at": now}
            return _changed(delivery, tries=tries, trouble=error.message, **failed)
        waits = {"state": DeliveryState.WAITING, "next_at": again}
        return _changed(delivery, tries=tries, trouble=error.message, **waits)


def _changed(delivery: Delivery, **update: object) -> Delivery:
    return delivery.model_copy(update={**update, "version": delivery.version + 1})
