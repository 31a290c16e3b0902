"""What an experiment would gain, told before it is sent: by playing many like it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Annotated

import numpy as np
from pydantic import Field

from copydesk.briefs import Noun
from copydesk.experiments import counted, simulation, stopping
from copydesk.experiments.posterior import BASE_RATE, SPREAD
from copydesk.experiments.simulation import Ours, Policy, Truth

Rate = Annotated[float, Field(gt=0, lt=0.5)]
SKILL = 0.4
"""Correlation of the learned ranker's scores with true log-odds within a test, on the Upworthy
Research Archive. Nothing shows that it is as good for e-mail."""
BOOTSTRAPS = 400
LEAST = "even split"
TESTED = "A/B test of 20 %"


class Question(Noun):
    """A send that is thought of. Rates are shares of sends: 0.01 is one in a hundred."""

    recipients: int = Field(ge=10, le=10**8)
    arms: int = Field(default=4, ge=2, le=20)
    """Variants of each experiment, where `rates` names none."""
    base_rate: Rate = BASE_RATE
    """Answers for each send of an average variant."""
    spread: float = Field(default=SPREAD, ge=0, le=2)
    """Standard deviation of the variants' log-odds."""
    skill: float = Field(default=SKILL, ge=0, lt=1)
    """Correlation of the ranker's scores with them; 0: no ranker."""
    rates: tuple[Annotated[tuple[Rate, ...], Field(min_length=2, max_length=20)], ...] = Field(
        default=(), max_length=5_000
    )
    """Rates of variants of experiments that were made: these are played instead of invented ones.
    """
    looks: int = Field(default=20, ge=1, le=100)
    """How often a test would be looked at."""
    runs: int = Field(default=500, ge=50, le=5_000)

    @property
    def work(self) -> int:
        """How much there is to play: time grows in proportion to it."""
        widest = max(map(len, self.rates), default=self.arms)
        return max(self.runs, len(self.rates)) * self.looks * widest


class Gain(Noun):
    """What a way of dividing would gain. Intervals are of 95 %, for the mean over such sends."""

    way: str
    answers: float
    """Expected answers of the whole list."""
    over_even: float
    """Over an even split, as 0.05 for a twentieth more."""
    low: float
    high: float
    over_test: float
    """Over an A/B test of a fifth of the list that then commits."""
    loses: float
    """Share of sends in which it would gain less than an even split."""


class FalseWinner(Noun):
    """How often a way of stopping is wrong where all variants are equal, and right where not."""

    way: str
    wrongly: float
    """Chance of calling a winner where there is none."""
    rightly: float
    """Chance of finding that one of two is a fifth better."""


class Answer(Noun):
    """What dividing would have gained, and how often one would have been misled."""

    experiments: int
    """How many were played."""
    detectable_lift: float | None
    """The least lift between two variants that the list finds in four of five cases."""
    gains: tuple[Gain, ...]
    stopping: tuple[FalseWinner, ...]


