"""What a brand's own sends change of a score: the weights that its recipients' answers moved.

Only what tells lines apart is taken over. How much a segment clicks at all is the same for every
candidate, and changes no order.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from heapq import nlargest
from typing import NamedTuple

from copydesk.ranking.learned import Own, OwnParts
from copydesk.ranking.learning import (
    SHIPPED,
    Learned,
    Numbers,
    Objective,
    Rate,
    RateModel,
    row_of,
)

PART = "own_sends"
_MOST = 1.0
"""Log-odds by which what people leave for may change a score at most, each."""
_NAMED = 2
_SEGMENTS = 100


class OwnSends:
    """A brand's version in use, as the ranker asks it.

    `spread` is the standard deviation of a line's true log-odds around its score, as the model
    knows it; what is not known of the brand's weights comes to it.
    """

    def __init__(self, learned: Learned, version: str, objective: Objective, spread: float) -> None:
        self._learned, self._version = learned, version
        self._objective, self._spread = objective, spread
        self.of = lru_cache(_SEGMENTS)(self._of)

    def _of(self, segment: str) -> Own:
        """Return what the sends say of subjects at a segment, known or not."""
        told = _Segment(self._learned, self._objective, segment)

        def own(subject: str) -> OwnParts:
            parts = self._learned.reading(subject)
            row = row_of(parts)
            row[0] = 0.0
            unsure = float(row @ told.aim.covariance @ row)
            return OwnParts(
                tuple(self._parts(told, parts, row)), math.sqrt(self._spread**2 + unsure)
            )

        return own

    def _parts(
        self, told: _Segment, parts: Mapping[str, float], row: Numbers
    ) -> Iterator[tuple[str, float, str]]:
        aim = self._objective.aim
        effects = told.effects(parts, row)
        why = f"version {self._version}: {told.why}"
        yield f"{PART}.{aim}", math.fsum(effects.values()), f"{why}{_named(effects)}"
        for rate, cost in _costs(self._objective).items():
            if cost and told.knows(rate):
                yield f"{PART}.{rate}", *told.lost(rate, cost, row)


class _Weights(NamedTuple):
    model: RateModel
    mean: Numbers
    covariance: Numbers

    @classmethod
    def of(cls, learned: Learned, rate: Rate, segment: str) -> _Weights:
        model = learned.models[rate]
        return cls(model, *model.weights(segment))


class _Segment:
    """The weights of one segment, found once."""

    def __init__(self, learned: Learned, objective: Objective, segment: str) -> None:
        self._learned, self._segment, self._rate = learned, segment, objective.aim
        self.aim = _Weights.of(learned, objective.aim, segment)
        self._left: dict[Rate, _Weights] = {}

    @cached_property
    def why(self) -> str:
        """How much was learned from, in words."""
        return self.aim.model.told(self._segment)

    def knows(self, rate: Rate) -> bool:
        """Return whether any send tells this rate."""
        return self._learned.models[rate].known

    def effects(self, parts: Mapping[str, float], row: Numbers) -> dict[str, float]:
        """Return what each group adds beside what ships, in log-odds."""
        names = ["", SHIPPED, *(name for name in parts if name != SHIPPED)]
        weights = self.aim.mean.copy()
        weights[1] -= 1.0
        return dict(zip(names[1:], (row * weights)[1:].tolist(), strict=True))

    def lost(self, rate: Rate, cost: float, row: Numbers) -> tuple[float, str]:
        """Return what people who leave for a subject take from its score, and why."""
        if rate not in self._left:
            self._left[rate] = _Weights.of(self._learned, rate, self._segment)
        mean, aim = self._left[rate].mean, float(self.aim.mean[0])
        usual, here = _rate(float(mean[0])), _rate(float(mean[0] + row @ mean))
        gained = math.exp(aim) if self._rate == "revenue" else _rate(aim) * (1 - _rate(aim))
        value = min(_MOST, max(-_MOST, -cost * (here - usual) / gained))
        more = f"{here:.3%} are expected, {usual:.3%} of an average line"
        return value, f"{more}; each costs as much as {cost:g} {_UNITS[self._rate]}"


_UNITS = {"clicks": "clicks", "conversions": "conversions", "revenue": "of revenue"}


def _costs(objective: Objective) -> dict[Rate, float]:
    return {"unsubscribes": objective.unsubscribe, "complaints": objective.complaint}


def _named(effects: Mapping[str, float]) -> str:
    """Name the groups that change most, as long as they change anything."""
    most = nlargest(_NAMED, effects, key=lambda name: abs(effects[name]))
    told = [f"{_name(name)} {effects[name]:+.2f}" for name in most if abs(effects[name]) >= 0.005]  # noqa: PLR2004
    return f"; {', '.join(told)} in log-odds" if told else "; nothing that tells lines apart yet"


def _name(group: str) -> str:
    return "what won in headline experiments" if group == SHIPPED else group


def _rate(log_odds: float) -> float:
    return 0.5 * (1 + math.tanh(log_odds / 2))
