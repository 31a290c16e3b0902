"""Learning from a brand's own sends: what ships is where it begins, not where it stays.

Each rate (clicks, conversions, revenue, unsubscribes, complaints) is learned by itself, on the
scale of log-odds (of logarithms for revenue). A segment's weights lie around the brand's, the
brand's around those that ship, all normally distributed; a send is as sure as its counts allow,
and no surer than sends of one brand repeat each other. This is the linear mixed model of Lindley
and Smith 1972 (J. R. Stat. Soc. B 34:1) with approximately normal log-odds; it has a closed form,
so what is learned is a function of the sends and does not depend on their order.

Opens are no objective: half of them are made by machines.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from copydesk.ranking import style
from copydesk.ranking.sends import PastSend
from copydesk.ranking.trained import TrainedModel, logistic

Numbers = NDArray[np.float64]
Aim = Literal["clicks", "conversions", "revenue"]
Rate = Literal["clicks", "conversions", "revenue", "unsubscribes", "complaints"]
Reading = Callable[[str], Mapping[str, float]]
"""Tells the parts of a subject's score by name; the same names for every subject."""

ENOUGH_RECIPIENTS = 5_000
ENOUGH_SENDS = 6
"""Before both, what was learned is told as a beginning."""
SHIPPED = "shipped"
WITHIN = 1.645
"""Standard deviations within which nine of ten true values lie."""
_ROUNDS = 4
_PART = 0.1
"""Log-odds that a part of style has, roughly, in what ships; weights are told per so much."""


class Belief(NamedTuple):
    """What is held before any send. Judgements, made before any brand's sends were seen."""

    rates: Mapping[Rate, float] = {
        "clicks": 0.0125,
        "conversions": 0.001,
        "revenue": 0.05,
        "unsubscribes": 0.002,
        "complaints": 0.0002,
    }
    """A recipient's, each. Clicks: about those of the experiments that the shipped model saw."""
    brand: tuple[float, float, float] = (1.0, 0.3, 0.05)
    """Standard deviation between brands of the base, of the weight of the shipped score, and of
    what a usual part of style adds."""
    segment: tuple[float, float, float] = (0.5, 0.15, 0.03)
    """The same between segments of one brand."""
    spread: float = 0.3
    """Standard deviation between sends of one segment that nothing measured explains."""
    spread_worth: float = 10.0
    """Sends that outweigh that spread."""
    half_life_days: float = 180.0
    """A send so old counts half."""


class Objective(NamedTuple):
    """What is to be gained for each recipient, and what is lost with a recipient who leaves."""

    aim: Aim = "clicks"
    unsubscribe: float = 0.0
    """Clicks, conversions or money that one unsubscribe costs; as many as the aim is told in."""
    complaint: float = 0.0


class Predicted(NamedTuple):
    """A rate of a recipient, with the interval that holds nine in ten true rates of such sends."""

    rate: float
    low: float
    high: float
    log_odds: float
    """Of the rate; its logarithm for revenue."""
    spread: float
    """Standard deviation of the true log-odds around these."""
    why: str


class RateModel:
    """What is known of one rate: the brand's weights, and what each segment has of its own."""

    def __init__(self, rate: Rate, belief: Belief, sums: _Sums, spread: float) -> None:
        self.rate, self.spread, self.usual = rate, spread, sums.usual
        self._belief, self._sums = belief, sums

    @property
    def began(self) -> bool:
        """Whether there is enough to rely on more than what ships."""
        return self._sums.recipients >= ENOUGH_RECIPIENTS and self._sums.sends >= ENOUGH_SENDS

    @cached_property
    def _brand(self) -> tuple[Numbers, Numbers]:
        """Mean and covariance of the brand's weights, what segments have of their own left out."""
        start, wide = _start(self.rate, self._belief, self._sums.parts)
        precision, weighted = np.diag(1 / wide), start / wide
        own = np.diag(_variances(self._belief.segment, self._sums.parts))
        for squares, products in self._sums.by_segment.values():
            through = np.linalg.solve(
                np.eye(len(start)) + squares @ own, np.column_stack([squares, products])
            )
            precision, weighted = precision + through[:, :-1], weighted + through[:, -1]
        covariance = np.linalg.inv(precision)
        return covariance @ weighted, (covariance + covariance.T) / 2

    def weights(self, segment: str = "") -> tuple[Numbers, Numbers]:
        """Return the mean and covariance of the weights of a segment, known or not."""
        mean, covariance = self._brand
        narrow = np.diag(1 / _variances(self._belief.segment, self._sums.parts))
        squares, products = self._sums.by_segment.get(
            segment, (np.zeros_like(covariance), np.zeros_like(mean))
        )
        inner = np.linalg.inv(squares + narrow)
        pull = inner @ narrow
        return inner @ products + pull @ mean, inner + pull @ covariance @ pull.T

    def predict(self, parts: Mapping[str, float], segment: str = "") -> Predicted:
        """Return the rate to expect of a subject with these parts, sent to a segment."""
        row = row_of(parts)
        mean, covariance = self.weights(segment)
        log_odds = float(row @ mean)
        wide = math.sqrt(float(row @ covariance @ row) + self.spread**2)
        low, rate, high = (
            _inverse(self.rate, log_odds + step * wide) for step in (-WITHIN, 0.0, WITHIN)
        )
        return Predicted(rate, low, high, log_odds, wide, self.told(segment))

    @property
    def known(self) -> bool:
        """Whether any send tells this rate."""
        return self._sums.sends > 0

    def told(self, segment: str = "") -> str:
        """Return in words how much this was learned from."""
        if not self._sums.sends:
            return f"no send of the brand's tells its {self.rate}: this is what ships"
        sends = "1 send" if self._sums.sends == 1 else f"{self._sums.sends} sends"
        told = f"{sends} to {self._sums.recipients:,} recipients"
        own = self._sums.sends_of.get(segment, 0)
        told += f", {own} of them to this segment" if segment else ""
        return told if self.began else f"only {told}: a beginning"


