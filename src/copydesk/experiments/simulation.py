"""Real experiments played again: what each way of allocating would have gained.

All experiments of one number of arms are played at once: arrays have a row an experiment and a
column an arm. Gains are of expected clicks (rate times sends), so that only what is learned from
is left to chance, not what is counted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from copydesk.experiments import allocation, posterior, stopping
from copydesk.experiments.allocation import FLOOR, TEMPERED, WAVES
from copydesk.experiments.posterior import BASE_RATE, SPREAD, STRENGTH

SHARE_TESTED = 0.2
"""Part of the list that the A/B test takes before it commits."""
LAST_BEGINS = sum(WAVES[:-1])
"""Part of the list that is gone when the last wave begins."""


@dataclass(frozen=True)
class Truth:
    """Experiments of one number of arms."""

    rates: np.ndarray
    """True click rates."""
    scores: np.ndarray
    """What a ranker that has not seen these experiments expects, in log-odds."""


@dataclass(frozen=True)
class Dirt:
    """What stands between clicks and what is known of them."""

    late: float = 0.0
    """Part of a wave's clicks that has not arrived when the next wave begins."""
    bots: float = 0.0
    """Part of all clicks seen that machines made, on every variant alike."""
    opens: bool = False
    """Whether opens are taken for clicks: 40 for each 100 sends, half of them machines'. People
    open lines more and less by as much as they click them, but not the same lines: a decoy."""


CLEAN = Dirt()


class Policy(Protocol):
    """Divides a batch, given scores, showings and clicks so far, and the part of the list gone."""

    def __call__(
        self, scores: np.ndarray, shown: np.ndarray, clicked: np.ndarray, gone: float
    ) -> np.ndarray:
        """Return shares, a row an experiment."""
        ...


def even(scores: np.ndarray, shown: np.ndarray, clicked: np.ndarray, gone: float) -> np.ndarray:
    """Divide evenly, whatever is seen."""
    del shown, clicked, gone
    return np.full(scores.shape, 1 / scores.shape[-1])


def tested(scores: np.ndarray, shown: np.ndarray, clicked: np.ndarray, gone: float) -> np.ndarray:
    """Divide the first batch evenly, the second by the best rate seen: an A/B test's commitment."""
    if not gone:
        return even(scores, shown, clicked, gone)
    return allocation.greedy(clicked / np.maximum(shown, 1))


def thompson(scores: np.ndarray, shown: np.ndarray, clicked: np.ndarray, gone: float) -> np.ndarray:
    """Divide by the probability of being the best, without text and without tempering."""
    del scores, gone
    return posterior.best_probabilities(posterior.Rates(1 + clicked, 1 / BASE_RATE + shown))


@dataclass(frozen=True)
class Ours:
    """The allocation that ships: `allocation` and `posterior`, all experiments at once."""

    rule: allocation.Rule = "thompson"
    text: bool = True
    greedy_from: float = 1.0
    """Part of the list gone from which the rest goes to the best expected rate."""
    tempered: float = TEMPERED
    floor: float = FLOOR
    strength: float = STRENGTH

    def __call__(
        self, scores: np.ndarray, shown: np.ndarray, clicked: np.ndarray, gone: float
    ) -> np.ndarray:
        """Return shares, floor included."""
        known = posterior.rates(scores * self.text, shown, clicked, strength=self.strength)
        if gone >= self.greedy_from - _HAIR:
            return allocation.floored(allocation.greedy(known.mean), self.floor)
        best = posterior.best_probabilities(known.tempered(self.tempered))
        return allocation.floored(allocation.shares_of(best, self.rule), self.floor)


def play(
    truth: Truth,
    policy: Policy,
    each: float,
    batches: np.ndarray,
    rng: np.random.Generator,
    dirt: Dirt = CLEAN,
) -> np.ndarray:
    """Return each experiment's expected clicks for a send; the list has `each` sends an arm.

    `batches` are parts of the list, in order. What was seen of a batch is known before the next,
    but for what is late, which is there one batch after.
    """
    total = each * truth.rates.shape[-1]
    shown, known, late = (np.zeros_like(truth.rates) for _ in range(3))
    gained, gone = np.zeros(len(truth.rates)), 0.0
    appeal = np.exp(rng.normal(0, SPREAD, truth.rates.shape))
    for part in batches:
        shares = policy(truth.scores, shown, known, gone)
        sent = _divided(total * part, shares, rng)
        gained += (sent * truth.rates).sum(-1)
        seen = _opens(sent, appeal, rng) if dirt.opens else _clicks(truth, sent, rng, dirt)
        arrived = seen if not dirt.late else rng.binomial(seen.astype(int), 1 - dirt.late)
        known, late = known + late + arrived, seen - arrived
        shown, gone = shown + sent, gone + part
    mean: np.ndarray = gained / total
    return mean


def wave_batches(*, tested_first: bool = False) -> np.ndarray:
    """Return the four waves of an e-mail send, or the two of an A/B test."""
    return np.array([SHARE_TESTED, 1 - SHARE_TESTED] if tested_first else WAVES)


def false_winners(
    called: Callable[[np.ndarray, np.ndarray], np.ndarray],
    *,
    rate: float,
    sends: int,
    looks: int,
    runs: int,
    rng: np.random.Generator,
    lift: float = 0.0,
) -> float:
    """Return the share of A/B runs in which `called` finds a winner at any look.

    `called` takes the clicks of each batch of both variants, runs in rows and looks in columns,
    and tells at which looks it would stop. With a lift it is the power.
    """
    one = rng.binomial(sends // looks, rate, (runs, looks))
    other = rng.binomial(sends // looks, rate * (1 + lift), (runs, looks))
    return float(called(one, other).any(-1).mean())


def sends_to_stop(
    rate: float, limit: float, *, most: int, runs: int, rng: np.random.Generator, step: int = 50
) -> np.ndarray:
    """Return after how many sends the guard stopped a variant, looked at each `step` sends.

    Runs that reach `most` unstopped are given as infinity.
    """
    stopped = np.full(runs, np.inf)
    for run in range(runs):
        events = np.cumsum(rng.binomial(step, rate, most // step))
        looks = (n for n, seen in enumerate(events, 1) if stopping.must_stop(seen, n * step, limit))
        stopped[run] = step * next(looks, np.inf)
    return stopped


def _divided(total: float, shares: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return sends an arm. Parts of a send are carried as they are, where batches are small."""
    if total < _COUNTED:
        parts: np.ndarray = total * shares
        return parts
    counted: np.ndarray = rng.multinomial(round(total), shares).astype(float)
    return counted


def _opens(sent: np.ndarray, appeal: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    opens: np.ndarray = rng.poisson(sent * (0.2 + 0.2 * appeal)).astype(float)
    return opens


def _clicks(truth: Truth, sent: np.ndarray, rng: np.random.Generator, dirt: Dirt) -> np.ndarray:
    clicks: np.ndarray = rng.poisson(sent * truth.rates).astype(float)
    if dirt.bots:
        machines = dirt.bots / (1 - dirt.bots) * truth.rates.mean(-1, keepdims=True)
        clicks += rng.poisson(sent * machines)
    return clicks


_HAIR = 1e-9
_COUNTED = 200
