"""What tools delivered, and the secrets by which they are known, in a database."""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, exists, func, select

from copydesk.feedback.inbox import InboxCount, RawDelivery, Unread, WebhookSecret
from copydesk.storage.sql import inbox_tables as tables
from copydesk.storage.sql.statements import insert, insert_new, many, put
from copydesk.storage.stored import up_to, written

received, waits, lost = (
    tables.received.c,
    tables.received_waiting.c,
    tables.received_unread.c,
)
LOOKED_AT = 1_000
"""Deliveries looked at for those that are read together."""
UNKNOWN = 50
"""Events that a delivery is taken to hold when it is read again: a few at a time."""
QUICK = 1
"""Bodies are repetitive JSON: the quickest compression makes a tenth of them."""


class SqlInbox:
    """Deliveries, each kept once. What waits is a table of its own, so that bodies never move."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, delivery: RawDelivery) -> bool:
        """Store a delivery that waits, unless its id is there; return whether it was new."""
        row = {
            "id": delivery.id,
            "tool": delivery.tool,
            "at": delivery.at,
            "body": zlib.compress(delivery.body.encode(), QUICK),
            "brands": json.dumps(delivery.brands) if delivery.brands else None,
        }
        if not insert_new(self._connection, tables.received, row):
            return False
        waiting = {name: row[name] for name in ("id", "tool", "at")}
        waiting["events"] = delivery.events
        return insert_new(self._connection, tables.received_waiting, waiting)

    def waiting(self, events: int) -> Sequence[RawDelivery]:
        """Return deliveries that wait to be read, oldest first, until they hold so many events."""
        first = select(waits.id, waits.events).order_by(waits.at, waits.id).limit(LOOKED_AT)
        rows = self._connection.execute(first.with_for_update(skip_locked=True)).all()
        ids = [row.id for row in up_to(rows, events)]
        query = select(received.id, received.tool, received.at, received.body, received.brands)
        found = [
            _stored(*row) for row in self._connection.execute(query.where(received.id.in_(ids)))
        ]
        return sorted(found, key=lambda one: (one.at, one.id))

    def done(self, ids: Collection[str], unread: Sequence[Unread]) -> None:
        """Keep that these deliveries were read, and what of them could not be."""
        self._connection.execute(delete(tables.received_waiting).where(waits.id.in_(ids)))
        self._connection.execute(delete(tables.received_unread).where(lost.delivery.in_(ids)))
        if unread:
            rows = [
                {
                    "delivery": one.delivery,
                    "place": one.place,
                    "tool": one.tool,
                    "at": one.at,
                    "document": written(one),
                }
                for one in unread
            ]
            statement = insert(self._connection, tables.received_unread)
            self._connection.execute(statement.on_conflict_do_nothing(), rows)

    def unread(self, tool: str | None = None, limit: int = 100) -> Sequence[Unread]:
        """Return what could not be read, newest first."""
        query = select(lost.document).order_by(lost.at.desc(), lost.delivery, lost.place)
        if tool is not None:
            query = query.where(lost.tool == tool)
        return many(self._connection, Unread, query.limit(limit))

    def again(self, tool: str | None = None) -> int:
        """Have all deliveries read again of which something could not be; return how many."""
        query = select(received.id, received.tool, received.at)
        query = query.where(received.id.in_(select(lost.delivery)))
        if tool is not None:
            query = query.where(received.tool == tool)
        rows = [{**row._asdict(), "events": UNKNOWN} for row in self._connection.execute(query)]
        if rows:
            statement = insert(self._connection, tables.received_waiting)
            self._connection.execute(statement.on_conflict_do_nothing(), rows)
        return len(rows)

    def counts(self) -> Mapping[str, InboxCount]:
        """Return by tool what waits and what could not be read."""
        counted: dict[str, list[int]] = {}
        for place, column in enumerate((waits.tool, lost.tool)):
            grouped = select(column, func.count()).group_by(column)
            for tool, number in self._connection.execute(grouped):
                counted.setdefault(tool, [0, 0])[place] = number
        return {tool: InboxCount(*numbers) for tool, numbers in sorted(counted.items())}

    def forget(self, before: datetime) -> int:
        """Drop deliveries of before that were read whole; return how many."""
        still = exists().where(waits.id == received.id)
        unread = exists().where(lost.delivery == received.id)
        old = delete(tables.received).where(received.at < before, ~still, ~unread)
        return self._connection.execute(old).rowcount


def _stored(name: str, tool: str, at: datetime, packed: bytes, named: str | None) -> RawDelivery:
    body, brands = zlib.decompress(packed).decode(), json.loads(named) if named else ()
    return RawDelivery(name, tool, at, body, brands=tuple(brands))


class SqlWebhookSecrets:
    """Secrets of tools, by their ids."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, secret: WebhookSecret) -> None:
        """Store the secret, or replace the one with its id."""
        row = {"id": secret.id, "tool": secret.tool, "made_at": secret.made_at}
        put(self._connection, tables.webhook_secrets, {**row, "document": written(secret)})

    def all(self) -> Sequence[WebhookSecret]:
        """Return every secret, by tool, a tool's oldest first."""
        secrets = tables.webhook_secrets.c
        query = select(secrets.document).order_by(secrets.tool, secrets.made_at, secrets.id)
        return many(self._connection, WebhookSecret, query)
