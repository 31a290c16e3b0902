"""Events from a stream: stored before they are done with, whatever happens in between."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from copydesk.desk.streaming import Refused, Streamed, Streaming
from copydesk.desk.triggering import Triggering
from copydesk.errors import StoreUnavailable
from copydesk.feedback.streams import Message
from copydesk.publishing import recipient_key
from copydesk.storage.memory import MemoryStore
from copydesk.storage.memory.store import MemoryTransaction
from tests.factories import NOW
from tests.unit.desk.test_triggering import BOOK, MARIA
from tests.unit.desk.world import SECRET

CART = {
    "event_id": "cart-1", "kind": "cart_abandoned", "at": NOW.isoformat(), "recipient": "maria",
    "consent": True,
}  # fmt: skip
BOUGHT = {**CART, "event_id": "order-1", "kind": "purchased"}


class Topic:
    """A topic of one partition, and a reader that begins behind what was committed."""

    def __init__(self, *values: object) -> None:
        self.values = [
            one if isinstance(one, bytes) else json.dumps(one).encode() for one in values
        ]
        self.committed = self.position = 0

    def reader(self) -> Topic:
        self.position = self.committed
        return self

    def read(self) -> Sequence[Message]:
        some = self.values[self.position : self.position + 2]
        start, self.position = self.position, self.position + len(some)
        return [Message(value, "shop", 0, start + n) for n, value in enumerate(some)]

    def done(self, messages: Sequence[Message]) -> None:
        self.committed = messages[-1].offset + 1

    @property
    def is_at_end(self) -> bool:
        return self.position == len(self.values)

    def close(self) -> None:
        pass


class Reader:
    """A process that reads a topic into a store."""

    def __init__(self, topic: Topic, store: MemoryStore | None = None) -> None:
        self.refused: list[Refused] = []
        keep = timedelta(days=30)
        self.triggering = Triggering(
            store or MemoryStore(), BOOK, lambda: NOW, lambda one: recipient_key(SECRET, one), keep
        )
        self.streaming = Streaming(
            topic.reader(), self.triggering, lambda: NOW, self.refused.append
        )

    def run(self) -> Streamed:
        return self.streaming.run(to_the_end=True)


def test_events_are_stored_and_then_done_with() -> None:
    """Read to the end, each counted once, and the place behind the last one kept."""
    topic = Topic(CART, CART, BOUGHT)
    reader = Reader(topic)

    assert reader.run() == Streamed(3, 2, 0)
    assert topic.committed == 3
    standing = reader.triggering.standing(MARIA)
    assert standing is not None
    assert set(standing.heard) == {"cart_abandoned", "purchased"}


def test_what_is_no_event_is_set_aside_with_its_place() -> None:
    """Text, another shape, a time to come: each is told, and holds nothing up."""
    later = {**CART, "at": (NOW + timedelta(hours=1)).isoformat()}
    topic = Topic(b"\xff", b"no json", {"kind": "viewed"}, later, b"", CART)
    reader = Reader(topic)

    assert reader.run() == Streamed(6, 1, 5)
    assert [one.message.place for one in reader.refused] == [f"shop[0]@{n}" for n in range(5)]
    assert "UTF-8" in reader.refused[0].why
    assert "still to come" in reader.refused[3].why
    assert topic.committed == 6


def test_what_was_stored_and_not_committed_is_read_again_and_counts_once() -> None:
    """A process that dies in between leaves the place where it was: the next one repeats it."""
    store, topic = MemoryStore(), Topic(CART, BOUGHT)
    first = Reader(topic, store).run()
    topic.committed = 0
    again = Reader(topic, store).run()

    assert (first, again) == (Streamed(2, 2, 0), Streamed(2, 0, 0))


class Flickering(MemoryStore):
    """A store that cannot be reached the first times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.left = times
        self.stops: Callable[[], None] = lambda: None

    @contextmanager
    def transaction(self) -> Iterator[MemoryTransaction]:
        if self.left:
            self.left -= 1
            self.stops()
            raise StoreUnavailable
        with super().transaction() as tx:
            yield tx


def test_a_store_that_is_gone_is_waited_for() -> None:
    """Nothing is done with meanwhile, and nothing is lost."""
    topic, store = Topic(CART), Flickering(1)
    assert Reader(topic, store).run() == Streamed(1, 1, 0)
    assert (store.left, topic.committed) == (0, 1)


def test_a_reader_that_is_stopped_while_it_waits_commits_nothing() -> None:
    """What it had read is read again by the next one."""
    topic = Topic(CART)
    store = Flickering(9)
    reader = Reader(topic, store)
    store.stops = reader.streaming.stop
    assert reader.run().new == 0
    assert topic.committed == 0
