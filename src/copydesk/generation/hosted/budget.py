"""How much may be spent on a request and in a day: reserved before a call, settled after it."""

from __future__ import annotations

import operator
import threading
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from copydesk.errors import ModelMisconfigured, OverBudget
from copydesk.generation.hosted.ledger import Spent
from copydesk.generation.hosted.prices import PER, Price, PriceTable
from copydesk.variants import Usage

CHARACTERS_A_TOKEN = 3
"""Estimated on the dear side: English has four, and only the provider's own tokenizer knows."""
LEAST_OUTPUT = 256
"""An answer that may hold fewer tokens than this is not worth its input."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that may be spent; None is no limit. Money is in the price table's currency."""

    request_tokens: int | None = None
    request_money: float | None = None
    day_tokens: int | None = None
    day_money: float | None = None


class Reserved(NamedTuple):
    """What one call may cost at most."""

    day: date
    output_tokens: int
    """The token limit to send: less than was wanted where the request's budget is short."""
    most: Spent


class Budget:
    """Holds every call to the limits. Calls under way count with the most that they may cost.

    What other processes have under way is not known here, so that a day's limit can be passed by
    that much; it is exact again when they end.
    """

    def __init__(self, limits: Limits, prices: PriceTable | None = None) -> None:
        self.limits = limits
        self.prices = prices
        self._lock = threading.Lock()
        self._day = date.min
        self._settled = Spent()
        self._set_aside = Spent()

    def price(self, model: str) -> Price | None:
        """Return the price of the model.

        Raises:
            ModelMisconfigured: money is limited, and nobody said what this model costs.
        """
        price = self.prices.of(model) if self.prices else None
        limited = (self.limits.request_money, self.limits.day_money)
        if price is None and any(limit is not None for limit in limited):
            raise ModelMisconfigured(
                f"money is limited and {model} has no price: add it to the file of COPYDESK_PRICES"
            )
        return price

    def reserve(
        self, day: date, model: str, asked: Usage, before: Usage, *, batch: bool = False
    ) -> Reserved:
        """Set aside what a call may cost at most.

        `asked` is the call's own input and the most output that is wanted; `before` is what the
        request has used so far.

        Raises:
            OverBudget: it does not fit into what is left of the request's or of the day's budget.
            ModelMisconfigured: money is limited, and nobody said what this model costs.
        """
        price = self.price(model)
        output = self._output_room(price, asked, before, batch=batch)
        usage = Usage(input_tokens=asked.input_tokens, output_tokens=output)
        most = Spent(_tokens(usage), price.of(usage, batch=batch) if price else 0)
        reserved = Reserved(day, output, most)
        with self._lock:
            self._turn_to(day)
            self._must_fit(most)
            self._set_aside = self._set_aside.plus(most)
        return reserved

    def settle(self, reserved: Reserved, day_total: Spent | None) -> None:
        """End a reservation, once; `day_total` is what the ledger says its day has cost by now."""
        with self._lock:
            if reserved.day != self._day:
                return  # set aside for a day that is over
            self._set_aside = Spent(*map(operator.sub, self._set_aside, reserved.most))
            if day_total is not None:
                self._settled = Spent(*map(max, self._settled, day_total))

    def learn(self, day: date, day_total: Spent) -> None:
        """Take in what the ledger says that a day has cost."""
        with self._lock:
            self._turn_to(day)
            if day == self._day:
                self._settled = Spent(*map(max, self._settled, day_total))

    def knows(self, day: date) -> bool:
        """Return whether the day's spending was read from the ledger, or need not be."""
        unlimited = self.limits.day_tokens is None and self.limits.day_money is None
        return unlimited or day == self._day

    def left(self) -> tuple[int | None, float | None]:
        """Return the tokens and the money that are left of the day; None is no limit."""
        with self._lock:
            spent = self._taken()
        tokens, money = self.limits.day_tokens, self.limits.day_money
        return (
            None if tokens is None else max(0, tokens - spent.tokens),
            None if money is None else max(0.0, money - spent.millionths / PER),
        )

    def _output_room(self, price: Price | None, asked: Usage, before: Usage, *, batch: bool) -> int:
        room = asked.output_tokens or 0
        limits = self.limits
        if limits.request_tokens is not None:
            used = _tokens(before) + (asked.input_tokens or 0)
            room = min(room, limits.request_tokens - used)
        if limits.request_money is not None and price is not None and price.output:
            spent_input = Usage(input_tokens=asked.input_tokens)
            used = price.of(before) + price.of(spent_input, batch=batch)
            rate = price.output * (price.batch if batch else 1.0)
            room = min(room, int((limits.request_money * PER - used) // rate))
        if room < min(LEAST_OUTPUT, asked.output_tokens or 0):
            raise OverBudget(
                "the request's budget is too small for this call: raise "
                "COPYDESK_BUDGET_REQUEST_TOKENS or COPYDESK_BUDGET_REQUEST_MONEY, or ask for less"
            )
        return room

    def _must_fit(self, most: Spent) -> None:
        then = self._taken().plus(most)
        tokens, money = self.limits.day_tokens, self.limits.day_money
        if tokens is not None and then.tokens > tokens:
            raise OverBudget(f"the day's budget of {tokens} tokens is spent, or set aside")
        if money is not None and then.millionths > money * PER:
            currency = self.prices.currency if self.prices else ""
            raise OverBudget(f"the day's budget of {money:g} {currency} is spent, or set aside")

    def _taken(self) -> Spent:
        return self._settled.plus(self._set_aside)

    def _turn_to(self, day: date) -> None:
        if day > self._day:
            self._day, self._settled, self._set_aside = day, Spent(), Spent()


def estimated_input(characters: int) -> int:
    """Return about how many tokens so many characters are, on the dear side."""
    return characters // CHARACTERS_A_TOKEN + 1


def _tokens(usage: Usage) -> int:
    return (usage.input_tokens or 0) + (usage.output_tokens or 0)
