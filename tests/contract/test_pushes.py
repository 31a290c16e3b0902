"""Pushes and their places: one place for each copy, found when it is due, on every store."""

from __future__ import annotations

from typing import Any

import pytest

from copydesk.errors import NotFound, StaleVersion
from copydesk.pushing import Push, Pushed, PushState, Task
from copydesk.storage import Store
from tests.contract.nouns import later
from tests.factories import NOW


def a_push(push_id: str = "psh_1", **changes: Any) -> Push:
    given: dict[str, Any] = {
        "id": push_id,
        "campaign": "spring",
        "brand": "Northpeak",
        "target": "news",
        "tool": "listmonk",
        "asked_by": "mara",
        "asked_at": NOW,
        "places": ("pls_1",),
    }
    return Push.model_validate({**given, **changes})


def a_place(place_id: str = "pls_1", **changes: Any) -> Pushed:
    given: dict[str, Any] = {
        "id": place_id,
        "target": "news",
        "tool": "listmonk",
        "campaign": "spring",
        "brand": "Northpeak",
        "audience": "lapsed-runners",
        "variant": "var_1",
        "push": "psh_1",
        "approval_hash": "0" * 64,
        "made_at": NOW,
        "next_at": NOW,
        "give_up_at": later(60),
    }
    return Pushed.model_validate({**given, **changes})


def test_a_push_is_kept_and_listed_newest_first(store: Store) -> None:
    """A campaign's pushes come newest first, as many as asked for; another is not among them."""
    with store.transaction() as tx:
        for number in range(3):
            tx.pushes.add(a_push(f"psh_{number}", asked_at=later(number)))
        tx.pushes.add(a_push("psh_x", campaign="autumn"))
        listed = [one.id for one in tx.pushes.of_campaign("spring", limit=2)]

        assert listed == ["psh_2", "psh_1"]
        assert tx.pushes.get("psh_x") == a_push("psh_x", campaign="autumn")
        with pytest.raises(NotFound, match="psh_9"):
            tx.pushes.get("psh_9")


def test_a_place_is_made_once(store: Store) -> None:
    """A second place of the same id changes nothing, and says so."""
    with store.transaction() as tx:
        assert tx.pushes.put(a_place())
        assert not tx.pushes.put(a_place(remote="77"))

        assert tx.pushes.places(["pls_1", "pls_1", "pls_9"]) == [a_place()]


def test_a_place_changes_at_the_version_that_was_read(store: Store) -> None:
    """Who read an older version is refused; a place that is not there is not found."""
    with store.transaction() as tx:
        tx.pushes.put(a_place())
        tx.pushes.save(a_place(version=2, remote="77"), 1)

        assert tx.pushes.places(["pls_1"])[0].remote == "77"
        with pytest.raises(StaleVersion):
            tx.pushes.save(a_place(version=2), 1)
        with pytest.raises(NotFound):
            tx.pushes.save(a_place("pls_9", version=2), 1)


def test_only_what_is_open_and_due_is_tried(store: Store) -> None:
    """The longest due come first; what is done, given up or for later is not among them."""
    with store.transaction() as tx:
        tx.pushes.put(a_place("pls_a", next_at=later(-1)))
        tx.pushes.put(a_place("pls_b", next_at=later(-2), state=PushState.SENDING))
        tx.pushes.put(a_place("pls_c", next_at=later(1)))
        for state in (PushState.DONE, PushState.FAILED, PushState.VOID):
            tx.pushes.put(a_place(f"pls_{state.value}", state=state))

        assert [one.id for one in tx.pushes.due(NOW, 10)] == ["pls_b", "pls_a"]
        assert [one.id for one in tx.pushes.due(NOW, 1)] == ["pls_b"]


def test_campaigns_that_stand_in_a_tool_are_found(store: Store) -> None:
    """Copy that was put counts, what was withdrawn or waits does not; the list can be walked."""
    done = {"state": PushState.DONE}
    with store.transaction() as tx:
        for name in ("spring", "autumn", "winter"):
            tx.pushes.put(a_place(f"pls_{name}", campaign=name, **done))
        tx.pushes.put(a_place("pls_again", variant="var_2", **done))
        tx.pushes.put(a_place("pls_gone", campaign="gone", task=Task.WITHDRAW, **done))
        tx.pushes.put(a_place("pls_new", campaign="new"))

        assert list(tx.pushes.standing()) == ["autumn", "spring", "winter"]
        assert list(tx.pushes.standing("autumn", 1)) == ["spring"]


def test_a_campaigns_places_come_in_one_order(store: Store) -> None:
    """By target, audience and variant, however they were made."""
    with store.transaction() as tx:
        for name in ("var_2", "var_1"):
            tx.pushes.put(a_place(f"pls_z{name}", target="zeta", variant=name))
            tx.pushes.put(a_place(f"pls_a{name}", target="alpha", variant=name))
        places = tx.pushes.places_of("spring")

        assert [(one.target, one.variant) for one in places] == [
            ("alpha", "var_1"), ("alpha", "var_2"), ("zeta", "var_1"), ("zeta", "var_2"),
        ]  # fmt: skip


def test_what_a_failed_transaction_pushed_is_gone(store: Store) -> None:
    """Pushes and places are taken back with everything else."""

    def fail() -> None:
        with store.transaction() as tx:
            tx.pushes.add(a_push())
            tx.pushes.put(a_place())
            raise NotFound

    with pytest.raises(NotFound):
        fail()
    with store.transaction() as tx:
        assert not tx.pushes.of_campaign("spring")
        assert not tx.pushes.places_of("spring")
