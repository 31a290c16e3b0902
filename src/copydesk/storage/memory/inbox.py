"""What tools delivered, and the secrets by which they are known, in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from copydesk.feedback.inbox import InboxCount, RawDelivery, Unread, WebhookSecret
from copydesk.storage.memory.rows import Rows, Undo
from copydesk.storage.stored import kept, up_to


class MemoryInbox:
    """Deliveries, each kept once."""

    def __init__(self, journal: list[Undo]) -> None:
        self._rows: Rows[str, RawDelivery] = Rows(journal)
        self._waiting: Rows[str, RawDelivery] = Rows(journal)
        self._unread: Rows[tuple[str, int], Unread] = Rows(journal)

    def add(self, delivery: RawDelivery) -> bool:
        """Store a delivery that waits, unless its id is there; return whether it was new."""
        if self._rows.get(delivery.id) is not None:
            return False
        self._rows.put(delivery.id, delivery)
        self._waiting.put(delivery.id, delivery)
        return True

    def waiting(self, events: int) -> Sequence[RawDelivery]:
        """Return deliveries that wait to be read, oldest first, until they hold so many events."""
        in_order = sorted(self._waiting.values(), key=lambda one: (one.at, one.id))
        return list(up_to(in_order, events))

    def done(self, ids: Collection[str], unread: Sequence[Unread]) -> None:
        """Keep that these deliveries were read, and what of them could not be."""
        for name in ids:
            self._waiting.drop(name)
        for one in self._unread.values():
            if one.delivery in ids:
                self._unread.drop((one.delivery, one.place))
        for one in unread:
            self._unread.put((one.delivery, one.place), kept(one))

    def unread(self, tool: str | None = None, limit: int = 100) -> Sequence[Unread]:
        """Return what could not be read, newest first."""
        own = [one for one in self._unread.values() if tool in {None, one.tool}]
        in_order = sorted(own, key=lambda one: (one.delivery, one.place))
        return sorted(in_order, key=lambda one: one.at, reverse=True)[:limit]

    def again(self, tool: str | None = None) -> int:
        """Have all deliveries read again of which something could not be; return how many."""
        named = {one.delivery for one in self._unread.values()}
        own = [one for one in self._rows.values() if one.id in named and tool in {None, one.tool}]
        for one in own:
            self._waiting.put(one.id, one)
        return len(own)

    def counts(self) -> Mapping[str, InboxCount]:
        """Return by tool what waits and what could not be read."""
        waiting = Counter(one.tool for one in self._waiting.values())
        unread = Counter(one.tool for one in self._unread.values())
        names = sorted(waiting.keys() | unread.keys())
        return {name: InboxCount(waiting[name], unread[name]) for name in names}

    def forget(self, before: datetime) -> int:
        """Drop deliveries of before that were read whole; return how many."""
        unread = {one.delivery for one in self._unread.values()}
        waiting = {one.id for one in self._waiting.values()}
        old = [one for one in self._rows.values() if one.at < before]
        gone = [one for one in old if one.id not in unread | waiting]
        for one in gone:
            self._rows.drop(one.id)
        return len(gone)


class MemoryWebhookSecrets:
    """Secrets of tools, by their ids."""

    def __init__(self, journal: list[Undo]) -> None:
        self._rows: Rows[str, WebhookSecret] = Rows(journal)

    def put(self, secret: WebhookSecret) -> None:
        """Store the secret, or replace the one with its id."""
        self._rows.put(secret.id, kept(secret))

    def all(self) -> Sequence[WebhookSecret]:
        """Return every secret, by tool, a tool's oldest first."""
        return sorted(self._rows.values(), key=lambda one: (one.tool, one.made_at, one.id))
