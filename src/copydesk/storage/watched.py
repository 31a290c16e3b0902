"""A store that knows of changes: what is kept in memory is dropped by them.

Those made through it are counted. Those that other processes made are seen by looking at the end of
the record, which `watching.Watch` does several times a second.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from time import monotonic
from typing import NamedTuple, Protocol, runtime_checkable

from copydesk.errors import StoreUnavailable
from copydesk.review_queue import (
    AuditChain,
    AuditEntry,
    AuditEvent,
    AuditQuery,
    AuditRecord,
    Noted,
)
from copydesk.review_queue.placing import Placer
from copydesk.review_queue.ports import EVERYTHING, NOTHING
from copydesk.storage.ports import Store, Transaction

TRUSTED_S = 0.9
"""For so long after a look what was read before is used. So no change, whoever made it, is unseen
for a second; and where nobody could look for so long, the store is lost."""
KEPT_S = 10.0
"""What was read is read again before it is so old, changed or not: a part of it may be in no
record."""
HOT_S = 3.0
"""What was used within so long is read anew ahead of those who ask for it."""
UNWATCHED_S = 1.0
"""Likewise where nobody looks."""


class Seen(NamedTuple):
    """A look at the end of the record."""

    last_number: int
    at: float
    """When it began, by the monotonic clock."""


class Reading(NamedTuple):
    """The moment just before something was read: what changes later makes that stale."""

    changes: int
    last_number: int | None
    at: float


class Renewing(Protocol):
    """What keeps something in memory that it has read."""

    def renew(self, reading: Reading, *, changed: bool) -> None:
        """Read anew what is in use: all of it where something `changed`, else what is old.

        Raises StoreUnavailable.
        """


@runtime_checkable
class Changing(Protocol):
    """Something whose changes are known."""

    @property
    def is_lost(self) -> bool:
        """Whether what is true now cannot be known: the last look is too long ago."""

    def renew_by(self, renewing: Renewing) -> None:
        """Have this renewed from now on, before a change is made known to those who ask."""

    def reading(self) -> Reading:
        """Return this moment, before something is read."""

    def is_current(self, reading: Reading) -> bool:
        """Return whether what was read then can be used now."""

    def is_last_known(self, reading: Reading, within_s: float) -> bool:
        """Return whether it was read no longer ago than that, and no change was seen since."""


class WatchedStore:
    """Another store, and what is known of its changes.

    Every change of what is served, and of who may come in, writes to the record in its own
    transaction. So a committed transaction that wrote to the record is a change, and no other is.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self.changes = 0
        """How many this process has committed."""
        self._seen: Seen | None = None
        self._renewing: list[Renewing] = []

    @property
    def url(self) -> str:
        """Where it is, without a password."""
        return self._store.url

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Open a transaction: committed when the block ends, rolled back when it raises."""
        with self._store.transaction() as tx:
            watched = _WatchedTransaction(tx)
            yield watched
        if watched.audit.has_grown:
            with self._lock:
                self._tell_of_change()

    def look(self) -> None:
        """See what other processes have changed. Raises StoreUnavailable.

        What is in use is read anew before the change is made known: or all who ask at that moment
        would read it, each for itself.
        """
        began, before = monotonic(), self._seen
        with self._store.transaction() as tx:
            last = tx.audit.last_number()
        with self._lock:
            reading = Reading(self.changes, last, began)
            self._renew(reading, changed=before is not None and before.last_number != last)
            self._seen = Seen(last, began)

    def renew_by(self, renewing: Renewing) -> None:
        """Have this renewed from now on, before a change is made known to those who ask."""
        self._renewing.append(renewing)

    def _tell_of_change(self) -> None:
        seen = self._seen
        number = seen.last_number if seen else None
        with suppress(StoreUnavailable):  # then they find it old, and read it themselves
            self._renew(Reading(self.changes + 1, number, monotonic()), changed=True)
        self.changes += 1

    def _renew(self, reading: Reading, *, changed: bool) -> None:
        for one in self._renewing:
            one.renew(reading, changed=changed)

    def look_away(self) -> None:
        """Forget what was seen: nobody looks from now on."""
        self._seen = None

    @property
    def is_lost(self) -> bool:
        """Whether what is true now cannot be known: the last look is too long ago."""
        return self._seen is not None and monotonic() - self._seen.at > TRUSTED_S

    def reading(self) -> Reading:
        """Return this moment, before something is read."""
        seen = self._seen
        return Reading(self.changes, seen.last_number if seen else None, monotonic())

    def is_current(self, reading: Reading) -> bool:
        """Return whether what was read then can be used now."""
        seen, now = self._seen, monotonic()
        if seen is None:
            return reading.changes == self.changes and now - reading.at < UNWATCHED_S
        return now - seen.at <= TRUSTED_S and self.is_last_known(reading, KEPT_S)

    def is_last_known(self, reading: Reading, within_s: float) -> bool:
        """Return whether it was read no longer ago than that, and no change was seen since."""
        seen = self._seen
        stands = (self.changes, seen.last_number if seen else None)
        return (reading.changes, reading.last_number) == stands and (
            monotonic() - reading.at < within_s
        )

    def place_by(self, placer: Placer) -> None:
        """Place items of the queue by these weights from now on."""
        self._store.place_by(placer)

    def ping(self) -> None:
        """Raise when the store cannot be reached or its tables are not at the newest migration."""
        self._store.ping()

    def close(self) -> None:
        """Let go of connections."""
        self._store.close()


class _WatchedRecord:
    """The record, remembering whether it has grown."""

    def __init__(self, record: AuditRecord) -> None:
        self._record = record
        self.has_grown = False

    def append(self, event: AuditEvent) -> None:
        self.has_grown = True
        self._record.append(event)

    def about(self, subject: str) -> Sequence[AuditEvent]:
        return self._record.about(subject)

    def latest(self, limit: int = 100) -> Sequence[AuditEvent]:
        return self._record.latest(limit)

    def entries(self, query: AuditQuery = EVERYTHING) -> Sequence[AuditEntry]:
        return self._record.entries(query)

    def entry(self, number: int) -> AuditEntry:
        return self._record.entry(number)

    def last_number(self) -> int:
        return self._record.last_number()

    def chain(self, noted: Noted = NOTHING) -> AuditChain:
        return self._record.chain(noted)

    def around(self, numbers: Collection[int]) -> AuditChain:
        return self._record.around(numbers)


class _WatchedTransaction:
    """All repositories of another transaction, its record watched."""

    def __init__(self, tx: Transaction) -> None:
        self.generations = tx.generations
        self.reviews = tx.reviews
        self.queue = tx.queue
        self.views = tx.views
        self.audit = _WatchedRecord(tx.audit)
        self.comments = tx.comments
        self.links = tx.links
        self.campaigns = tx.campaigns
        self.brands = tx.brands
        self.library = tx.library
        self.outcomes = tx.outcomes
        self.inbox = tx.inbox
        self.webhook_secrets = tx.webhook_secrets
        self.experiments = tx.experiments
        self.standings = tx.standings
        self.habits = tx.habits
        self.objections = tx.objections
        self.pulls = tx.pulls
        self.pushes = tx.pushes
        self.rankers = tx.rankers
        self.rounds = tx.rounds
        self.trust = tx.trust
        self.users = tx.users
        self.keys = tx.keys
        self.sessions = tx.sessions
        self.tries = tx.tries
        self.model_calls = tx.model_calls
        self.outbox = tx.outbox
        self.figures = tx.figures
