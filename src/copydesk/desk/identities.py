"""Who a pull is for: keys that rotate, and objections that are honoured.

Both are followed in memory, so that a pull reads nothing. What this process changes it knows at
once, what another one changed within a second; where nobody could look for so long, the store is
read, and where it cannot be, `api.last_resort` answers with what is generic for everybody.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from time import monotonic
from typing import NamedTuple

from copydesk.access import Actor, Role
from copydesk.audiences import minimise
from copydesk.brand_voice import EVERY_BRAND
from copydesk.desk.parts import Clock, record, sha256_of
from copydesk.errors import Forbidden
from copydesk.publishing import Choice, PullQuery, Shelf, Source
from copydesk.publishing.keyring import Keyring, kept_key
from copydesk.storage import Store, Transaction
from copydesk.storage.watched import TRUSTED_S

ROTATED = "recipient-keys.rotated"
SUBJECT = "recipient-keys"
OBJECTED, TAKEN_BACK = "recipients.objected", "recipients.took-back"
OBJECTS = "the recipient objected to copy made from what is known about them"
OVERLAP = timedelta(days=30)
PAGE = 5_000


class Identified(NamedTuple):
    """A pull, by the key that is kept here."""

    query: PullQuery
    generic_because: str | None = None
    """Why only generic copy may be given, or None."""


class Identities:
    """The ring of recipient keys, and the recipients that objected."""

    def __init__(self, store: Store, clock: Clock, secret: bytes) -> None:
        self._store = store
        self._clock = clock
        self._ring = Keyring(secret)
        self._objected: set[str] = set()
        self._number = 0
        self._trusted_until = 0.0
        self._lock = threading.Lock()

    @property
    def ring(self) -> Keyring:
        """The generations of keys, as last read."""
        return self._ring

    def of(self, query: PullQuery) -> Identified:
        """Return whom the pull is for, read from the store where memory is too old."""
        found = self.at_hand(query)
        if found is None:
            self.follow()
            found = self._identified(query)
        return found

    def at_hand(self, query: PullQuery) -> Identified | None:
        """Return the same without reading anything, or None when it must be read."""
        if query.recipient_key is None:
            return Identified(query)
        return self._identified(query) if monotonic() < self._trusted_until else None

    def kept_key(self, key: str | None) -> str | None:
        """Return the key under which what a caller reports is kept, whatever its generation."""
        return None if key is None else kept_key(self._ring.secret, key)

    def handing(self) -> Callable[[str], str]:
        """Return what makes, of a recipient's id, the key that callers hold now.

        Reads the store where memory is too old: call it outside of a transaction.
        """
        if monotonic() >= self._trusted_until:
            self.follow()
        return self._ring.key_for

    def follow(self) -> None:
        """Read what is new. Raises StoreUnavailable."""
        began = monotonic()
        with self._lock, self._store.transaction() as tx:
            self._ring = _ring(tx, self._ring.secret)
            self._read_on(tx)
        self._trusted_until = began + TRUSTED_S

    def rotate(self, overlap: timedelta, actor: Actor) -> Keyring:
        """Begin a new generation of keys; those of now are taken for `overlap` longer.

        Raises Forbidden: the actor is no admin.
        """
        actor.must_be(Role.ADMIN)
        now = self._clock()
        with self._store.transaction() as tx:
            ring = _ring(tx, self._ring.secret)
            told = {"generation": ring.newest + 1, "earlier_until": (now + overlap).isoformat()}
            record(tx, SUBJECT, ROTATED, actor.name, now, **told)
        self.follow()
        return self._ring

    def object(self, keys: Collection[str], actor: Actor) -> int:
        """Keep that these recipients object; return how many had not. Raises Forbidden."""
        return self._note(keys, actor, OBJECTED, stands=True)

    def take_back(self, keys: Collection[str], actor: Actor) -> int:
        """Keep that these recipients object no more; return how many did. Raises Forbidden."""
        return self._note(keys, actor, TAKEN_BACK, stands=False)

    def objects(self, key: str, actor: Actor) -> bool:
        """Return whether the recipient objected. Raises Forbidden for who pulls for no brand."""
        actor.brands(Role.PULLER, Role.ADMIN)
        with self._store.transaction() as tx:
            found = tx.objections.find(kept_key(self._ring.secret, key))
        return found is not None and found.stands

    def _note(self, keys: Collection[str], actor: Actor, act: str, *, stands: bool) -> int:
        if actor.brands(Role.PULLER, Role.ADMIN) != EVERY_BRAND:
            raise Forbidden("An objection holds for every brand: this needs a key for every brand.")
        now = self._clock()
        with self._store.transaction() as tx:
            kept = [kept_key(self._ring.secret, key) for key in keys]
            new = tx.objections.put(kept, now, stands=stands)
            on_the_record(tx, act, kept, new, actor.name, now)
        self.follow()
        return new

    def _identified(self, query: PullQuery) -> Identified:
        if query.recipient_key is None:
            return Identified(query)
        person = self._ring.person(query.recipient_key, self._clock())
        because = OBJECTS if person.key in self._objected else person.unknown_because
        return Identified(query._replace(recipient_key=person.key), because)

    def _read_on(self, tx: Transaction) -> None:
        while page := tx.objections.since(self._number, PAGE):
            for one in page:
                (self._objected.add if one.stands else self._objected.discard)(one.recipient_key)
            self._number = page[-1].number


def on_the_record(
    tx: Transaction, act: str, keys: Collection[str], new: int, by: str, now: datetime
) -> None:
    """Record that recipients objected, or took it back: how many and which, but not who."""
    told = {"recipients": new, "sha256": sha256_of({"keys": sorted(keys)})}
    record(tx, "recipients", act, by, now, **told)


def generic(shelf: Shelf, choice: Choice, reason: str, now: datetime) -> Choice:
    """Return the choice if nothing known about anybody went into it, else the fallback."""
    audience = choice.audience
    if audience is not None and audience.recipient is None and not minimise(audience).used:
        return choice
    fallback, brief = shelf.fallback_at(now)
    return Choice(fallback, Source.FALLBACK, None, (*choice.withheld, reason), brief)


def _ring(tx: Transaction, secret: bytes) -> Keyring:
    rotations = [one for one in tx.audit.about(SUBJECT) if one.act == ROTATED]
    ends = {
        int(one.details["generation"]) - 1: datetime.fromisoformat(one.details["earlier_until"])
        for one in rotations
    }
    return Keyring(secret, max(ends, default=-1) + 1, ends)
