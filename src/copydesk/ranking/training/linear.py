"""Ridge regression on contrasts within groups, weighted by what each arm's clicks can tell."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse.linalg import LinearOperator, lsqr

from copydesk.ranking.training.experiments import Experiments

ITERATIONS = 150


class Within:
    """Takes from each value the weighted mean of its group."""

    def __init__(self, arms: Experiments) -> None:
        self._group, self._weight = arms.group, arms.weight
        self._sums = np.bincount(arms.group, arms.weight)

    def centred(self, values: np.ndarray) -> np.ndarray:
        """Return values without their groups' means."""
        means = np.bincount(self._group, self._weight * values) / self._sums
        left: np.ndarray = values - means[self._group]
        return left

    def centred_back(self, values: np.ndarray) -> np.ndarray:
        """Return what the transpose of `centred` makes of values."""
        shares = np.bincount(self._group, values) / self._sums
        left: np.ndarray = values - self._weight * shares[self._group]
        return left


def ridge(
    features: Any, arms: Experiments, penalty: float, truth: np.ndarray | None = None
) -> np.ndarray:
    """Return the coefficients that tell the arms' log-odds apart within their groups.

    `features` is a matrix, dense or sparse, with a row an arm; `truth` stands in for the observed
    log-odds where given, as another model's scores do.
    """
    within, root = Within(arms), np.sqrt(arms.weight)
    odds = arms.odds if truth is None else truth
    operator = LinearOperator(
        features.shape,
        matvec=lambda beta: root * within.centred(features @ beta),
        rmatvec=lambda error: features.T @ within.centred_back(root * error),
        dtype=np.float64,
    )
    aim = root * within.centred(odds)
    found = lsqr(operator, aim, damp=np.sqrt(penalty), iter_lim=ITERATIONS)
    coefficients: np.ndarray = found[0]
    return coefficients
