"""The outbox: what is told, once, in order, with the act that it is about, on every store."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from copydesk.errors import NotFound, StaleVersion
from copydesk.notifications import Delivery, DeliveryState, Event, Lateness, Notice
from copydesk.review_queue import State
from copydesk.storage import Store, Transaction
from tests.contract.nouns import an_item, later
from tests.factories import NOW, a_copy

LONG_AGO = NOW - timedelta(days=30)


def a_notice(notice_id: str = "ntc_1", **changes: Any) -> Notice:
    given: dict[str, Any] = {
        "id": notice_id,
        "event": Event.APPROVED,
        "at": NOW,
        "actor": "rob",
        "why": "rob approved it.",
        "item": "rev_1",
        "campaign": "spring",
        "copy": a_copy(),
    }
    return Notice.model_validate({**given, **changes})


def a_delivery(delivery_id: str = "dlv_1", **changes: Any) -> Delivery:
    given: dict[str, Any] = {
        "id": delivery_id,
        "channel": "ops",
        "event": Event.APPROVED,
        "about": "rev_1",
        "notices": ("ntc_1",),
        "made_at": NOW,
        "next_at": NOW,
        "give_up_at": later(60 * 24),
    }
    return Delivery.model_validate({**given, **changes})


def test_a_notice_is_kept_once_and_waits_to_be_routed(store: Store) -> None:
    """The same id again changes nothing; what was routed waits no more, and is still there."""
    with store.transaction() as tx:
        assert not tx.outbox.has_unrouted()
        assert tx.outbox.add(a_notice("ntc_2", at=later(1)))
        assert tx.outbox.add(a_notice())
        assert not tx.outbox.add(a_notice(why="something else"))

    with store.transaction() as tx:
        assert tx.outbox.has_unrouted()
        assert [one.id for one in tx.outbox.unrouted(10)] == ["ntc_1", "ntc_2"]
        assert tx.outbox.unrouted(1) == [a_notice()]
        tx.outbox.set_routed(["ntc_1", "ntc_2"])

    with store.transaction() as tx:
        assert not tx.outbox.has_unrouted()
        assert tx.outbox.unrouted(10) == []
        assert [one.id for one in tx.outbox.notices(["ntc_2", "ntc_1"])] == ["ntc_1", "ntc_2"]


def test_a_notice_goes_with_the_transaction_that_it_is_about(store: Store) -> None:
    """When the act is taken back by an error, nobody is told of it."""
    with pytest.raises(StaleVersion), store.transaction() as tx:
        _tell_and_fail(tx)

    with store.transaction() as tx:
        assert not tx.outbox.has_unrouted()
        assert tx.outbox.deliveries() == []


def test_a_message_is_replaced_only_at_the_version_that_was_read(store: Store) -> None:
    """Of two that change one message, the second is told; an unknown one is not there."""
    with store.transaction() as tx:
        assert tx.outbox.put(a_delivery())
        assert not tx.outbox.put(a_delivery(channel="other"))
        tx.outbox.save(a_delivery(version=2, tries=1), 1)

    with store.transaction() as tx:
        assert tx.outbox.delivery("dlv_1").tries == 1
        with pytest.raises(StaleVersion):
            tx.outbox.save(a_delivery(version=2), 1)
        with pytest.raises(NotFound):
            tx.outbox.delivery("dlv_404")
        with pytest.raises(NotFound):
            tx.outbox.save(a_delivery("dlv_404"), 1)


def test_due_are_those_whose_time_has_come_and_that_are_not_over(store: Store) -> None:
    """A message that was sent or given up is never due; one that a dead process began is."""
    states = {"dlv_1": "waiting", "dlv_2": "sending", "dlv_3": "sent", "dlv_4": "failed"}
    with store.transaction() as tx:
        for name, state in states.items():
            tx.outbox.put(a_delivery(name, state=state))
        tx.outbox.put(a_delivery("dlv_0", next_at=later(-1)))
        tx.outbox.put(a_delivery("dlv_9", next_at=later(1)))

        assert [one.id for one in tx.outbox.due(NOW, 10)] == ["dlv_0", "dlv_1", "dlv_2"]
        assert [one.id for one in tx.outbox.due(NOW, 1)] == ["dlv_0"]
        counted = tx.outbox.count()

    assert counted == {
        DeliveryState.WAITING: 3,
        DeliveryState.SENDING: 1,
        DeliveryState.SENT: 1,
        DeliveryState.FAILED: 1,
    }


def test_messages_are_listed_newest_first_by_state_and_by_person(store: Store) -> None:
    """The newest to a person is the one that is due last."""
    with store.transaction() as tx:
        tx.outbox.put(a_delivery("dlv_1", person="ana"))
        tx.outbox.put(a_delivery("dlv_2", person="ana", made_at=later(1), next_at=later(5)))
        tx.outbox.put(a_delivery("dlv_3", person="bo", made_at=later(2), state="failed"))

        assert [one.id for one in tx.outbox.deliveries()] == ["dlv_3", "dlv_2", "dlv_1"]
        assert [one.id for one in tx.outbox.deliveries(limit=1)] == ["dlv_3"]
        assert [one.id for one in tx.outbox.deliveries(DeliveryState.FAILED)] == ["dlv_3"]
        newest = tx.outbox.newest_to("ops", "ana")
        assert newest is not None
        assert newest.id == "dlv_2"
        assert tx.outbox.newest_to("mail", "ana") is None


def test_late_are_open_items_past_due_that_nobody_was_told_of(store: Store) -> None:
    """Once an item has a notice of this level it is not late again, at another level it is."""
    with store.transaction() as tx:
        tx.reviews.add(an_item("rev_1"))
        tx.reviews.add(an_item("rev_2", state=State.APPROVED))
        long_after = NOW + timedelta(days=3)
        at_once = Lateness(0, LONG_AGO, long_after)

        assert tx.outbox.late(at_once) == ["rev_1"]
        assert tx.outbox.late(at_once._replace(due_before=LONG_AGO)) == []
        tx.outbox.add(a_notice(event=Event.LATE, late_hours=0))
        assert tx.outbox.late(at_once) == []
        assert tx.outbox.late(at_once._replace(hours=24)) == ["rev_1"]


def test_what_is_over_is_forgotten_and_what_waits_is_not(store: Store) -> None:
    """Old messages go when they were sent or given up; old notices when they were routed."""
    with store.transaction() as tx:
        for name, state in {"dlv_1": "sent", "dlv_2": "failed", "dlv_3": "waiting"}.items():
            tx.outbox.put(a_delivery(name, state=state))
        tx.outbox.put(a_delivery("dlv_4", state="sent", next_at=later(10)))
        tx.outbox.add(a_notice())
        tx.outbox.add(a_notice("ntc_2"))
        tx.outbox.set_routed(["ntc_1"])

        assert tx.outbox.forget(later(5), later(5)) == 2
        assert {one.id for one in tx.outbox.deliveries()} == {"dlv_3", "dlv_4"}
        assert [one.id for one in tx.outbox.notices(["ntc_1", "ntc_2"])] == ["ntc_2"]


def _tell_and_fail(tx: Transaction) -> None:
    tx.outbox.add(a_notice())
    tx.outbox.put(a_delivery())
    tx.outbox.save(a_delivery(), 7)
