"""The ledger when its store comes and goes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from copydesk.errors import StoreUnavailable
from copydesk.generation.hosted.ledger import Settled, Spent, today
from copydesk.storage.ledger import StoreLedger
from copydesk.storage.memory import MemoryStore
from copydesk.storage.memory.store import MemoryTransaction


class Fickle(MemoryStore):
    """A store that is gone while `gone` is true."""

    gone = False

    @contextmanager
    def transaction(self) -> Iterator[MemoryTransaction]:
        if self.gone:
            raise StoreUnavailable
        with super().transaction() as tx:
            yield tx


def settled(tokens: int) -> Settled:
    return Settled(today(), "tiny", Spent(tokens, 0))


def test_what_was_spent_while_the_store_was_gone_is_written_later() -> None:
    """An answer that was paid for is not lost for want of a store, and its cost is not either."""
    store = Fickle()
    ledger = StoreLedger(store, timedelta(days=1))

    async def across_an_outage() -> Spent:
        await ledger.settle(settled(1))
        store.gone = True
        await ledger.settle(settled(2))
        store.gone = False
        return await ledger.settle(settled(4))

    assert asyncio.run(across_an_outage()).tokens == 7
    with store.transaction() as tx:
        assert tx.model_calls.spent(today()).tokens == 7


def test_without_its_store_no_call_is_begun() -> None:
    """Whether an answer was paid for before cannot be told, so nobody is asked."""
    store = Fickle()
    store.gone = True
    with pytest.raises(StoreUnavailable):
        asyncio.run(StoreLedger(store, timedelta(days=1)).kept("a"))


def test_a_caller_that_left_is_paid_for_all_the_same() -> None:
    """A call that was cancelled while it was written down is written down."""
    store = MemoryStore()
    ledger = StoreLedger(store, timedelta(days=1))

    async def leave() -> Spent:
        task = asyncio.create_task(ledger.settle(settled(5)))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return await ledger.settle(settled(1))

    assert asyncio.run(leave()).tokens == 6
