"""Rounds, on every store."""

from __future__ import annotations

from datetime import timedelta

from copydesk.storage import Store
from copydesk.storage.rounds import RoundState
from tests.factories import NOW

HOUR = timedelta(hours=1)


def test_a_round_is_known_once(store: Store) -> None:
    """Whoever comes later changes nothing."""
    with store.transaction() as tx:
        for name, at in (("timing", NOW), ("drift", NOW), ("timing", NOW + HOUR)):
            tx.rounds.know(name, at)

        assert list(tx.rounds.all()) == [
            RoundState(name=n, began_at=NOW) for n in ("drift", "timing")
        ]


def test_of_all_who_read_a_round_one_takes_it(store: Store) -> None:
    """The others get nothing, and nobody does who reads it while it is held."""
    with store.transaction() as tx:
        tx.rounds.know("timing", NOW)
        read = tx.rounds.all()[0]
    taken = []
    for at in (NOW, NOW + HOUR / 2):
        with store.transaction() as tx:
            taken.append(tx.rounds.take(read, at + HOUR, at + 2 * HOUR))
    with store.transaction() as tx:
        held = tx.rounds.all()[0]
        taken.append(tx.rounds.take(held, NOW + HOUR, NOW + 3 * HOUR))

    assert taken == [held, None, None]
    assert held.held_until == NOW + 2 * HOUR


def test_what_became_of_a_round_is_kept(store: Store) -> None:
    """Its end, its failures and why; then it can be taken again."""
    with store.transaction() as tx:
        tx.rounds.know("timing", NOW)
        state = RoundState(name="timing", began_at=NOW, ended_at=NOW + HOUR, failures=2, error="no")
        tx.rounds.put(state)
        read = tx.rounds.all()[0]

        assert read == state
        assert tx.rounds.take(read, NOW + HOUR, NOW + 2 * HOUR) is not None
