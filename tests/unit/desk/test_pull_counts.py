"""Counting pulls without a database in the way."""

from __future__ import annotations

from contextlib import AbstractContextManager

from copydesk.desk.pull_counts import PullCounts
from copydesk.errors import StoreUnavailable
from copydesk.storage import Transaction
from copydesk.storage.memory import MemoryStore


class Failing(MemoryStore):
    """A store that cannot be reached for a while."""

    away = True

    def transaction(self) -> AbstractContextManager[Transaction]:  # type: ignore[override]
        if self.away:
            raise StoreUnavailable("nobody answers")
        return super().transaction()


def test_pulls_are_written_down_when_asked() -> None:
    """Counted in memory first; written once, however often it is asked for."""
    store = MemoryStore()
    counts = PullCounts(store)
    for _ in range(3):
        counts.note("spring", "var_1")
    counts.write()
    counts.write()

    with store.transaction() as tx:
        assert tx.pulls.count("spring") == {"var_1": 3}


def test_counts_outlive_a_store_that_is_away() -> None:
    """What could not be written is written the next time."""
    store = Failing()
    counts = PullCounts(store)
    counts.note("spring", "var_1")
    counts.write()
    store.away = False
    counts.note("spring", "var_1")
    counts.write()

    with store.transaction() as tx:
        assert tx.pulls.count("spring") == {"var_1": 2}
