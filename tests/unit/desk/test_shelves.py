"""Shelves in memory, and the count of changes that empties them."""

from __future__ import annotations

import pytest

from copydesk.audiences import Audience
from copydesk.desk.shelves import Shelves
from copydesk.publishing import Campaign
from copydesk.review_queue import AuditEvent
from copydesk.storage import Store
from copydesk.storage.memory import MemoryStore
from copydesk.storage.watched import WatchedStore
from tests.factories import NOW, a_brand, a_brief, an_audience


def shelves_of(store: Store) -> Shelves:
    audiences: dict[str, Audience] = {"lapsed-runners": an_audience()}
    campaign = Campaign(
        id="spring",
        owner="ada",
        brief=a_brief(),
        brand=a_brand(),
        audiences=audiences,
        updated_at=NOW,
    )
    with store.transaction() as tx:
        tx.campaigns.add(campaign)
    return Shelves(store, "policy", lambda recipient: recipient)


def change(store: Store, *, fails: bool = False) -> None:
    with store.transaction() as tx:
        tx.audit.append(AuditEvent(subject="spring", act="campaign.changed", actor="ada", at=NOW))
        if fails:
            raise RuntimeError


def test_a_shelf_is_at_hand_once_it_was_read() -> None:
    """Reading keeps the shelf, and reading the store for something else does not drop it."""
    store = WatchedStore(MemoryStore())
    shelves = shelves_of(store)
    before = shelves.at_hand("spring")

    shelf = shelves.of("spring")
    with store.transaction() as tx:
        tx.campaigns.all()

    assert before is None
    assert shelves.at_hand("spring") is shelf


def test_a_change_drops_every_shelf() -> None:
    """After a committed change nothing that was read before is used."""
    store = WatchedStore(MemoryStore())
    shelves = shelves_of(store)
    before = shelves.of("spring")

    change(store)

    assert shelves.at_hand("spring") is not before


def test_a_change_that_was_taken_back_is_none() -> None:
    """A transaction that raises is not counted."""
    store = WatchedStore(MemoryStore())

    with pytest.raises(RuntimeError):
        change(store, fails=True)

    assert store.changes == 0


def test_nothing_is_kept_where_changes_are_not_counted() -> None:
    """Over a bare store every pull reads."""
    shelves = shelves_of(MemoryStore())

    shelves.of("spring")

    assert shelves.at_hand("spring") is None
