"""The record of who did what, for those who may read it: it tells of every brand."""

from __future__ import annotations

from collections.abc import Sequence

from copydesk.access import Actor
from copydesk.desk.parts import READERS
from copydesk.review_queue import AuditChain, AuditEntry, AuditQuery, Noted
from copydesk.review_queue.ports import EVERYTHING, NOTHING
from copydesk.storage import Store


class Recording:
    """Reads the record and walks its chain. Raises Forbidden for who is no reader of all brands."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def entries(self, actor: Actor, query: AuditQuery = EVERYTHING) -> Sequence[AuditEntry]:
        """Return the newest entries that the query means, newest first."""
        actor.must_be(*READERS)
        with self._store.transaction() as tx:
            return tx.audit.entries(query)

    def entry(self, number: int, actor: Actor) -> AuditEntry:
        """Return the entry with this number. Raises NotFound."""
        actor.must_be(*READERS)
        with self._store.transaction() as tx:
            return tx.audit.entry(number)

    def verify(self, actor: Actor, noted: Noted = NOTHING) -> AuditChain:
        """Walk the whole record; what is wrong with it is in the answer, not raised."""
        actor.must_be(*READERS)
        with self._store.transaction() as tx:
            return tx.audit.chain(noted)