def answered(question: Question, seed: int = 1) -> Answer:
    """Return what each way of dividing would gain; the same question has the same answer."""
    rng = np.random.default_rng(seed)
    truths = _truths(question, rng)
    gained = {name: _gained(truths, question, *way) for name, way in _ways().items()}
    even, tested = gained[LEAST], gained[TESTED]
    gains = (_gain(name, mine, even, tested, question) for name, mine in gained.items())
    sends = question.recipients // question.arms
    lift = stopping.detectable_lift(question.base_rate, sends) if sends else math.inf
    return Answer(
        experiments=len(even),
        detectable_lift=None if math.isinf(lift) else lift,
        gains=tuple(gains),
        stopping=tuple(_stopped(question, max(sends // question.looks, 1))),
    )


def _ways() -> dict[str, tuple[Policy, bool]]:
    """Return each way of dividing, and whether it tests first and then commits."""
    late = simulation.LAST_BEGINS
    return {
        LEAST: (simulation.even, False),
        TESTED: (simulation.tested, True),
        "plain Thompson": (simulation.thompson, False),
        "top-two Thompson": (Ours(rule="top-two", greedy_from=late), False),
        "P(best) squared": (Ours(rule="squared", greedy_from=late), False),
    }


def _truths(question: Question, rng: np.random.Generator) -> list[Truth]:
    """Return experiments, those of one number of arms together."""
    if not question.rates:
        noise = rng.normal(0, question.spread, (2, question.runs, question.arms))
        odds = math.log(question.base_rate / (1 - question.base_rate)) + noise[0]
        return [Truth(1 / (1 + np.exp(-odds)), _scores(noise[0], noise[1], question.skill))]
    found = list[Truth]()
    for count in sorted({len(rates) for rates in question.rates}):
        rates = np.array([each for each in question.rates if len(each) == count])
        again = math.ceil(question.runs / len(question.rates))
        rates = np.repeat(rates, again, axis=0)
        odds = np.log(rates / (1 - rates))
        apart = odds - odds.mean(-1, keepdims=True)
        noise = rng.normal(0, max(float(apart.std()), 1e-9), apart.shape)
        found.append(Truth(rates, _scores(apart, noise, question.skill)))
    return found


def _scores(odds: np.ndarray, noise: np.ndarray, skill: float) -> np.ndarray:
    """Return scores of this correlation with the log-odds, shrunk as far as they can be trusted."""
    scores: np.ndarray = skill**2 * odds + skill * math.sqrt(1 - skill**2) * noise
    return scores


def _gained(
    truths: list[Truth], question: Question, policy: Policy, tests_first: bool
) -> np.ndarray:
    rng, batches = np.random.default_rng(2), simulation.wave_batches(tested_first=tests_first)
    played = [
        simulation.play(truth, policy, question.recipients / truth.rates.shape[-1], batches, rng)
        for truth in truths
    ]
    return np.concatenate(played)


def _gain(
    name: str, mine: np.ndarray, even: np.ndarray, tested: np.ndarray, question: Question
) -> Gain:
    rng = np.random.default_rng(3)
    rows = rng.integers(0, len(mine), (BOOTSTRAPS, len(mine)))
    low, high = np.percentile(mine[rows].sum(1) / even[rows].sum(1) - 1, [2.5, 97.5])
    return Gain(
        way=name,
        answers=float(mine.mean()) * question.recipients,
        over_even=float(mine.sum() / even.sum() - 1),
        low=float(low),
        high=float(high),
        over_test=float(mine.sum() / tested.sum() - 1),
        loses=float((mine < even * (1 - _HAIR)).mean()),
    )


def _stopped(question: Question, each: int) -> Iterator[FalseWinner]:
    fractions = [(look + 1) / question.looks for look in range(question.looks)]
    ways: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
        "p < 0.05 at each look": lambda a, b: np.abs(_z(a, b)) > _NAIVE,
        "group sequential": lambda a, b: _planned(a, b, fractions),
        "e-value of 20": lambda a, b: stopping.evidence(a, b, np.full(a.shape, 0.5)) >= _TWENTY,
    }
    for name, way in ways.items():
        wrongly, rightly = (
            simulation.false_winners(
                way, rate=question.base_rate, sends=each * question.looks, looks=question.looks,
                runs=question.runs, rng=np.random.default_rng(5), lift=lift,
            )
            for lift in (0.0, 0.2)
        )  # fmt: skip
        yield FalseWinner(way=name, wrongly=wrongly, rightly=rightly)


def _planned(one: np.ndarray, other: np.ndarray, fractions: list[float]) -> np.ndarray:
    if one.mean() < _COUNTED:
        return counted.called(one, other, fractions)
    # So many clicks are normal enough, and the exact sum over all paths takes long.
    found: np.ndarray = np.abs(_z(one, other)) > stopping.group_sequential(fractions)
    return found


def _z(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    a, b = one.cumsum(-1), other.cumsum(-1)
    z: np.ndarray = (a - b) / np.sqrt(np.maximum(a + b, 1))
    return z


_NAIVE, _TWENTY, _HAIR, _COUNTED = 1.96, 20, 1e-12, 60
