"""The audit record in a database: appended last in its transaction, one writer at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection, Row, Select, func, select

from copydesk.review_queue import AuditChain, AuditEntry, AuditEvent, AuditQuery, Noted
from copydesk.review_queue.ports import EVERYTHING, NOTHING
from copydesk.storage.chain import START, Filed, Link, linked, walked, walked_around
from copydesk.storage.sql import schema
from copydesk.storage.sql.locks import CHAIN, write_alone
from copydesk.storage.stored import missing, read

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

    def entries(self, query: AuditQuery = EVERYTHING) -> Sequence[AuditEntry]:
        """Return the newest entries that the query means, newest first."""
        self.flush()
        number = schema.audit.c.number
        found = _narrowed(_links(), query).order_by(number.desc()).limit(query.limit)
        return [_link(row).entry for row in self._connection.execute(found).all()]

    def entry(self, number: int) -> AuditEntry:
        """Return the entry with this number. Raises NotFound."""
        self.flush()
        query = _links().where(schema.audit.c.number == number)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise missing("audit record", f"number {number}")
        return _link(row).entry

    def last_number(self) -> int:
        """Return the number of the newest entry, or 0."""
        self.flush()
        return self._connection.scalar(select(func.max(schema.audit.c.number))) or 0

    def chain(self, noted: Noted = NOTHING) -> AuditChain:
        """Walk the whole record and return whether each event is what was recorded."""
        self.flush()
        query = _links().order_by(schema.audit.c.number)
        rows = self._connection.execution_options(yield_per=PAGE).execute(query)
        return walked(map(_link, rows), noted)

    def around(self, numbers: Collection[int]) -> AuditChain:
        """Walk the stretches of the record that hold these entries, and the one at its end."""
        self.flush()
        held = self._connection.scalar(select(func.count()).select_from(schema.audit)) or 0
        return walked_around(numbers, self._end(), held, self._between)

    def _between(self, first: int, last: int) -> Iterator[Link]:
        number = schema.audit.c.number
        query = _links().where(number.between(first, last)).order_by(number)
        return map(_link, self._connection.execute(query).all())

    def _end(self) -> Link:
        newest = select(func.max(schema.audit.c.number)).scalar_subquery()
        query = _links().where(schema.audit.c.number == newest)
        found = self._connection.execute(query).one_or_none()
        return START if found is None else _link(found)

    def flush(self) -> None:
        """Write the events that wait, behind the last one of any other process."""
        if not self._waiting:
            return
        write_alone(self._connection, CHAIN)
        last = self._end()
        rows = []
        for event in self._waiting:
            last = linked(last, event)
            rows.append(_row(last, Filed.of(event)))
        self._connection.execute(schema.audit.insert(), rows)
        self._waiting.clear()


Links = Select[tuple[int, str, str, str, str, str, str, datetime]]


def _links() -> Links:
    audit = schema.audit.c
    own = (audit.number, audit.previous, audit.document, audit.sha256)
    return select(*own, audit.subject, audit.act, audit.actor, audit.at)


def _link(row: Row[tuple[int, str, str, str, str, str, str, datetime]]) -> Link:
    filed = Filed(row.subject, row.act, row.actor, row.at)
    return Link(row.number, row.previous, row.document, row.sha256, filed)


def _narrowed(links: Links, query: AuditQuery) -> Links:
    audit = schema.audit.c
    if query.subjects:
        links = links.where(audit.subject.in_(query.subjects))
    if query.act is not None:
        links = links.where(audit.act == query.act)
    if query.actor is not None:
        links = links.where(audit.actor == query.actor)
    return links if query.before is None else links.where(audit.number < query.before)


def _row(link: Link, filed: Filed) -> dict[str, object]:
    # The number is ours to give, never the database's: its own would leave gaps where a
    # transaction was taken back.
    return {
        "number": link.number,
        "previous": link.previous,
        "document": link.document,
        "sha256": link.sha256,
        **filed._asdict(),
    }
