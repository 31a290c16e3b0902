"""Objections of recipients, on every store."""

from __future__ import annotations

from copydesk.storage import Store
from tests.factories import NOW

KEYS = ("b" * 64, "a" * 64)


def test_an_objection_counts_once(store: Store) -> None:
    """Said again it is nothing new; taken back and said again it is."""
    with store.transaction() as tx:
        said = [tx.objections.put(KEYS, NOW, stands=stands) for stands in (True, True)]
        said += [tx.objections.put(KEYS[:1], NOW, stands=stands) for stands in (False, True)]

        assert said == [2, 0, 1, 1]


def test_changes_are_read_on_from_a_number(store: Store) -> None:
    """Who remembers the last number gets what changed since, in order, and no more."""
    with store.transaction() as tx:
        tx.objections.put(KEYS, NOW, stands=True)
        seen = tx.objections.since(0, 10)
        tx.objections.put(KEYS[:1], NOW, stands=False)
        later = tx.objections.since(seen[-1].number, 10)

    assert [one.recipient_key for one in seen] == sorted(KEYS)
    assert [(one.recipient_key, one.stands) for one in later] == [(KEYS[0], False)]


def test_the_last_word_of_a_recipient_is_found(store: Store) -> None:
    """An objection that was taken back is kept as that; a recipient who never spoke is None."""
    with store.transaction() as tx:
        tx.objections.put(KEYS[:1], NOW, stands=True)
        tx.objections.put(KEYS[:1], NOW, stands=False)
        found = tx.objections.find(KEYS[0])

        assert found is not None
        assert (found.stands, found.at) == (False, NOW)
        assert tx.objections.find(KEYS[1]) is None


def test_taking_back_what_was_never_said_changes_nothing(store: Store) -> None:
    """There is no row of it, and no number is used up."""
    with store.transaction() as tx:
        assert tx.objections.put(KEYS, NOW, stands=False) == 0
        assert list(tx.objections.since(0, 10)) == []
