"""Figures of a period: what was decided, how fast, what waits, what was found, what it cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated

from pydantic import Field

from copydesk.access import Actor
from copydesk.briefs import Kind, Noun
from copydesk.desk.parts import READERS, Clock
from copydesk.desk.shares import Share, share_of
from copydesk.generation.hosted.prices import PER
from copydesk.generations import GenerationState
from copydesk.review_queue import Policy
from copydesk.storage import Store, Transaction
from copydesk.storage.figures import (
    DecidedDay,
    GenerationCount,
    OpenSince,
    Period,
    RuleCount,
    Waits,
    date_of,
    day_of,
)

DAYS_AT_MOST = 366
WEEK = 7
HOUR_S = 3_600.0
STEPS_H = (1.0, 2.0, 4.0, 8.0, 24.0, 48.0, 96.0, 168.0)
"""Hours that times to a decision are counted up to."""
MOMENTS = 31
"""The size of the queue is told for at most so many days of a period."""
RULE_DAYS = 30
"""Over so many days the page of a rule tells how often it found something."""


class Asked(Noun):
    """What is to be counted."""

    days: Annotated[int, Field(ge=1, le=DAYS_AT_MOST)] = 30
    """How many days, today being the last; days are those of UTC."""
    brand: Annotated[str | None, Field(min_length=1, max_length=200, pattern=r"^[^\u0000]+$")] = (
        None
    )
    kind: Kind | None = None


class Span(Noun):
    """The days that were counted, both included."""

    first: date
    last: date
    brand: str | None = None
    kind: Kind | None = None


class Step(Noun):
    """What people decided in one week, or on one day of a period of a week."""

    first: date
    last: date
    approval: Share
    first_pass: Share


class Decisions(Noun):
    """What people decided on review items; copy that a policy approved by itself is not in it."""

    approval: Share
    """Approved, of all that was approved or rejected."""
    first_pass: Share
    """Approved as it was written, by another than the author, of the same."""
    late: Share
    """Decided after they were due by the policy, of the same."""
    steps: tuple[Step, ...]
    acts: Mapping[str, int]
    """What people did to review items, by act; what was undone is not counted."""


class Bucket(Noun):
    """How many decisions took longer than the bucket before, and at most so long."""

    hours: float | None
    """None for the last: longer than all."""
    items: int


class Times(Noun):
    """From when an item came to review to its decision, nights and weekends included."""

    median_hours: float | None
    p90_hours: float | None
    """Nine in ten were decided sooner."""
    sla_hours: float
    """The policy's; a rule of it may say otherwise for what it routes."""
    buckets: tuple[Bucket, ...]


class QueueDay(Noun):
    """What was open when a day ended."""

    day: date
    open: int
    median_days: float | None
    """Half of it was no older; None of an empty queue."""
    oldest_days: int | None


class RuleUse(Noun):
    """How often a rule found something."""

    rule: str
    copies: int
    """Copies in which it did, each counted once, wherever the copy went."""
    dismissed: int
    """Of these, those in which people judged that the finding does not apply."""
    reasons: Mapping[str, int]
    """Why, by DismissalReason."""


class Generated(Noun):
    """Requests for copy, and what became of the variants."""

    requests: Mapping[str, int]
    """By state."""
    variants: Mapping[str, int]
    """`approved` by policy, `trusted` past review, sent to `review`, or `blocked`."""
    fallbacks: int
    """Tries of a model that failed, so that the next one wrote."""


class Spending(Noun):
    """What one model cost on one day."""

    day: date
    model: str
    calls: int
    tokens: int
    amount: float | None
    """Of `currency`; None where nobody said what models cost."""


class Spent(Noun):
    """What hosted models cost, of all brands and kinds."""

    currency: str | None
    """Of the operator's price table; None without one."""
    calls: int
    tokens: int
    amount: float | None
    days: tuple[Spending, ...]
    reused: int
    """Answers that were paid for before and used again."""
    saved: float | None
    """What these would have cost."""
    cached: Share
    """Tokens of input that the provider had in its prompt cache, of all input."""


class Pulls(Noun):
    """How often copy was pulled on one day."""

    day: date
    approved: int
    fallback: int


