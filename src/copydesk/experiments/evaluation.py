"""What another way of choosing would have gained, from sends whose propensities were logged."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from copydesk.errors import InputError, Problem

LEAST_EFFECTIVE = 50.0
"""Effective sends below which nothing is said."""
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Logged:
    """Sends as they were made, a row each, and what the policy in question would have done."""

    reward: np.ndarray
    """What came of the send: 1 for a click, or a sum of money."""
    propensity: np.ndarray
    """Probability with which the variant was chosen, as `Assignment.propensity` tells it."""
    target: np.ndarray
    """Probability with which the policy in question would have chosen that variant."""

    def __post_init__(self) -> None:
        if len({len(self.reward), len(self.propensity), len(self.target)}) > 1:
            raise InputError([Problem("target", "", "give columns of one length")])
        if len(self.propensity) and not ((self.propensity > 0) & (self.propensity <= 1)).all():
            raise InputError([Problem("propensity", "", "give probabilities above 0, to 1")])
        if not ((self.target >= 0) & (self.target <= 1)).all():
            raise InputError([Problem("target", "", "give probabilities from 0 to 1")])

    @property
    def weight(self) -> np.ndarray:
        """Return how many sends of the policy in question each stands for."""
        weight: np.ndarray = self.target / self.propensity
        return weight

    @property
    def effective(self) -> float:
        """Return the effective number of sends, (sum w)^2 / sum w^2 (Kish 1965)."""
        weight = self.weight
        squares = float((weight**2).sum())
        return float(weight.sum()) ** 2 / squares if squares else 0.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """The mean reward of a send under the policy in question."""

    value: float
    low: float
    high: float
    effective: float


@dataclass(frozen=True, slots=True)
class Abstained:
    """No estimate: too few of the logged sends are of what the policy would have done."""

    effective: float
    why: str


def ips(logged: Logged) -> Estimate | Abstained:
    """Return the inverse-propensity estimate, unbiased: the mean of w r.

    Horvitz and Thompson 1952; the interval is that of a weighted sum of rare events (`_of_rare`).
    """
    gained, count = logged.weight * logged.reward, len(logged.reward)
    return _abstained(logged) or _of_rare(
        float(gained.mean()), float((gained**2).sum()) / count**2, _heaviest(logged) / count, logged
    )


def snips(logged: Logged) -> Estimate | Abstained:
    """Return the self-normalised estimate: the sum of w r over the sum of w.

    Swaminathan and Joachims 2015. A little biased, and steadier where weights vary; the interval
    is the delta method's for a ratio (Owen, Monte Carlo theory, section 9.2).
    """
    if (abstained := _abstained(logged)) is not None:
        return abstained
    weight, whole = logged.weight, float(logged.weight.sum())
    value = float((weight * logged.reward).sum()) / whole
    variance = float((weight**2 * (logged.reward - value) ** 2).sum()) / whole**2
    return _of_rare(value, variance, _heaviest(logged) / whole, logged)


def doubly_robust(
    logged: Logged, expected: np.ndarray, under_target: np.ndarray
) -> Estimate | Abstained:
    """Return the doubly robust estimate: the mean of m + w (r - q).

    Dudík, Langford and Li 2011. `expected` is q, a model's reward for the variant that was sent,
    `under_target` m, its mean over the variants that the policy would have chosen. The model must
    not have seen the row's own reward: fit it on other rows (`crossed`). Right where either the
    propensities or the model are.
    """
    if (abstained := _abstained(logged)) is not None:
        return abstained
    values, count = under_target + logged.weight * (logged.reward - expected), len(logged.reward)
    variance = float(values.var(ddof=1)) / count
    return _of_rare(float(values.mean()), variance, _heaviest(logged) / count, logged)


def crossed(
    variant: np.ndarray, reward: np.ndarray, target: np.ndarray, *, folds: int = 2
) -> tuple[np.ndarray, np.ndarray]:
    """Return `expected` and `under_target` for `doubly_robust`: variants' means of other folds.

    `variant` numbers the variant of each row from 0, `target` has a row a send and a column a
    variant. Means are drawn to the mean of all by one send. Rows fall into folds by turns.
    """
    fold, count = np.arange(len(reward)) % folds, target.shape[1]
    means = np.empty((folds, count))
    for part in range(folds):
        rows = fold != part
        overall = reward[rows].mean() if rows.any() else 0.0
        sums = np.bincount(variant[rows], reward[rows], minlength=count) + overall
        means[part] = sums / (np.bincount(variant[rows], minlength=count) + 1)
    return means[fold, variant], (means[fold] * target).sum(1)


def _abstained(logged: Logged) -> Abstained | None:
    if logged.effective >= LEAST_EFFECTIVE:
        return None
    return Abstained(
        logged.effective,
        f"{len(logged.reward)} sends are worth {logged.effective:.0f} of this policy;"
        f" {LEAST_EFFECTIVE:.0f} are needed",
    )


def _heaviest(logged: Logged) -> float:
    """Return what one more answer of the heaviest send would add to the sum."""
    return float(logged.weight.max()) * max(float(logged.reward.max()), 1.0)


def _of_rare(value: float, variance: float, heaviest: float, logged: Logged) -> Estimate:
    """Return the estimate with the gamma interval for weighted sums of rare events.

    Fay and Feuer 1997, Confidence intervals for directly standardized rates, Statistics in Medicine
    16. A normal interval is too short where few of the sends that count were answered.
    """
    if value <= 0:
        return Estimate(value, min(value, 0.0), 3 * heaviest, logged.effective)
    reach = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    low = _quantile(value, variance, -reach)
    high = _quantile(value + heaviest, variance + heaviest**2, reach)
    return Estimate(value, low, high, logged.effective)


def _quantile(mean: float, variance: float, z: float) -> float:
    """Return the quantile of a Gamma distribution (Wilson and Hilferty 1931)."""
    if not variance:
        return mean
    shape = mean**2 / variance
    return mean * max(1 - 1 / (9 * shape) + z / (3 * math.sqrt(shape)), 0.0) ** 3
