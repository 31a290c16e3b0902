"""What is told and to whom, in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from copydesk.notifications import Delivery, DeliveryState, Lateness, Notice
from copydesk.storage.memory.queue import MemoryQueue
from copydesk.storage.memory.rows import Rows, Undo
from copydesk.storage.stored import kept, missing, stale

OVER = (DeliveryState.SENT, DeliveryState.FAILED)


class MemoryOutbox:
    """Notices and the messages about them, by their ids."""

    def __init__(self, journal: list[Undo], queue: MemoryQueue) -> None:
        self._notices: Rows[str, Notice] = Rows(journal)
        self._waiting: Rows[str, bool] = Rows(journal)
        self._deliveries: Rows[str, Delivery] = Rows(journal)
        self._queue = queue

    def add(self, notice: Notice) -> bool:
        """Store a notice unless its id is there; return whether it was new."""
        if self._notices.get(notice.id) is not None:
            return False
        self._notices.put(notice.id, kept(notice))
        self._waiting.put(notice.id, value=True)
        return True

    def notices(self, ids: Collection[str]) -> Sequence[Notice]:
        """Return the notices with these ids, oldest first."""
        found = [notice for name in ids if (notice := self._notices.get(name)) is not None]
        return sorted(found, key=lambda one: (one.at, one.id))

    def has_unrouted(self) -> bool:
        """Return whether a notice waits to be routed."""
        return bool(self._waiting.values())

    def unrouted(self, limit: int) -> Sequence[Notice]:
        """Return notices that wait to be routed, oldest first; nobody else routes meanwhile."""
        return self.notices([name for name, _ in self._waiting.items()])[:limit]

    def set_routed(self, ids: Collection[str]) -> None:
        """Keep that these notices were routed."""
        for name in ids:
            self._waiting.drop(name)

    def late(self, lateness: Lateness) -> Sequence[str]:
        """Return the ids of open items that are late, and have no notice of this level yet."""
        told = {one.item for one in self._notices.values() if one.late_hours == lateness.hours}
        late = self._queue.due_between(lateness.due_after, lateness.due_before)
        return [item_id for item_id in late if item_id not in told][: lateness.limit]

    def put(self, delivery: Delivery) -> bool:
        """Store a new message unless its id is there; return whether it was new."""
        if self._deliveries.get(delivery.id) is not None:
            return False
        self._deliveries.put(delivery.id, kept(delivery))
        return True

    def save(self, delivery: Delivery, expected_version: int) -> None:
        """Replace the message if it is stored at `expected_version`, else raise StaleVersion."""
        stands = self.delivery(delivery.id).version
        if stands != expected_version:
            raise stale("delivery", delivery.id, expected_version, stands)
        self._deliveries.put(delivery.id, kept(delivery))

    def delivery(self, delivery_id: str) -> Delivery:
        """Return the message. Raises NotFound."""
        found = self._deliveries.get(delivery_id)
        if found is None:
            raise missing("delivery", delivery_id)
        return found

    def newest_to(self, channel: str, person: str) -> Delivery | None:
        """Return the newest message to a person by a channel, or None."""
        all_of_them = self._deliveries.values()
        own = [one for one in all_of_them if (one.channel, one.person) == (channel, person)]
        return max(own, key=lambda one: (one.next_at, one.id), default=None)

    def due(self, now: datetime, limit: int) -> Sequence[Delivery]:
        """Return the messages that are to be tried now, the longest due first."""
        waiting = [one for one in self._deliveries.values() if one.state not in OVER]
        due = [one for one in waiting if one.next_at <= now]
        return sorted(due, key=lambda one: (one.next_at, one.id))[:limit]

    def deliveries(self, state: DeliveryState | None = None, limit: int = 50) -> Sequence[Delivery]:
        """Return the newest messages, newest first."""
        found = [one for one in self._deliveries.values() if state in {None, one.state}]
        return sorted(found, key=lambda one: (one.made_at, one.id), reverse=True)[:limit]

    def count(self) -> Mapping[DeliveryState, int]:
        """Return how many messages are in each state, zeros included."""
        counts = Counter(one.state for one in self._deliveries.values())
        return {state: counts[state] for state in DeliveryState}

    def forget(self, messages_before: datetime, notices_before: datetime) -> int:
        """Delete what was sent or given up, and what was told; return how many messages."""
        over = [one for one in self._deliveries.values() if one.state in OVER]
        old = [one for one in over if one.next_at < messages_before]
        for delivery in old:
            self._deliveries.drop(delivery.id)
        for notice in self._notices.values():
            if notice.at < notices_before and self._waiting.get(notice.id) is None:
                self._notices.drop(notice.id)
        return len(old)
