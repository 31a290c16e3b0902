"""A store that counts the changes made through it: what is kept in memory is dropped by it."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol, runtime_checkable

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


@runtime_checkable
class Changing(Protocol):
    """Something whose changes are counted."""

    @property
    def changes(self) -> int:
        """How many changes this process has made."""


class WatchedStore:
    """Another store, with a count of the changes that this process has committed through it.

    Every change of what is served, and of who may come in, writes to the record in its own
    transaction. So a committed transaction that wrote to the record is a change, and no other is.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self.changes = 0

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
                self.changes += 1

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
        self.pulls = tx.pulls
        self.trust = tx.trust
        self.users = tx.users
        self.keys = tx.keys
        self.sessions = tx.sessions
        self.tries = tx.tries
        self.model_calls = tx.model_calls
        self.outbox = tx.outbox
        self.figures = tx.figures
