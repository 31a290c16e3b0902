"""What is believed of variants' click rates: a ranker's scores first, then the clicks.

A variant's rate is Gamma distributed, its clicks Poisson: the conjugate pair (Gelman et al.,
Bayesian Data Analysis, 3rd ed., section 2.6). All functions take arrays whose last axis is the
variants of one experiment; axes before it are experiments.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

SPREAD = 0.267
"""Standard deviation of true log-odds within a test of the Upworthy Research Archive, by REML."""
STRENGTH = 10.0
"""Clicks that the prior is worth. 1 / `SPREAD` squared would be 14; a little less gains more, as
some lines are far better than a normal distribution has it. Tuned on LOLA's training split."""
STATED = SPREAD**-2
"""Likewise where a rate is told to people: with it stated lifts come true as large as stated."""
BASE_RATE = 0.0113
"""Clicks for each showing before anything is known: the mean of the archive's tests."""
BASE_CLICKS = 2.0
"""Clicks that `BASE_RATE` is worth."""
POINTS = 120
"""Points at which each variant's density is looked at."""
_REACH = 9.0
"""Standard deviations of the log of a rate, to both sides, outside which nothing is looked for."""


@dataclass(frozen=True)
class Rates:
    """Gamma distributions of click rates: `shape` clicks seen in `exposure` showings."""

    shape: np.ndarray
    exposure: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        """Return the expected rates."""
        mean: np.ndarray = self.shape / self.exposure
        return mean

    def tempered(self, factor: float) -> Rates:
        """Return the same means with variances multiplied by `factor`."""
        return Rates(self.shape / factor, self.exposure / factor)


def rates(
    scores: np.ndarray,
    shown: np.ndarray,
    clicked: np.ndarray,
    *,
    base_rate: float = BASE_RATE,
    strength: float = STRENGTH,
) -> Rates:
    """Return what is believed after `clicked` of `shown`.

    `scores` are log-odds that the ranker expects of each variant above an average one; all zero
    where it has nothing to say. The level of the experiment is learned with the variants:
    Gamma(kappa + clicks, kappa / (b e^s) + n) with b = (all clicks + 2) / (sum of n e^s + 2 / b0),
    kappa = `strength` and b0 = `base_rate` (empirical Bayes, one step). `shown` may be fractions,
    as `matured` returns them.
    """
    worth = np.exp(scores)
    weighted = (shown * worth).sum(-1, keepdims=True)
    level = (clicked.sum(-1, keepdims=True) + BASE_CLICKS) / (weighted + BASE_CLICKS / base_rate)
    return Rates(strength + clicked, strength / (level * worth) + shown)


def matured(sent: np.ndarray, hours: np.ndarray, half_life_h: float) -> np.ndarray:
    """Return how many of the sends can have been answered by now, where clicks come late.

    `hours` is the age of each batch in `sent`; half of all clicks come within `half_life_h`, and
    delays are exponential (Chapelle 2014, Modeling delayed feedback in display advertising).
    Without this, the youngest batch looks worse than it is.
    """
    arrived: np.ndarray = sent * -np.expm1(-math.log(2) * np.maximum(hours, 0) / half_life_h)
    return arrived


def best_probabilities(believed: Rates) -> np.ndarray:
    """Return the probability that each variant's rate is the highest, by quadrature.

    The integral of f_i(x) times the product of F_j(x) over the others. No draws: the same rates
    give the same numbers in every process.
    """
    points, below, density = _looked_at(believed)
    with np.errstate(divide="ignore"):
        logs = np.log(below)
    others = np.exp(_without_own(logs))
    found = np.trapezoid(density * others, points[..., None, :], axis=-1)
    best: np.ndarray = found / found.sum(-1, keepdims=True)
    return best


def expected_loss(believed: Rates) -> np.ndarray:
    """Return the clicks for each showing that are expected to be lost by choosing each variant.

    E[max of the rates] - E[the rate] (Stucchio 2015, Bayesian A/B testing at VWO).
    """
    points, below, _ = _looked_at(believed)
    # E[max] = x0 + the integral of 1 - product of F, where nothing is below x0. Over rates, not
    # their logs: where variants lie far apart there are no points between, and F does not change.
    at = np.exp(points)
    highest = at[..., 0] + np.trapezoid(1 - below.prod(-2), at, axis=-1)
    loss: np.ndarray = np.maximum(highest[..., None] - believed.mean, 0)
    return loss


def _looked_at(believed: Rates) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return logs of rates, and at each every variant's distribution function and density.

    The points are dense where any of the variants is likely. Densities are those of the log.
    """
    shape, exposure = believed.shape[..., None], believed.exposure[..., None]
    middle = np.log(shape / exposure)
    spread = np.sqrt(1 / shape + 1 / (2 * shape**2))
    own = middle + spread * np.linspace(-_REACH, _REACH, POINTS)
    points = np.sort(own.reshape(*own.shape[:-2], -1), axis=-1)
    at = points[..., None, :]
    density = np.exp(shape * (at + np.log(exposure)) - exposure * np.exp(at) - _log_gamma(shape))
    steps = np.diff(at, axis=-1) * (density[..., 1:] + density[..., :-1]) / 2
    mass = np.flip(np.cumsum(np.flip(steps, -1), -1), -1)
    above = np.concatenate([mass, np.zeros_like(mass[..., :1])], axis=-1)
    return points, np.clip(1 - above, 0, 1), density


def _without_own(logs: np.ndarray) -> np.ndarray:
    """Return, for each variant, the sum of the others' logs. Minus infinity may be among them."""
    others = [np.delete(logs, n, axis=-2).sum(-2) for n in range(logs.shape[-2])]
    return np.stack(others, axis=-2)


def _log_gamma(values: np.ndarray) -> np.ndarray:
    """Return the logs of the gamma function; Stirling's series from 30 on is exact to 1e-12."""
    shifted = np.where(values < _SMALL, values + _SMALL, values)
    series = 1 / (12 * shifted) - 1 / (360 * shifted**3) + 1 / (1260 * shifted**5)
    large = (shifted - 0.5) * np.log(shifted) - shifted + 0.5 * math.log(2 * math.pi) + series
    steps = np.log(values[..., None] + np.arange(_SMALL)).sum(-1)
    found: np.ndarray = np.where(values < _SMALL, large - steps, large)
    return found


_SMALL = 30