class Learned:
    """All that was learned from sends."""

    def __init__(
        self, models: Mapping[Rate, RateModel], reading: Reading, through: datetime | None
    ) -> None:
        self.models, self.reading, self.through = models, reading, through

    def predict(self, subject: str, segment: str = "", rate: Rate = "clicks") -> Predicted:
        """Return what to expect of a subject at a segment."""
        return self.models[rate].predict(self.reading(subject), segment)

    def value(self, subject: str, segment: str, objective: Objective) -> float:
        """Return what a recipient is worth in the unit of the objective, costs taken off."""
        worth = self.predict(subject, segment, objective.aim).rate
        if objective.unsubscribe:
            worth -= objective.unsubscribe * self.predict(subject, segment, "unsubscribes").rate
        if objective.complaint:
            worth -= objective.complaint * self.predict(subject, segment, "complaints").rate
        return worth


def learn(
    sends: Sequence[PastSend],
    *,
    reading: Reading | None = None,
    belief: Belief | None = None,
    at: datetime | None = None,
) -> Learned:
    """Return what `sends` teach, seen from `at` (the last of them, if not said)."""
    reading, belief = reading or shipped_parts, belief or Belief()
    through = max((send.sent_at for send in sends), default=None)
    rows = np.array([row_of(reading(send.subject)) for send in sends])
    if not sends:
        rows = np.zeros((0, len(row_of(reading("")))))
    now = at or through
    models = {rate: _fitted(rate, sends, rows, belief, now) for rate in belief.rates}
    return Learned(models, reading, through)


def shipped_parts(subject: str) -> dict[str, float]:
    """Return what the shipped model makes of a subject: see `reading_of`."""
    return reading_of(TrainedModel.load())(subject)


def reading_of(model: TrainedModel) -> Callable[[str], dict[str, float]]:
    """Return what tells a subject's parts by this model; its score is 0 where it cannot read it.

    Style is measured in any language, and given in parts of 0.1 log-odds.
    """

    def reading(subject: str) -> dict[str, float]:
        told = model.told(subject)
        read = told.characters and told.unknown <= model.card.strange
        parts = {name: told.parts[name] / _PART for name in style.groups()}
        return {SHIPPED: told.score if read else 0.0, **parts}

    return reading


def row_of(parts: Mapping[str, float]) -> Numbers:
    """Return the parts as a row: one for the base, the shipped score, then the rest in order."""
    rest = [value for name, value in parts.items() if name != SHIPPED]
    row: Numbers = np.clip(np.array([1.0, parts.get(SHIPPED, 0.0), *rest]), -5, 5)
    return row


class _Sums:
    """Weighted sums over sends, by segment: all that a model needs of them."""

    def __init__(self, parts: int, usual: Usual) -> None:
        self.parts, self.usual, self.sends, self.recipients = parts, usual, 0, 0
        self.by_segment: dict[str, tuple[Numbers, Numbers]] = {}
        self.sends_of: dict[str, int] = {}


class _Told(NamedTuple):
    """The sends that tell a rate: how much each counts, its row, log-odds, and their variance."""

    usual: Usual
    sends: Sequence[PastSend]
    counts: Numbers
    rows: Numbers
    seen: Numbers
    variance: Numbers


def _fitted(
    rate: Rate, sends: Sequence[PastSend], rows: Numbers, belief: Belief, now: datetime | None
) -> RateModel:
    told = _told(rate, sends, rows, belief, now)
    spread = belief.spread
    model = RateModel(rate, belief, _summed(told, spread), spread)
    for _ in range(_ROUNDS if len(told.sends) else 0):
        spread = _spread(told, model, belief)
        model = RateModel(rate, belief, _summed(told, spread), spread)
    return model


