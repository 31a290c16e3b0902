"""One provider as all its callers share it: turns, breaker, budget, and answers paid for once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Generic, NamedTuple, TypeVar
from weakref import WeakKeyDictionary, WeakValueDictionary

from copydesk.errors import GenerationError, ModelUnavailable
from copydesk.generation.hosted.breaker import Breaker
from copydesk.generation.hosted.budget import Budget, Limits, Reserved, estimated_input
from copydesk.generation.hosted.ledger import Kept, Ledger, MemoryLedger, Settled, Spent, today
from copydesk.generation.hosted.meter import Meter
from copydesk.generation.hosted.prices import PER
from copydesk.generation.hosted.turns import Turns
from copydesk.variants import Usage

T = TypeVar("T")
Locks = WeakValueDictionary[str, asyncio.Lock]


class Order(NamedTuple):
    """A call that somebody wants made."""

    key: str
    """SHA-256 of all that decides the answer."""
    model: str
    characters: int
    """Length of what is sent, to estimate its tokens by."""
    output_tokens: int
    """The most that is wanted."""
    before: Usage
    """What the request has used so far."""


class Made(NamedTuple):
    """A call that was made."""

    body: str
    reported: Usage
    parameters: dict[str, Any]


class Answer(NamedTuple, Generic[T]):
    """What was read from an answer, with what it took."""

    value: T
    usage: Usage
    parameters: dict[str, Any]


Make = Callable[[int], Awaitable[Made]]
"""Makes the call, with this limit of output tokens."""


@dataclass(slots=True)
class Provider:
    """What several callers of one provider share. All of them count against the same limits."""

    turns: Turns
    breaker: Breaker
    budget: Budget = field(default_factory=lambda: Budget(Limits()))
    ledger: Ledger = field(default_factory=MemoryLedger)
    meter: Meter = field(default_factory=Meter)
    keeps_answers: bool = False
    """True answers a request that was answered before from the ledger, and pays nothing."""
    day: Callable[[], date] = today
    _locks: WeakKeyDictionary[asyncio.AbstractEventLoop, Locks] = field(
        default_factory=WeakKeyDictionary
    )

    async def answer(self, order: Order, make: Make, read: Callable[[str], T]) -> Answer[T]:
        """Return what `read` finds in the answer: a kept one, or that of a call made now.

        Only an answer that `read` takes is kept; one that it refuses is paid for all the same.

        Raises:
            GenerationError: as `Model.draft` says, and `OverBudget`.
            StoreUnavailable: the ledger cannot be read; no call was made.
        """
        async with self._alone(order.key):
            kept = await self.ledger.kept(order.key) if self.keeps_answers else None
            try:
                answer = self._again(kept, read) if kept else await self._bought(order, make, read)
            except GenerationError as error:
                self.meter.note_call(order.model, error.slug())
                raise
            self.meter.note_call(order.model, "kept" if kept else "answered")
            return answer

    @property
    def currency(self) -> str | None:
        """What money is counted in, by the operator's price table; None without one."""
        return self.budget.prices.currency if self.budget.prices else None

    async def reserve(self, order: Order, *, batch: bool = False) -> Reserved:
        """Set aside what the order may cost at most. Raises as `Budget.reserve` says."""
        day = self.day()
        if not self.budget.knows(day):
            self.budget.learn(day, await self.ledger.spent(day))
        asked = Usage(
            input_tokens=estimated_input(order.characters), output_tokens=order.output_tokens
        )
        return self.budget.reserve(day, order.model, asked, order.before, batch=batch)

    async def settle(
        self, order: Order, reserved: Reserved, made: Made, *, good: bool, batch: bool = False
    ) -> Usage:
        """Write down what a call cost, keep its answer if it is good, and return its usage."""
        usage, spent = self._priced(order, made, batch=batch)
        kept = self._kept(order, made, usage) if good and self.keeps_answers else None
        total = await self.ledger.settle(Settled(reserved.day, order.model, spent, kept))
        self.budget.settle(reserved, total)
        self.meter.note_usage(order.model, usage, spent.millionths, usage.currency)
        return usage

    async def give_up(self, order: Order, reserved: Reserved, *, may_have_cost: bool) -> None:
        """End a reservation whose call gave nothing; what may have cost is counted in full."""
        total = None
        if may_have_cost:
            total = await self.ledger.settle(Settled(reserved.day, order.model, reserved.most))
        self.budget.settle(reserved, total)

    async def _bought(self, order: Order, make: Make, read: Callable[[str], T]) -> Answer[T]:
        self.breaker.check()
        reserved = await self.reserve(order)
        made = await self._made(order, reserved, make)
        try:
            value = read(made.body)
        except GenerationError:
            await self.settle(order, reserved, made, good=False)
            raise
        usage = await self.settle(order, reserved, made, good=True)
        return Answer(value, usage, made.parameters)

    async def _made(self, order: Order, reserved: Reserved, make: Make) -> Made:
        sent = False
        try:
            async with self.turns.turn(reserved.most.tokens) as waited:
                self.meter.note_wait(waited)
                with self.breaker.watching():
                    sent = True
                    return await make(reserved.output_tokens)
        except GenerationError as error:
            cost = isinstance(error, ModelUnavailable) and error.may_have_cost
            await self.give_up(order, reserved, may_have_cost=cost)
            raise
        except BaseException:  # cancelled, or a mistake of ours: the provider may be writing
            await self.give_up(order, reserved, may_have_cost=sent)
            raise

    def _again(self, kept: Kept, read: Callable[[str], T]) -> Answer[T]:
        usage = kept.usage.model_copy(update={"reused": True})
        return Answer(read(kept.body), usage, dict(kept.parameters))

    def _priced(self, order: Order, made: Made, *, batch: bool) -> tuple[Usage, Spent]:
        """Return the usage with its price, and what counts as spent: estimates for what is unsaid.

        An unsaid output is estimated by the length of the whole body.
        """
        said = made.reported
        counted = Usage(
            input_tokens=said.input_tokens or estimated_input(order.characters),
            output_tokens=said.output_tokens or estimated_input(len(made.body)),
            cached_tokens=said.cached_tokens,
        )
        price = self.budget.price(order.model)
        millionths = price.of(counted, batch=batch) if price else 0
        spent = Spent((counted.input_tokens or 0) + (counted.output_tokens or 0), millionths)
        if price is None or self.budget.prices is None:
            return said, spent
        priced = {"cost": millionths / PER, "currency": self.budget.prices.currency}
        return said.model_copy(update=priced), spent

    def _kept(self, order: Order, made: Made, usage: Usage) -> Kept:
        return Kept(
            key=order.key,
            model=order.model,
            body=made.body,
            parameters=made.parameters,
            usage=usage,
            at=datetime.now(UTC),
        )

    @asynccontextmanager
    async def _alone(self, key: str) -> AsyncIterator[None]:
        """Let equal orders wait for each other: the second finds the first one's answer kept."""
        if not self.keeps_answers:
            yield
            return
        locks = self._locks.setdefault(asyncio.get_running_loop(), WeakValueDictionary())
        lock = locks.setdefault(key, asyncio.Lock())
        async with lock:
            yield
