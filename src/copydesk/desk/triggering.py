"""Events of recipients in, and what they say of a pull.

What is known of those with whom something happened lately is in memory too, so that a pull at send
time reads nothing: a follower reads what other processes stored, several times a second.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import NamedTuple

from copydesk.access import Actor, Role
from copydesk.brand_voice import EVERY_BRAND
from copydesk.desk.identities import OBJECTED, TAKEN_BACK, on_the_record
from copydesk.desk.parts import SYSTEM, Clock
from copydesk.errors import Forbidden, InputError, Problem
from copydesk.publishing import PullQuery
from copydesk.publishing.triggers import NOT_CALLED, Called, Occurrence, Standing, TriggerBook
from copydesk.publishing.triggers.ports import EventId
from copydesk.storage import Store, Transaction

AHEAD = timedelta(minutes=5)
"""How far a sender's clock may run ahead of ours."""
OVERLAP = timedelta(seconds=10)
"""What was stored so long before the last look is read again: clocks differ, and transactions
that began earlier end later."""
TRUSTED_S = 0.9
"""For so long after a look what is in memory is used."""
PAGE = 2_000
RECIPIENTS_MAX = 50_000
"""So many are kept in memory; with more, pulls of campaigns with triggers read the store."""
FORGET_EVERY_S = 3_600.0


class Taken(NamedTuple):
    """What became of events."""

    accepted: int
    new: int
    """Not known before, and lately enough to matter."""
    ignored: int
    """Of a kind that no rule names, or older than what is kept."""


class Triggering:
    """Remembers what recipients did, and says which copy it calls.

    An objection that comes as an event is kept with all others, and holds for every campaign.
    """

    def __init__(
        self,
        store: Store,
        book: TriggerBook,
        clock: Clock,
        key_of: Callable[[str], str],
        keep: timedelta,
        kept_key: Callable[[str], str] = str,
        page: int = PAGE,
    ) -> None:
        """Take the rules; `key_of` makes the key of an id, `kept_key` reads one that was made.

        `page` recipients are read from the store at once.
        """
        self.book = book
        self._kept_key = kept_key
        self._store = store
        self._clock = clock
        self._key_of = key_of
        self._keep = max(keep, book.longest)
        self._memory = _Memory(store, clock, self._keep, page)
        self._forgot_at = monotonic()

    def receive(self, events: Sequence[Occurrence], actor: Actor) -> Taken:
        """Remember what happened; each event counts once, whenever and however often it comes.

        Raises:
            Forbidden: the actor reports nothing, or for single brands only.
            InputError: an event is to happen later than now.
        """
        if actor.brands(Role.PULLER, Role.ADMIN) != EVERY_BRAND:
            raise Forbidden("Events may call copy of any brand: this needs a key for every brand.")
        return self.take(events, actor.name)

    def take(self, events: Sequence[Occurrence], by: str = SYSTEM) -> Taken:
        """Remember what happened, told by a source that is trusted. Raises InputError.

        `by` is who the record names where a recipient objects, or takes it back.
        """
        now = self._clock()
        _must_have_happened(events, now)
        lately = [one for one in events if self._matters(one, now)]
        with self._store.transaction() as tx:
            new, changed = self._heard(tx, lately, by, now)
            self._forget_some(tx, now)
        self._memory.put(changed)
        return Taken(len(events), new, len(events) - len(lately))

    def called(self, query: PullQuery) -> Called:
        """Return what the recipient's doings say of this pull, read from the store."""
        if not self._concerns(query):
            return NOT_CALLED
        with self._store.transaction() as tx:
            standing = tx.standings.find(query.recipient_key or "")
        return self.book.called(query.campaign, standing, self._clock())

    def at_hand(self, query: PullQuery) -> Called | None:
        """Return the same without reading anything, or None when it must be read."""
        if not self._concerns(query):
            return NOT_CALLED
        if not self._memory.is_current:
            return None
        standing = self._memory.find(query.recipient_key or "")
        return self.book.called(query.campaign, standing, self._clock())

    def standing(self, key: str) -> Standing | None:
        """Return what is remembered of a recipient."""
        with self._store.transaction() as tx:
            return tx.standings.find(key)

    def follow(self) -> None:
        """Read what other processes stored. Raises StoreUnavailable."""
        if self.book.triggers:
            self._memory.follow()

    def _concerns(self, query: PullQuery) -> bool:
        return query.recipient_key is not None and query.campaign in self.book.by_campaign

    def _matters(self, event: Occurrence, now: datetime) -> bool:
        return event.heard_as in self.book.kinds and event.at >= now - self._keep

    def _heard(
        self, tx: Transaction, events: Sequence[Occurrence], by: str, now: datetime
    ) -> tuple[int, Collection[Standing]]:
        ids = {EventId(event.source, event.event_id): event for event in reversed(events)}
        new = tx.standings.note(ids.keys(), now + self._keep + AHEAD)
        fresh = [(self._key(event), event) for name, event in ids.items() if name in new]
        held = dict(tx.standings.held([key for key, _ in fresh]))
        before = dict(held)
        for key, event in fresh:
            held[key] = held[key].hear(event)
        changed = [one.since(now - self._keep) for k, one in held.items() if one != before[k]]
        tx.standings.put(changed, now)
        for stands, act in ((True, OBJECTED), (False, TAKEN_BACK)):
            keys = [one.recipient_key for one in changed if _turned(before, one, stands=stands)]
            if keys:
                turned = tx.objections.put(keys, now, stands=stands)
                on_the_record(tx, act, keys, turned, by, now)
        return len(new), changed

    def _key(self, event: Occurrence) -> str:
        if event.recipient_key is None:
            return self._key_of(event.recipient or "")
        return self._kept_key(event.recipient_key)

    def _forget_some(self, tx: Transaction, now: datetime) -> None:
        if monotonic() - self._forgot_at > FORGET_EVERY_S:
            self._forgot_at = monotonic()
            tx.standings.forget(now, now - self._keep)


