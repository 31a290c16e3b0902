"""From scores to probabilities and intervals, on texts that the scores were not learned from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize

from copydesk.ranking.training.experiments import Experiments
from copydesk.ranking.training.linear import Within
from copydesk.ranking.training.pairs import Pairs, members


def stacked(columns: np.ndarray, arms: Experiments) -> np.ndarray:
    """Return the weights that make of several models' scores the best one, by contrasts."""
    within, root = Within(arms), np.sqrt(arms.weight)
    centred = np.stack([root * within.centred(column) for column in columns.T], axis=1)
    weights: np.ndarray = np.linalg.lstsq(centred, root * within.centred(arms.odds))[0]
    return weights


class Slope(NamedTuple):
    """Differences d of scores are log-odds d * (slope + steeper * |d|) of winning."""

    slope: float
    steeper: float

    def chances(self, ahead: np.ndarray) -> np.ndarray:
        """Return the probabilities of winning."""
        chances: np.ndarray = 1 / (1 + np.exp(-ahead * (self.slope + self.steeper * abs(ahead))))
        return chances


def slope(ahead: np.ndarray, won: np.ndarray) -> Slope:
    """Return the slope under which what happened is likeliest. It never falls as d grows."""
    toward = np.where(won, 1.0, -1.0)[:, None] * np.stack([ahead, ahead * abs(ahead)], axis=1)
    found = minimize(
        lambda slopes: float(np.logaddexp(0, -toward @ slopes).mean()), (1.0, 0.0),
        bounds=((0, None), (0, None)),
    )  # fmt: skip
    return Slope(*map(float, found.x))


def spread(scores: np.ndarray, arms: Experiments) -> float:
    """Return the standard deviation of true log-odds around scores, chance of sampling taken out.

    By moments: squared errors within groups are the sum of both.
    """
    excess = freedom = 0.0
    for rows in members(arms.group):
        error = arms.odds[rows] - scores[rows]
        share = 1 - 1 / len(rows)
        excess += float(((error - error.mean()) ** 2).sum() - share * arms.variance[rows].sum())
        freedom += len(rows) - 1
    return float(np.sqrt(max(excess / freedom, 0.0)))


@dataclass(frozen=True)
class Crossed:
    """Probabilities of pairs, each by a slope set on the pairs of other stories."""

    stated: np.ndarray
    slopes: tuple[Slope, ...]


def crossed(scores: np.ndarray, pairs: Pairs, parts: int = 5) -> Crossed:
    """Return a probability for each pair, by slopes set on other stories' pairs."""
    ahead, won = pairs.ahead(scores), pairs.z > 0
    part = np.unique(pairs.story, return_inverse=True)[1] % parts
    slopes = tuple(slope(ahead[part != one], won[part != one]) for one in range(parts))
    stated = np.zeros(len(ahead))
    for one, found in enumerate(slopes):
        stated[part == one] = found.chances(ahead[part == one])
    return Crossed(stated, slopes)
