"""The audit record in a database: appended last in its transaction, one writer at a time."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from copydesk.review_queue import AuditChain, AuditEvent
from copydesk.storage.chain import FIRST, Link, linked, walked
from copydesk.storage.sql import schema
from copydesk.storage.sql.locks import CHAIN, write_alone
from copydesk.storage.stored import read, written

PAGE = 1_000
"""Events held in memory at once while the chain is walked."""


class SqlAudit:
    """Append-only, in the order in which transactions end.

    Events wait until the transaction is about to end: the end of the chain has to be held from
    reading it to committing, and whoever held it while waiting for another row could deadlock.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: list[AuditEvent] = []

    def append(self, event: AuditEvent) -> None:
        """Add one event."""
        self._waiting.append(event)

    def about(self, subject: str) -> Sequence[AuditEvent]:
        """Return the events about `subject`, in the order they were added."""
        self.flush()
        audit = schema.audit.c
        query = select(audit.document).where(audit.subject == subject).order_by(audit.number)
        return [read(AuditEvent, document) for document in self._connection.scalars(query).all()]

    def latest(self, limit: int = 100) -> Sequence[AuditEvent]:
        """Return the newest events, newest first."""
        self.flush()
        query = select(schema.audit.c.document).order_by(schema.audit.c.number.desc())
        documents = self._connection.scalars(query.limit(limit)).all()
        return [read(AuditEvent, document) for document in documents]

    def chain(self) -> AuditChain:
        """Walk the whole record and return whether each event is what was recorded."""
        self.flush()
        audit = schema.audit.c
        query = select(audit.document, audit.sha256).order_by(audit.number)
        rows = self._connection.execution_options(yield_per=PAGE).execute(query)
        return walked(Link(document, sha256) for document, sha256 in rows)

    def flush(self) -> None:
        """Write the events that wait, behind the last one of any other process."""
        if not self._waiting:
            return
        write_alone(self._connection, CHAIN)
        newest = select(func.max(schema.audit.c.number)).scalar_subquery()
        query = select(schema.audit.c.sha256).where(schema.audit.c.number == newest)
        last = self._connection.scalar(query) or FIRST
        rows = []
        for event in self._waiting:
            new = linked(last, written(event))
            rows.append(_row(event, new))
            last = new.sha256
        self._connection.execute(schema.audit.insert(), rows)
        self._waiting.clear()


def _row(event: AuditEvent, link: Link) -> dict[str, object]:
    return {
        "subject": event.subject,
        "act": event.act,
        "actor": event.actor,
        "at": event.at,
        "document": link.document,
        "sha256": link.sha256,
    }