class _Memory:
    """Recipients with whom something happened lately, as the store had them at the last look."""

    def __init__(self, store: Store, clock: Clock, keep: timedelta, page: int) -> None:
        self._page = page
        self._store = store
        self._clock = clock
        self._keep = keep
        self._lock = threading.Lock()
        self._known: dict[str, Standing] = {}
        self._looked_at = datetime(2000, 1, 1, tzinfo=UTC)
        self._trusted_until = 0.0
        self._is_full = False

    @property
    def is_current(self) -> bool:
        """Whether all that was stored until a moment ago is here."""
        return not self._is_full and monotonic() < self._trusted_until

    def find(self, key: str) -> Standing | None:
        """Return what is known of a recipient, or None."""
        return self._known.get(key)

    def put(self, standings: Iterable[Standing]) -> None:
        """Know these."""
        with self._lock:
            self._known |= {one.recipient_key: one for one in standings}
            self._is_full = len(self._known) > RECIPIENTS_MAX and not self._made_room()

    def follow(self) -> None:
        """Read what was stored since the last look, all of it. Raises StoreUnavailable."""
        began, now = monotonic(), self._clock()
        since, after = self._looked_at - OVERLAP, ""
        while True:
            with self._store.transaction() as tx:
                page = tx.standings.changed_since(since, after, self._page)
            self.put(one.standing for one in page)
            if len(page) < self._page:
                break
            since, after = page[-1].at, page[-1].standing.recipient_key
        self._looked_at, self._trusted_until = now, began + TRUSTED_S

    def _made_room(self) -> bool:
        """Drop those with whom nothing happened lately; return whether there is room now."""
        oldest = self._clock() - self._keep
        old = [key for key, one in self._known.items() if one.latest and one.latest < oldest]
        for key in old:
            del self._known[key]
        return len(self._known) <= RECIPIENTS_MAX


def _turned(before: Mapping[str, Standing], now: Standing, *, stands: bool) -> bool:
    """Return whether the recipient objects now and did not before, or the other way round."""
    return now.objects is stands and before[now.recipient_key].objects is not stands


def _must_have_happened(events: Sequence[Occurrence], now: datetime) -> None:
    problems = [
        Problem(f"events[{at}].at", event.at.isoformat(), f"it is {now.isoformat()}: send it then")
        for at, event in enumerate(events)
        if event.at > now + AHEAD
    ]
    if problems:
        raise InputError(problems)
