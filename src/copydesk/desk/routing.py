"""From what happened to the messages about it: by the operator's rules, each once."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta

from copydesk.access import Role, User, actor_for
from copydesk.notifications import Book, Delivery, DeliveryState, Notice
from copydesk.notifications.book import CONCERNED, MailChannel, TellRule
from copydesk.review_queue.placing import Placer
from copydesk.storage import Transaction

log = logging.getLogger(__name__)

GROUPS = {
    "reviewers": (Role.REVIEWER.value, Role.APPROVER.value),
    "approvers": (Role.APPROVER.value,),
    "admins": (Role.ADMIN.value,),
}
DECIDING = {Role.REVIEWER.value, Role.APPROVER.value}
SpeaksFor = Callable[[Collection[str]], frozenset[str]]


class Router:
    """Writes messages for notices. Ids follow from the notice, so routing again adds nothing."""

    def __init__(self, book: Book, placer: Placer, speaks_for: SpeaksFor) -> None:
        self._book = book
        self._placer = placer
        self._speaks_for = speaks_for

    def route(self, tx: Transaction, notices: Sequence[Notice], now: datetime) -> int:
        """Write the messages about these notices, and return how many people and programs get one.

        What happened so long ago that a message would have been given up is told to nobody.
        """
        too_old = now - timedelta(days=self._book.retries.give_up_days)
        users: Sequence[User] = tx.users.all() if self._writes_mail else ()
        told = 0
        for notice in notices:
            if notice.at < too_old:
                continue
            for channel, person in dict.fromkeys(self._receivers(tx, notice, users)):
                self._address(tx, notice, channel, person, now)
                told += 1
        return told

    @property
    def _writes_mail(self) -> bool:
        return any(isinstance(one, MailChannel) for one in self._book.channels.values())

    def _receivers(
        self, tx: Transaction, notice: Notice, users: Sequence[User]
    ) -> Iterator[tuple[str, str | None]]:
        points = self._points(tx, notice)
        for rule in self._book.rules_for(notice, points):
            if not isinstance(self._book.channels[rule.channel], MailChannel):
                yield rule.channel, None
                continue
            for person in self._people(rule, notice, users):
                if self._book.address_of(person) is None:
                    log.warning("notifications.no_address", extra={"person": person})
                else:
                    yield rule.channel, person

    def _points(self, tx: Transaction, notice: Notice) -> float | None:
        asked = any(rule.priority_at_least is not None for rule in self._book.rules)
        if not asked or notice.item is None:
            return None
        return self._placer.priority(tx.reviews.get(notice.item), notice.at).points

    def _people(self, rule: TellRule, notice: Notice, users: Sequence[User]) -> Iterator[str]:
        active = [user for user in users if not user.disabled]
        for name in rule.to:
            if name == CONCERNED:
                yield from notice.concerns or self._asked(notice.asks, notice, active)
            elif name in GROUPS:
                yield from self._asked(GROUPS[name], notice, active)
            else:
                yield name

    def _asked(self, roles: Collection[str], notice: Notice, users: Sequence[User]) -> list[str]:
        """Return who holds one of the roles for the brand, and could act on it."""
        barred = {notice.actor, *notice.authors} if DECIDING & {*roles} else {notice.actor}
        return [
            user.name
            for user in users
            if user.name not in barred and self._holds(user, notice.brand) & {*roles}
        ]

    def _holds(self, user: User, brand: str) -> set[str]:
        actor = actor_for(user)
        held = {role.value for role in Role if actor.may(role, brand=brand or None)}
        return held | self._speaks_for(user.reviews_as) if held & DECIDING else held

    def _address(
        self, tx: Transaction, notice: Notice, channel: str, person: str | None, now: datetime
    ) -> None:
        last = tx.outbox.newest_to(channel, person) if person is not None else None
        if last is not None and _can_hold_more(last, now):
            if notice.id not in last.notices:
                update = {"notices": (*last.notices, notice.id), "version": last.version + 1}
                tx.outbox.save(last.model_copy(update=update), last.version)
            return
        tx.outbox.put(
            Delivery(
                id=_id(channel, person, notice),
                channel=channel,
                person=person,
                event=notice.event,
                about=notice.item or notice.campaign,
                notices=(notice.id,),
                made_at=now,
                next_at=self._first_try(channel, last, now),
                give_up_at=now + timedelta(days=self._book.retries.give_up_days),
            )
        )

    def _first_try(self, channel: str, last: Delivery | None, now: datetime) -> datetime:
        """Return when it may go: not too soon after the last mail, and in no quiet hour."""
        kind = self._book.channels[channel]
        if not isinstance(kind, MailChannel):
            return now
        first = now
        if last is not None and kind.digest_minutes:
            first = max(
                now, (last.sent_at or last.next_at) + timedelta(minutes=kind.digest_minutes)
            )
        return kind.quiet.after(first) if kind.quiet is not None else first


def _can_hold_more(last: Delivery, now: datetime) -> bool:
    """Return whether a message waits for its first try, and that is still to come."""
    return last.state is DeliveryState.WAITING and last.tries == 0 and last.next_at > now


def _id(channel: str, person: str | None, notice: Notice) -> str:
    named = "\x00".join((channel, person or "", notice.id))
    return "dlv_" + hashlib.sha256(named.encode()).hexdigest()[:24]