class Served(Noun):
    """What campaign tools pulled, and what was stopped."""

    pulls: int
    fallback: int
    """Of these, pulls that got the campaign's fallback."""
    days: tuple[Pulls, ...]
    approved: int
    """Copies that policy or people approved."""
    pulled: int
    """Of these, those that were pulled at least once."""
    withdrawn: int
    """Of these, those withdrawn since."""
    recalled: int
    """Approvals that became void because the campaign's facts changed, and went back to review."""


class Figures(Noun):
    """All figures of a period."""

    period: Span
    decisions: Decisions
    times: Times
    queue: tuple[QueueDay, ...]
    rules: tuple[RuleUse, ...]
    """Those that found something, most often first."""
    generated: Generated
    spent: Spent | None
    """None for who does not see every brand: what models cost is not counted by brand."""
    served: Served


class Measuring:
    """Tells the figures of a period. Raises Forbidden for who may not read the queue."""

    def __init__(
        self, store: Store, policy: Policy, clock: Clock, currency: str | None = None
    ) -> None:
        self._store = store
        self._policy = policy
        self._clock = clock
        self._currency = currency

    def figures(self, actor: Actor, asked: Asked) -> Figures:
        """Return all figures of the days asked for, counted now."""
        period = self._period(actor, asked)
        with self._store.transaction() as tx:
            decided, made = tx.figures.decided(period), tx.figures.generations(period)
            return Figures(
                period=_span(period, asked),
                decisions=_decisions(tx, period, decided),
                times=self._times(tx, period, sum(one.decided for one in decided)),
                queue=tuple(_queue_days(tx.figures.open_since(period), period)),
                rules=_uses(tx.figures.rules(period)),
                generated=_generated(made),
                spent=self._spent(tx, period, made) if actor.may(*READERS) else None,
                served=_served(tx, period),
            )

    def rules(self, actor: Actor, days: int = RULE_DAYS) -> Mapping[str, RuleUse]:
        """Return by its id how often each rule found something in the last days."""
        period = self._period(actor, Asked(days=days))
        with self._store.transaction() as tx:
            return {use.rule: use for use in _uses(tx.figures.rules(period))}

    def brands(self, actor: Actor) -> Sequence[str]:
        """Return the brands that the actor sees figures of, by name."""
        reach = actor.brands(*READERS)
        with self._store.transaction() as tx:
            return [name for name in tx.figures.brands() if name in reach]

    def _period(self, actor: Actor, asked: Asked) -> Period:
        """Return what is counted for this actor: the one place that says whose figures they see."""
        reach = actor.brands(*READERS)
        if asked.brand is not None:
            actor.must_be(*READERS, brand=asked.brand)
        today = day_of(self._clock())
        return Period(today - asked.days + 1, today, reach.only(asked.brand), asked.kind)

    def _times(self, tx: Transaction, period: Period, number: int) -> Times:
        waits = tx.figures.waits(period, [hours * HOUR_S for hours in STEPS_H])
        return Times(
            median_hours=waits.median / HOUR_S if waits else None,
            p90_hours=waits.p90 / HOUR_S if waits else None,
            sla_hours=self._policy.priority.sla_hours,
            buckets=_buckets(waits, number),
        )

    def _spent(self, tx: Transaction, period: Period, made: Sequence[GenerationCount]) -> Spent:
        days = tx.figures.spent(period)
        whole = sum(one.input_tokens for one in made)
        return Spent(
            currency=self._currency,
            calls=sum(one.calls for one in days),
            tokens=sum(one.tokens for one in days),
            amount=self._amount(sum(one.millionths for one in days)),
            days=tuple(
                Spending(
                    day=date_of(one.day),
                    model=one.model,
                    calls=one.calls,
                    tokens=one.tokens,
                    amount=self._amount(one.millionths),
                )
                for one in days
            ),
            reused=sum(one.reused for one in made),
            saved=self._amount(sum(one.saved for one in made)),
            cached=share_of(sum(one.cached_tokens for one in made), whole),
        )

    def _amount(self, millionths: int) -> float | None:
        return None if self._currency is None else millionths / PER


