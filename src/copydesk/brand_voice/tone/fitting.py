"""Weighing the parts of a tone: a logistic regression on a handful of features, by numpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

RIDGE = 1.0
ROUNDS = 50
ENOUGH = 1e-6


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights of standardised features."""

    mean: Floats
    spread: Floats
    weights: Floats
    bias: float

    def shares(self, features: Floats) -> Floats:
        """Return what each feature adds to the log-odds, for each row."""
        return np.asarray((features - self.mean) / self.spread * self.weights)

    def log_odds(self, features: Floats) -> Floats:
        """Return the log-odds of each row, at equal chances before anything is seen."""
        return np.asarray(self.shares(features).sum(axis=1) + self.bias)


def fit(own: Floats, others: Floats) -> Fitted:
    """Return the weights that best tell rows of one kind from the other; both count the same."""
    rows = np.vstack([own, others])
    truth = np.concatenate([np.ones(len(own)), np.zeros(len(others))])
    heft = np.concatenate(
        [np.full(len(own), 0.5 / len(own)), np.full(len(others), 0.5 / len(others))]
    )
    heft *= 2 * min(len(own), len(others))
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    design = np.column_stack([(rows - mean) / spread, np.ones(len(rows))])
    weights = _newton(design, truth, heft)
    return Fitted(mean, spread, weights[:-1], float(weights[-1]))


def _newton(design: Floats, truth: Floats, heft: Floats) -> Floats:
    """Return the weights by Newton's method; the penalty is on all but the last, the bias."""
    penalty = np.full(design.shape[1], RIDGE)
    penalty[-1] = 1e-6
    weights = np.zeros(design.shape[1])
    for _ in range(ROUNDS):
        chance = sigmoid(design @ weights)
        slope = design.T @ (heft * (truth - chance)) - penalty * weights
        bend = (design * (heft * chance * (1 - chance))[:, None]).T @ design + np.diag(penalty)
        step = np.linalg.solve(bend, slope)
        weights = weights + step
        if np.abs(step).max() < ENOUGH:
            break
    return weights


def sigmoid(log_odds: Floats) -> Floats:
    """Return the chance for log-odds."""
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -30, 30))))


def told_apart(own: Floats, others: Floats) -> float:
    """Return the chance that one of `own` lies above one of `others`: the area under the curve."""
    ranked = np.searchsorted(np.sort(others), own, side="left")
    level = np.searchsorted(np.sort(others), own, side="right")
    return float((ranked + level).mean() / 2 / len(others))
