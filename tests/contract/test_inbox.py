"""What tools delivered, on every store: kept once, read oldest first, and nothing lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from copydesk.feedback.inbox import InboxCount, RawDelivery, Unread, WebhookSecret
from copydesk.storage import Store
from tests.factories import NOW


def a_delivery(name: str, minutes: int = 0, events: int = 1, tool: str = "braze") -> RawDelivery:
    at = NOW + timedelta(minutes=minutes)
    return RawDelivery(name, tool, at, '[{"id": "é \\u0000"}]', events)


def an_unread(delivery: str, place: int = 0, tool: str = "braze") -> Unread:
    return Unread(delivery=delivery, place=place, tool=tool, at=NOW, why="no time", event="{}")


def waiting(store: Store, events: int = 100) -> list[str]:
    with store.transaction() as tx:
        return [one.id for one in tx.inbox.waiting(events)]


def broken_off(store: Store) -> None:
    with store.transaction() as tx:
        tx.inbox.done(["r1"], [an_unread("r1")])
        raise ZeroDivisionError


def test_a_delivery_is_kept_once(store: Store) -> None:
    """The second with its id changes nothing, not even after the first was read."""
    with store.transaction() as tx:
        delivery = a_delivery("r1")._replace(brands=("Northpeak", "Fjord, Ltd."))
        assert [tx.inbox.add(delivery) for _ in range(2)] == [True, False]
        (read,) = tx.inbox.waiting(10)
        assert read._replace(events=1) == delivery
        tx.inbox.done(["r1"], [])
        assert not tx.inbox.add(a_delivery("r1"))

    assert waiting(store) == []


def test_deliveries_are_read_oldest_first_some_at_a_time(store: Store) -> None:
    """As many as it takes to reach the number of events asked for, one at least."""
    with store.transaction() as tx:
        for name, minutes, events in (("new", 5, 10), ("old", 1, 60), ("next", 2, 60)):
            tx.inbox.add(a_delivery(name, minutes, events))

    assert waiting(store, 1) == ["old"]
    assert waiting(store, 100) == ["old", "next"]
    assert waiting(store, 1_000) == ["old", "next", "new"]


def test_what_was_not_committed_waits_still(store: Store) -> None:
    """A reading that ends in the middle has read nothing."""
    with store.transaction() as tx:
        tx.inbox.add(a_delivery("r1"))

    with pytest.raises(ZeroDivisionError):
        broken_off(store)

    assert waiting(store) == ["r1"]
    with store.transaction() as tx:
        assert tx.inbox.counts() == {"braze": InboxCount(1, 0)}


def test_what_could_not_be_read_is_kept_counted_and_read_again(store: Store) -> None:
    """It is told by tool; read again with success, it is gone from the list."""
    with store.transaction() as tx:
        tx.inbox.add(a_delivery("r1"))
        tx.inbox.add(a_delivery("r2", tool="sfmc"))
        tx.inbox.done(["r1"], [an_unread("r1", 3), an_unread("r1", 1)])

        assert tx.inbox.counts() == {"braze": InboxCount(0, 2), "sfmc": InboxCount(1, 0)}
        assert [one.place for one in tx.inbox.unread("braze")] == [1, 3]
        assert tx.inbox.unread("sfmc") == []
        assert (tx.inbox.again("sfmc"), tx.inbox.again()) == (0, 1)
        assert len(tx.inbox.waiting(100)) == 2
        tx.inbox.done(["r1"], [])
        assert tx.inbox.unread() == []


def test_only_what_was_read_whole_is_forgotten(store: Store) -> None:
    """What waits or could not be read stays, however old."""
    with store.transaction() as tx:
        for name in ("read", "waits", "unread"):
            tx.inbox.add(a_delivery(name))
        tx.inbox.done(["read", "unread"], [an_unread("unread")])

        assert tx.inbox.forget(NOW) == 0
        assert tx.inbox.forget(NOW + timedelta(days=1)) == 1
        assert [tx.inbox.add(a_delivery(name)) for name in ("read", "waits")] == [True, False]


def test_secrets_of_tools_are_kept_by_tool_and_age(store: Store) -> None:
    """A tool's oldest comes first; one that is put again takes its own place."""
    old, new = (
        WebhookSecret(id=name, tool="braze", made_at=NOW + timedelta(days=days), sealed="s")
        for name, days in (("z", 0), ("a", 1))
    )
    with store.transaction() as tx:
        for one in (new, old, old.model_copy(update={"ends_at": NOW})):
            tx.webhook_secrets.put(one)

        assert [one.id for one in tx.webhook_secrets.all()] == ["z", "a"]
        assert tx.webhook_secrets.all()[0].ends_at == NOW