def _span(period: Period, asked: Asked) -> Span:
    first, last = date_of(period.first), date_of(period.last)
    return Span(first=first, last=last, brand=asked.brand, kind=asked.kind)


def _decisions(tx: Transaction, period: Period, days: Sequence[DecidedDay]) -> Decisions:
    approval, first_pass = _shares(days)
    return Decisions(
        approval=approval,
        first_pass=first_pass,
        late=share_of(sum(one.late for one in days), approval.whole),
        steps=tuple(_steps(days, period)),
        acts=dict(sorted(tx.figures.acts(period).items())),
    )


def _shares(days: Sequence[DecidedDay]) -> tuple[Share, Share]:
    whole = sum(one.decided for one in days)
    approved, as_written = sum(one.approved for one in days), sum(one.as_written for one in days)
    return share_of(approved, whole), share_of(as_written, whole)


def _steps(days: Sequence[DecidedDay], period: Period) -> list[Step]:
    """Return the period in weeks that end with its last day, so that only the first is shorter."""
    length = WEEK if period.last - period.first >= WEEK else 1
    steps = []
    for last in range(period.last, period.first - 1, -length):
        first = max(last - length + 1, period.first)
        approval, first_pass = _shares([one for one in days if first <= one.day <= last])
        step = Step(
            first=date_of(first), last=date_of(last), approval=approval, first_pass=first_pass
        )
        steps.append(step)
    return steps[::-1]


def _buckets(waits: Waits | None, number: int) -> tuple[Bucket, ...]:
    if waits is None:
        return ()
    counted, before = [], 0
    for hours, within in zip(STEPS_H, waits.within, strict=True):
        counted.append(Bucket(hours=hours, items=within - before))
        before = within
    return (*counted, Bucket(hours=None, items=number - before))


def _queue_days(spans: Sequence[OpenSince], period: Period) -> list[QueueDay]:
    every = -(-(period.last - period.first + 1) // MOMENTS)
    days = range(period.last, period.first - 1, -every)
    return [_queue_day(spans, day) for day in reversed(days)]


def _queue_day(spans: Sequence[OpenSince], day: int) -> QueueDay:
    """Return what was open when the day ended; what comes first in `spans` is oldest."""
    ages = [(day - one.asked, one.items) for one in spans if one.asked <= day < one.decided]
    number = sum(items for _, items in ages)
    seen, median = 0, None
    for age, items in reversed(ages):
        seen += items
        if seen * 2 >= number:
            median = age
            break
    return QueueDay(
        day=date_of(day),
        open=number,
        median_days=median,
        oldest_days=ages[0][0] if ages else None,
    )


def _uses(counts: Sequence[RuleCount]) -> tuple[RuleUse, ...]:
    by_rule: dict[str, dict[str, int]] = {}
    for one in counts:
        by_rule.setdefault(one.rule, {})[one.dismissed] = one.copies
    uses = [
        RuleUse(
            rule=rule,
            copies=sum(reasons.values()),
            dismissed=sum(number for reason, number in reasons.items() if reason),
            reasons={reason: number for reason, number in reasons.items() if reason},
        )
        for rule, reasons in by_rule.items()
    ]
    return tuple(sorted(uses, key=lambda use: (-use.copies, use.rule)))


def _generated(made: Sequence[GenerationCount]) -> Generated:
    states = {one.state: one.generations for one in made}
    trusted = sum(one.trusted for one in made)
    return Generated(
        requests={state.value: states.get(state.value, 0) for state in GenerationState},
        variants={
            "approved": sum(one.approved for one in made) - trusted,
            "trusted": trusted,
            "review": sum(one.review for one in made),
            "blocked": sum(one.blocked for one in made),
        },
        fallbacks=sum(one.fallbacks for one in made),
    )


def _served(tx: Transaction, period: Period) -> Served:
    days, shelved = tx.figures.pulled(period), tx.figures.shelved(period)
    return Served(
        pulls=sum(one.approved + one.fallback for one in days),
        fallback=sum(one.fallback for one in days),
        days=tuple(
            Pulls(day=date_of(one.day), approved=one.approved, fallback=one.fallback)
            for one in days
        ),
        **shelved._asdict(),
        recalled=tx.figures.recalled(period),
    )
