"""What is told and to whom, in a database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, delete, exists, func, select, update

from copydesk.notifications import Delivery, DeliveryState, Lateness, Notice
from copydesk.storage.sql import schema
from copydesk.storage.sql.locks import ROUTING, write_alone
from copydesk.storage.sql.statements import Row, insert_new, many, one, replace_at
from copydesk.storage.stored import missing, written

told, sent, queue = schema.notices.c, schema.deliveries.c, schema.queue.c
OVER = (DeliveryState.SENT.value, DeliveryState.FAILED.value)


class SqlOutbox:
    """Notices and the messages about them, by their ids."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, notice: Notice) -> bool:
        """Store a notice unless its id is there; return whether it was new."""
        row = {
            "id": notice.id,
            "at": notice.at,
            "routed": False,
            "item": notice.item,
            "event": notice.event.value,
            "late_hours": notice.late_hours,
            "document": written(notice),
        }
        return insert_new(self._connection, schema.notices, row)

    def notices(self, ids: Collection[str]) -> Sequence[Notice]:
        """Return the notices with these ids, oldest first."""
        query = select(told.document).where(told.id.in_(ids)).order_by(told.at, told.id)
        return many(self._connection, Notice, query)

    def has_unrouted(self) -> bool:
        """Return whether a notice waits to be routed."""
        query = select(told.id).where(told.routed.is_(False)).limit(1)
        return self._connection.scalar(query) is not None

    def unrouted(self, limit: int) -> Sequence[Notice]:
        """Return notices that wait to be routed, oldest first; nobody else routes meanwhile."""
        write_alone(self._connection, ROUTING)
        query = select(told.document).where(told.routed.is_(False)).order_by(told.at, told.id)
        return many(self._connection, Notice, query.limit(limit))

    def set_routed(self, ids: Collection[str]) -> None:
        """Keep that these notices were routed."""
        done = update(schema.notices).where(told.id.in_(ids)).values(routed=True)
        self._connection.execute(done)

    def late(self, lateness: Lateness) -> Sequence[str]:
        """Return the ids of open items that are late, and have no notice of this level yet."""
        same = and_(told.item == queue.id, told.late_hours == lateness.hours)
        query = (
            select(queue.id)
            .where(queue.is_open, queue.due_at > lateness.due_after)
            .where(queue.due_at <= lateness.due_before, ~exists().where(same))
            .order_by(queue.due_at, queue.id)
        )
        return self._connection.scalars(query.limit(lateness.limit)).all()

    def put(self, delivery: Delivery) -> bool:
        """Store a new message unless its id is there; return whether it was new."""
        return insert_new(self._connection, schema.deliveries, _row(delivery))

    def save(self, delivery: Delivery, expected_version: int) -> None:
        """Replace the message if it is stored at `expected_version`, else raise StaleVersion."""
        row = _row(delivery)
        if not replace_at(self._connection, schema.deliveries, row, expected_version, "delivery"):
            raise missing("delivery", delivery.id)

    def delivery(self, delivery_id: str) -> Delivery:
        """Return the message. Raises NotFound."""
        query = select(sent.document).where(sent.id == delivery_id)
        found = one(self._connection, Delivery, query)
        if found is None:
            raise missing("delivery", delivery_id)
        return found

    def newest_to(self, channel: str, person: str) -> Delivery | None:
        """Return the newest message to a person by a channel, or None."""
        query = select(sent.document).where(sent.channel == channel, sent.person == person)
        newest = query.order_by(sent.next_at.desc(), sent.id.desc()).limit(1)
        return one(self._connection, Delivery, newest)

    def due(self, now: datetime, limit: int) -> Sequence[Delivery]:
        """Return the messages that are to be tried now, the longest due first."""
        query = select(sent.document).where(sent.state.not_in(OVER), sent.next_at <= now)
        return many(self._connection, Delivery, query.order_by(sent.next_at, sent.id).limit(limit))

    def deliveries(self, state: DeliveryState | None = None, limit: int = 50) -> Sequence[Delivery]:
        """Return the newest messages, newest first."""
        query = select(sent.document).order_by(sent.made_at.desc(), sent.id.desc())
        if state is not None:
            query = query.where(sent.state == state.value)
        return many(self._connection, Delivery, query.limit(limit))

    def count(self) -> Mapping[DeliveryState, int]:
        """Return how many messages are in each state, zeros included."""
        counted = select(sent.state, func.count()).group_by(sent.state)
        found = {row[0]: row[1] for row in self._connection.execute(counted)}
        return {state: found.get(state.value, 0) for state in DeliveryState}

    def forget(self, messages_before: datetime, notices_before: datetime) -> int:
        """Delete what was sent or given up, and what was told; return how many messages."""
        old = delete(schema.deliveries).where(sent.state.in_(OVER), sent.next_at < messages_before)
        forgotten = self._connection.execute(old).rowcount
        past = and_(told.routed.is_(True), told.at < notices_before)
        self._connection.execute(delete(schema.notices).where(past))
        return forgotten


def _row(delivery: Delivery) -> Row:
    return {
        "id": delivery.id,
        "version": delivery.version,
        "state": delivery.state.value,
        "channel": delivery.channel,
        "person": delivery.person,
        "made_at": delivery.made_at,
        "next_at": delivery.next_at,
        "document": written(delivery),
    }