def _told(
    rate: Rate, sends: Sequence[PastSend], rows: Numbers, belief: Belief, now: datetime | None
) -> _Told:
    usual = Usual.of(rate, sends, belief)
    observed = [observation(rate, send, usual) for send in sends]
    known = [n for n, found in enumerate(observed) if found]
    found = np.array([pair for pair in observed if pair]).reshape(-1, 2)
    kept = [sends[n] for n in known]
    days = [(now - send.sent_at) / timedelta(days=1) if now else 0.0 for send in kept]
    counts = 0.5 ** (np.maximum(np.array(days, dtype=float), 0) / belief.half_life_days)
    return _Told(usual, kept, counts, rows[known], found[:, 0], found[:, 1])


class Usual(NamedTuple):
    """What a recipient of the brand's does: events (orders, for revenue), and what one brings."""

    events: float
    worth: float = 1.0

    @classmethod
    def of(cls, rate: Rate, sends: Sequence[PastSend], belief: Belief) -> Usual:
        """Return the pooled rate of the sends, one event as is believed added."""
        before = belief.rates["conversions" if rate == "revenue" else rate]
        known = [(told, send) for send in sends if (told := _events(rate, send)) is not None]
        events = 1 + sum(told for told, _ in known)
        share = events / (1 / before + sum(send.recipients for _, send in known))
        if rate != "revenue":
            return cls(share)
        worth = belief.rates["revenue"] / before
        return cls(share, (worth + math.fsum(send.revenue or 0 for _, send in known)) / events)


def observation(rate: Rate, send: PastSend, usual: Usual) -> tuple[float, float] | None:
    """Return a send's log-odds and their variance by chance, or None where it tells nothing.

    Half an event at the usual rate is added, so a send of few says what was held before.
    """
    events = _events(rate, send)
    if events is None:
        return None
    number = send.recipients
    reach = number + 0.5 / usual.events
    if rate == "revenue":
        mean = ((send.revenue or 0.0) + usual.worth / 2) / reach
        # Orders vary by their number, and about as much again by what is in them.
        return math.log(mean), 2 / (events + 0.5)
    share = min((events + 0.5) / reach, 1 - 1 / (2 * number + 2))
    return logit(share), 1 / (number * share * (1 - share))


def _events(rate: Rate, send: PastSend) -> int | None:
    """Return how many of a send's recipients did it; None where that is not known."""
    if rate == "revenue":
        return None if send.revenue is None else send.conversions
    events: int | None = send.human_clicks if rate == "clicks" else getattr(send, rate)
    return events


def _summed(told: _Told, spread: float) -> _Sums:
    sums = _Sums(told.rows.shape[1], told.usual)
    sums.sends = len(told.sends)
    sums.recipients = sum(send.recipients for send in told.sends)
    weight = told.counts / (told.variance + spread**2)
    places: dict[str, list[int]] = {}
    for place, send in enumerate(told.sends):
        places.setdefault(send.segment, []).append(place)
    for segment, own in sorted(places.items()):
        rows = told.rows[own]
        weighted = rows.T * weight[own]
        sums.by_segment[segment] = weighted @ rows, weighted @ told.seen[own]
        sums.sends_of[segment] = len(own)
    return sums


def _spread(told: _Told, model: RateModel, belief: Belief) -> float:
    """Return the standard deviation of sends around what is expected, beyond chance."""
    known = {send.segment: model.weights(send.segment) for send in told.sends}
    total, number = belief.spread_worth * belief.spread**2, belief.spread_worth
    for place, send in enumerate(told.sends):
        mean, covariance = known[send.segment]
        row, count = told.rows[place], float(told.counts[place])
        noise = float(told.variance[place]) + model.spread**2
        fitted = min(0.9, float(row @ covariance @ row) * count / noise)
        error = (float(told.seen[place]) - float(row @ mean)) ** 2 / (1 - fitted)
        # Sends that tell much of themselves tell most about what is left.
        share = count * (model.spread**2 / noise) ** 2
        total += share * (error - float(told.variance[place]))
        number += share
    return math.sqrt(max(total / number, 0.02**2))


def _start(rate: Rate, belief: Belief, parts: int) -> tuple[Numbers, Numbers]:
    mean = np.zeros(parts)
    usual = belief.rates[rate]
    mean[0] = math.log(usual) if rate == "revenue" else logit(usual)
    # Lines that win clicks win more of what follows a click; what makes people leave is not known.
    mean[1] = 0.0 if rate in {"unsubscribes", "complaints"} else 1.0
    return mean, _variances(belief.brand, parts)


def _variances(deviations: tuple[float, float, float], parts: int) -> Numbers:
    base, shipped, group = deviations
    return np.array([base**2, shipped**2, *[group**2] * (parts - 2)])


def _inverse(rate: Rate, value: float) -> float:
    return math.exp(value) if rate == "revenue" else logistic(value)


def logit(share: float) -> float:
    """Return the log-odds of a share between 0 and 1, both left out."""
    return math.log(share) - math.log1p(-share)


def order(
    learned: Learned, subjects: Iterable[str], segment: str, objective: Objective
) -> list[tuple[str, float]]:
    """Return the subjects with what a recipient is worth, the best first; equals by their text."""
    found = [(subject, learned.value(subject, segment, objective)) for subject in subjects]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))
