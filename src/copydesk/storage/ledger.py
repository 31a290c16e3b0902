"""The ledger of models in the store: many calls that end at once share a transaction."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import UTC, date, datetime, timedelta
from typing import Generic, TypeVar

from copydesk.errors import StoreUnavailable
from copydesk.generation.hosted.ledger import Kept, Settled, Spent
from copydesk.storage.ports import Store

A = TypeVar("A")
R = TypeVar("R")

log = logging.getLogger(__name__)

GATHER_S = 0.02
"""What comes within so short a time shares a transaction: a model takes a hundred times as long."""
LOOK_FOR_OLD = timedelta(hours=1)


class Shared(Generic[A, R]):
    """Answers many askers with one call: those who come while one is under way share the next."""

    def __init__(self, do: Callable[[Sequence[A]], Sequence[R]]) -> None:
        self._do = do
        self._lock = threading.Lock()
        self._waiting: list[tuple[A, Future[R]]] = []
        self._busy = False

    async def ask(self, item: A) -> R:
        """Return what `do` answers to this item. Raises what it raises."""
        future: Future[R] = Future()
        with self._lock:
            self._waiting.append((item, future))
            begins, self._busy = not self._busy, True
        if begins:
            asyncio.get_running_loop().run_in_executor(None, self._work)
        return await asyncio.wrap_future(future)

    def _work(self) -> None:
        while True:
            time.sleep(GATHER_S)
            with self._lock:
                batch, self._waiting = self._waiting, []
                self._busy = bool(batch)
            if not batch:
                return
            self._answer([(item, future) for item, future in batch])

    def _answer(self, batch: Sequence[tuple[A, Future[R]]]) -> None:
        # An asker that was cancelled is served like the others: its call has been paid for.
        awaited = [future.set_running_or_notify_cancel() for _, future in batch]
        try:
            results = self._do([item for item, _ in batch])
        except Exception as error:  # noqa: BLE001 - it is raised again where each asker waits
            for (_, future), wanted in zip(batch, awaited, strict=True):
                if wanted:
                    future.set_exception(error)
            return
        for (_, future), result, wanted in zip(batch, results, awaited, strict=True):
            if wanted:
                future.set_result(result)


class StoreLedger:
    """Keeps what models answered and cost, in the store.

    A store that cannot be reached stops a call before it is made, never after: what was spent
    while the store was gone is written down with the next call.
    """

    def __init__(self, store: Store, keep: timedelta) -> None:
        self._store = store
        self._keep = keep
        self._owed: list[Settled] = []
        self._looked = datetime.min.replace(tzinfo=UTC)
        self._reads = Shared(self._read)
        self._writes = Shared(self._write)

    async def kept(self, key: str) -> Kept | None:
        """Return the answer to this content, or None. Raises StoreUnavailable."""
        return await self._reads.ask(key)

    async def settle(self, settled: Settled) -> Spent:
        """Write the call down, with its answer, and return what its day has cost so far."""
        return await self._writes.ask(settled)

    async def spent(self, day: date) -> Spent:
        """Return what a day has cost so far, in all processes. Raises StoreUnavailable."""
        return await asyncio.to_thread(self._spent, day)

    def _read(self, keys: Sequence[str]) -> Sequence[Kept | None]:
        with self._store.transaction() as tx:
            found = tx.model_calls.kept(keys)
        oldest = datetime.now(UTC) - self._keep
        return [
            answer if (answer := found.get(key)) and answer.at >= oldest else None for key in keys
        ]

    def _write(self, settled: Sequence[Settled]) -> Sequence[Spent]:
        owed, self._owed = [*self._owed, *settled], []
        try:
            with self._store.transaction() as tx:
                tx.model_calls.settle(owed)
                self._forget(tx.model_calls.forget)
                days = {one.day: tx.model_calls.spent(one.day) for one in settled}
        except StoreUnavailable:
            log.warning("ledger.postponed", exc_info=True)
            self._owed = owed
            days = {one.day: _total(owed, one.day) for one in settled}
        return [days[one.day] for one in settled]

    def _spent(self, day: date) -> Spent:
        with self._store.transaction() as tx:
            return tx.model_calls.spent(day).plus(_total(self._owed, day))

    def _forget(self, forget: Callable[[datetime], int]) -> None:
        now = datetime.now(UTC)
        if now - self._looked > LOOK_FOR_OLD:
            self._looked = now
            forget(now - self._keep)


def _total(settled: Sequence[Settled], day: date) -> Spent:
    total = Spent()
    for one in settled:
        total = total.plus(one.spent) if one.day == day else total
    return total
