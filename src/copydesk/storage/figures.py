"""What a period is counted by: narrow rows beside the nouns, and what stores tell of them.

Every row follows from one noun, and is written with it in the same transaction: an act that is
undone is undone in the figures, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple, Protocol

from copydesk.brand_voice import EVERY_BRAND, Brands
from copydesk.generations import Generation
from copydesk.review_queue import ReviewItem
from copydesk.review_queue.priority import EPOCH

UNDECIDED = 1_000_000
"""Stands for the day of decision of what is open: later than any day."""


def day_of(at: datetime) -> int:
    """Return the day in UTC, counted from `priority.EPOCH`."""
    return (at - EPOCH).days


def date_of(day: int) -> date:
    """Return the date of a day that is counted so."""
    return EPOCH.date() + timedelta(days=day)


class Period(NamedTuple):
    """What is counted: days, both included, and of which brands and kind."""

    first: int
    last: int
    brands: Brands = EVERY_BRAND
    kind: str | None = None


class DecidedDay(NamedTuple):
    """What people decided on one day."""

    day: int
    decided: int
    approved: int
    as_written: int
    """Approved as they were written, see `trust.first_reading`."""
    late: int
    """Decided after they were due."""


class Waits(NamedTuple):
    """How long what was decided had waited, from its coming to review, in seconds."""

    median: float
    p90: float
    within: tuple[int, ...]
    """How many had waited at most as long as each of the steps that were asked for."""


class OpenSince(NamedTuple):
    """Items by the days on which they came and were decided."""

    asked: int
    decided: int
    """`UNDECIDED` for what is open."""
    items: int


class RuleCount(NamedTuple):
    """In how many copies a rule found something."""

    rule: str
    dismissed: str
    """The reason for which people dismissed it; empty where they did not."""
    copies: int


class GenerationCount(NamedTuple):
    """Generations in one state, and what became of their variants."""

    state: str
    generations: int = 0
    approved: int = 0
    trusted: int = 0
    """Of the approved, those that trust let past review."""
    review: int = 0
    blocked: int = 0
    fallbacks: int = 0
    """Tries of models that failed, so that the next one was asked."""
    reused: int = 0
    """Answers that were paid for before."""
    saved: int = 0
    """What these would have cost, in millionths of the currency."""
    input_tokens: int = 0
    cached_tokens: int = 0
    """Of the input, what the provider had in its prompt cache."""


class SpentDay(NamedTuple):
    """What one model cost on one day."""

    day: int
    model: str
    calls: int
    tokens: int
    millionths: int


class PulledDay(NamedTuple):
    """How often copy was pulled on one day."""

    day: int
    approved: int
    fallback: int


class Shelved(NamedTuple):
    """Copy that was approved in a period."""

    approved: int
    pulled: int
    """Of these, those that were pulled at least once."""
    withdrawn: int
    """Of these, those withdrawn since."""


class Figures(Protocol):
    """Counts over a period."""

    def put_item(self, item: ReviewItem) -> None:
        """Count the item as it stands now."""

    def put_generation(self, generation: Generation) -> None:
        """Count the generation as it stands now."""

    def note_pulls(self, day: int, counts: Mapping[tuple[str, str], int]) -> None:
        """Add to the pulls of a day, by campaign id and variant id."""

    def decided(self, period: Period) -> Sequence[DecidedDay]:
        """Return what was decided, by day; days on which nothing was are left out."""

    def waits(self, period: Period, steps: Sequence[float]) -> Waits | None:
        """Return how long what was decided in the period had waited; None if nothing was."""

    def open_since(self, period: Period) -> Sequence[OpenSince]:
        """Return what was open at any time in the period, by day of coming, oldest first."""

    def recalled(self, period: Period) -> int:
        """Return how many approvals became void in the period and went back to review."""

    def rules(self, period: Period) -> Sequence[RuleCount]:
        """Return in how many copies each rule found something first in the period, by rule."""

    def acts(self, period: Period) -> Mapping[str, int]:
        """Return how often people did what to review items, by name of the act."""

    def generations(self, period: Period) -> Sequence[GenerationCount]:
        """Return the generations accepted in the period, by state."""

    def spent(self, period: Period) -> Sequence[SpentDay]:
        """Return what models cost, by day and model: of all brands and kinds."""

    def pulled(self, period: Period) -> Sequence[PulledDay]:
        """Return how often copy was pulled, by day."""

    def shelved(self, period: Period) -> Shelved:
        """Return how much copy was approved in the period."""

    def brands(self) -> Sequence[str]:
        """Return every brand that is counted, by name."""
