"""Pairs of arms of one group: which did better, how surely, and how well scores tell it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.stats import norm

from copydesk.ranking.training.experiments import SPREAD, Experiments

CLEAR = 1.96
"""|z| of two rates from which they differ at 5 %."""
BINS = 10
"""Bins of equally many pairs in which stated and found probabilities are compared."""
SURE = (1.0, 0.8, 0.5, 0.2, 0.1)
"""Shares of pairs, the surest first, whose accuracy is told."""


@dataclass(frozen=True)
class Pairs:
    """Rows of two arms each, whether the first did better, and z of the difference."""

    first: np.ndarray
    second: np.ndarray
    z: np.ndarray
    story: np.ndarray

    def __len__(self) -> int:
        return len(self.first)

    @property
    def clear(self) -> np.ndarray:
        """Return which pairs differ at 5 %."""
        clear: np.ndarray = np.abs(self.z) > CLEAR
        return clear

    def only(self, rows: np.ndarray) -> Pairs:
        """Return the pairs of these rows."""
        return Pairs(self.first[rows], self.second[rows], self.z[rows], self.story[rows])

    def ahead(self, scores: np.ndarray) -> np.ndarray:
        """Return by how much the score of each pair's first arm is above its second's."""
        ahead: np.ndarray = scores[self.first] - scores[self.second]
        return ahead


def members(group: np.ndarray) -> list[np.ndarray]:
    """Return the rows of each group."""
    order = np.argsort(group, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(group[order])) + 1)


def pairs(arms: Experiments) -> Pairs:
    """Return all pairs within groups whose rates are not equal."""
    found = np.array([pair for rows in members(arms.group) for pair in combinations(rows, 2)])
    first, second = found.T
    z = _z(arms, first, second)
    told = z != 0
    first, second, z = first[told], second[told], z[told]
    return Pairs(first, second, z, arms.story[first])


def posterior(arms: Experiments, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the probability, after the clicks, that the first of each two is truly better."""
    prior = 2 * SPREAD**2
    noise = arms.variance[first] + arms.variance[second]
    gap = arms.odds[first] - arms.odds[second]
    better: np.ndarray = norm.cdf(gap * np.sqrt(prior / (noise * (prior + noise))))
    return better


def right(ahead: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Return 1 where the score says what the clicks say, 0 where not, and a half for a tie."""
    agree: np.ndarray = (np.sign(ahead) * np.sign(z) + 1) / 2
    return agree


def calibration_error(stated: np.ndarray, won: np.ndarray) -> float:
    """Return the expected calibration error of probabilities stated for each pair's first arm.

    Every pair counts both ways round, so that which arm comes first does not matter.
    """
    stated, won = np.concatenate([stated, 1 - stated]), np.concatenate([won, ~won])
    bins = np.array_split(np.argsort(stated, kind="stable"), BINS)
    gaps = [abs(stated[rows].mean() - won[rows].mean()) * len(rows) for rows in bins]
    return float(sum(gaps) / len(stated))


def surest(ahead: np.ndarray, z: np.ndarray, shares: tuple[float, ...] = SURE) -> list[float]:
    """Return the accuracy on the surest pairs, for each share of them."""
    order = np.argsort(-np.abs(ahead), kind="stable")
    agree = right(ahead, z)[order]
    return [float(agree[: max(1, round(share * len(agree)))].mean()) for share in shares]


def picks(arms: Experiments, scores: np.ndarray) -> tuple[float, float]:
    """Return how often the best-scored arm of a group is the observed best, and its lift.

    The lift is of the rate of the pick over the mean rate of its group's arms, summed over groups.
    """
    rate = arms.clicked / arms.shown
    best, picked, even = 0, 0.0, 0.0
    for rows in members(arms.group):
        pick = rows[np.argmax(scores[rows])]
        best += int(rate[pick] == rate[rows].max())
        picked, even = picked + rate[pick], even + rate[rows].mean()
    return best / (arms.group.max() + 1), picked / even - 1


def interval(
    story: np.ndarray, measure: Callable[[np.ndarray], float], draws: int = 200
) -> tuple[float, float]:
    """Return the 95 % interval of a measure of rows, by bootstrap over stories."""
    rng = np.random.default_rng(0)
    rows = members(np.unique(story, return_inverse=True)[1])
    found = [measure(np.concatenate(sample)) for sample in _samples(rows, rng, draws)]
    low, high = np.percentile(found, [2.5, 97.5])
    return float(low), float(high)


def _samples(
    rows: list[np.ndarray], rng: np.random.Generator, draws: int
) -> Iterator[list[np.ndarray]]:
    for _ in range(draws):
        yield [rows[drawn] for drawn in rng.integers(0, len(rows), len(rows))]


def _z(arms: Experiments, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    shown, clicked = arms.shown, arms.clicked
    pooled = (clicked[first] + clicked[second]) / (shown[first] + shown[second])
    spread = np.sqrt(pooled * (1 - pooled) * (1 / shown[first] + 1 / shown[second]))
    gap = clicked[first] / shown[first] - clicked[second] / shown[second]
    z: np.ndarray = np.divide(gap, spread, out=np.zeros_like(gap), where=spread > 0)
    return z
