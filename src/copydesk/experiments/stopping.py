"""When an experiment may end, and when a variant must: tests that looking often does not spoil.

An e-value is evidence against a hypothesis: were it true, the chance that the value ever reaches
1 / alpha is at most alpha, however often one looks (Ville 1939; Ramdas, Grünwald, Vovk and Shafer
2023, Game-theoretic statistics and safe anytime-valid inference, Statistical Science 38(4)).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from statistics import NormalDist

import numpy as np

from copydesk.errors import InputError, Problem
from copydesk.experiments import posterior
from copydesk.experiments.posterior import Rates

ALPHA = 0.05
POWER = 0.8
LOG_LIFTS = 0.2
"""Standard deviation of the log of lifts that the test of a difference bets on: about what tells
subject lines of one test apart, less what only chance adds."""
WORSE = (1.25, 1.5, 2.0, 3.0, 5.0, 10.0)
"""Multiples of its limit that a guard bets a bad variant's rate on, each with the same stake."""
MISMATCH = 0.01
"""Chance of raising a false alarm about the split."""
SPLIT_STRENGTH = 3_000.0
"""Sends that the expected split is worth in the test of it: bets on splits one or two per cent
off."""
_NORMAL = NormalDist()


def evidence(won: np.ndarray, lost: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Return the e-value, after each batch, against "both variants have the same click rate".

    `won` and `lost` are the batches' clicks on the one and on the other, `share` the one's part of
    the sends of both in that batch; batches are the last axis. Shares may follow from all earlier
    batches, as bandits' do, and rates may drift, as long as both do.

    Given all clicks of a batch, those on the one are binomial with `share`, for Poisson clicks;
    the odds of a lift t are t * share. The value is the mean likelihood ratio over lifts, their
    logs normal around 0 (mixture SPRT: Robbins 1970; conditional form: Turner, Ly and Grünwald
    2024, Generic E-variables for exact sequential k-sample tests). Where clicks are Bernoulli, the
    count is hypergeometric, and the ratio is convex in it: its mean is smaller still (Hoeffding
    1963, theorem 4), so the test stays valid.
    """
    logs, stakes = _lifts()
    share = np.asarray(share, dtype=float)[..., None]
    gained = np.asarray(won, dtype=float)[..., None] * logs
    paid = (np.asarray(won) + lost)[..., None] * np.log1p(share * np.expm1(logs))
    paths = np.cumsum(gained - paid, axis=-2)
    e: np.ndarray = _mixed(paths, stakes)
    return e


def winner(e_by_rival: Sequence[float], alpha: float = ALPHA) -> bool:
    """Return whether a variant is better than each of its rivals, given e-values against each.

    The least e-value is one against "some rival is as good" (intersection-union, Berger 1982). To
    call any of k variants the winner, divide alpha by k.
    """
    return min(e_by_rival) >= 1 / alpha


def group_sequential(fractions: Sequence[float], alpha: float = ALPHA) -> list[float]:
    """Return |z| to be exceeded at each look, where the number of sends is known beforehand.

    `fractions` are the parts of all sends that will have been made by each look, the last one 1.
    Alpha is spent as O'Brien and Fleming would (Lan and DeMets 1983, Biometrika 70), two-sided;
    boundaries follow by recursive integration (Armitage, McPherson and Rowe 1969). More powerful
    than an e-value, and only valid at these looks.
    """
    _rising(fractions)
    grid = np.linspace(-_WIDEST, _WIDEST, _GRID)
    step, spent, bounds = grid[1] - grid[0], 0.0, list[float]()
    density, before = np.array([]), 0.0
    for fraction in fractions:
        gap = fraction - before
        density = _normal(grid, gap) if before == 0 else _spread(density, grid, gap)
        total = 4 - 4 * _NORMAL.cdf(_NORMAL.inv_cdf(1 - alpha / 4) / math.sqrt(fraction))
        edge = _edge(density, grid, total - spent)
        bounds.append(edge / math.sqrt(fraction))
        spent, before = total, fraction
        density = np.where(np.abs(grid) <= edge, density, 0.0)
        # The cells at the edges are cut by it: they count for the part that lies inside.
        last = np.searchsorted(grid, edge) - 1
        inside = 0.5 + (edge - grid[last]) / step
        density[last] *= inside
        density[_GRID - 1 - last] *= inside
    return bounds


def choice(believed: Rates, least_loss: float) -> int | None:
    """Return the variant to settle on, or None while choosing any would risk too much.

    Settles when the expected loss is below `least_loss` clicks for each send. It holds under
    peeking as far as the prior is that of the population of experiments, as `posterior.rates`
    makes it; it bounds what is lost, not how often an equal variant is chosen.
    """
    loss = posterior.expected_loss(believed)
    best = int(loss.argmin())
    return best if loss[best] < least_loss else None


def sends_needed(rate: float, lift: float, alpha: float = ALPHA, power: float = POWER) -> int:
    """Return sends of each of two variants that a lift needs to be found, two-sided.

    (z of alpha + z of power)^2 (p q + p' q') / (p' - p)^2 with p' = p (1 + lift) (Fleiss, Levin
    and Paik, Statistical Methods for Rates and Proportions, 3rd ed., section 4.2, without pooling).
    """
    other = rate * (1 + lift)
    if not (0 < rate < 1 and 0 < other < 1 and lift):
        raise InputError([Problem("rate", f"{rate}, {lift}", "give rates between 0 and 1")])
    z = _NORMAL.inv_cdf(1 - alpha / 2) + _NORMAL.inv_cdf(power)
    variance = rate * (1 - rate) + other * (1 - other)
    return math.ceil(z**2 * variance / (other - rate) ** 2)


def detectable_lift(rate: float, sends: int, alpha: float = ALPHA, power: float = POWER) -> float:
    """Return the least lift that `sends` of each of two variants find; infinite where none is.

    To be told before an experiment starts: a list too small for any lift worth having should not
    be split for the sake of a finding.
    """
    high = (1 - rate) / rate * (1 - 1e-9)
    if sends_needed(rate, high, alpha, power) > sends:
        return math.inf
    return _least(lambda lift: sends_needed(rate, lift, alpha, power) <= sends, 1e-6, high)


def mismatch(counts: Sequence[int], shares: Sequence[float]) -> float:
    """Return the e-value against "sends were divided by these shares"; alarm at 1 / `MISMATCH`.

    Lindon and Malek 2022, Anytime-valid inference for multinomial count data: the Dirichlet
    multinomial against the multinomial, so it may be looked at after every send. For batches of
    different shares, multiply the e-values of the batches.
    """
    expected = np.asarray(shares, dtype=float) / np.sum(shares)
    found = np.asarray(counts, dtype=float)
    if (expected <= 0).any() or len(found) != len(expected):
        raise InputError([Problem("shares", str(list(shares)), "give a share above 0 for each")])
    prior = SPLIT_STRENGTH * expected
    log = math.lgamma(SPLIT_STRENGTH) - math.lgamma(SPLIT_STRENGTH + found.sum())
    log += sum(math.lgamma(p + n) - math.lgamma(p) for p, n in zip(prior, found, strict=True))
    return _capped(log - float((found * np.log(expected)).sum()))


def harm(events: int, sends: int, limit: float) -> float:
    """Return the e-value against "complaints (or unsubscribes) come at `limit` or less often".

    The mean likelihood ratio of the rates `WORSE` times the limit. Each ratio's mean is 1 where
    the rate is the limit, and less below it: p t + (1 - p)(1 - t l)/(1 - l) rises in p (Wald
    1945; Waudby-Smith and Ramdas 2024, JRSS B 86(1), on betting).
    """
    worse = np.array([limit * times for times in WORSE if limit * times < 1])
    if not (0 < limit < 1 and len(worse) and 0 <= events <= sends):
        raise InputError([Problem("limit", str(limit), "give a rate above 0, and below 0.8")])
    ratios = events * np.log(worse / limit)
    ratios += (sends - events) * np.log((1 - worse) / (1 - limit))
    return float(_mixed(ratios, np.full(len(worse), 1 / len(worse))))


def must_stop(events: int, sends: int, limit: float, alpha: float = ALPHA) -> bool:
    """Return whether a variant's complaints are above the limit beyond doubt: nobody else gets it.

    The lower bound of its rate, valid at all looks at once, has crossed the limit. A variant that
    keeps to the limit is stopped with probability alpha at most, ever.
    """
    return harm(events, sends, limit) >= 1 / alpha


def rate_at_least(events: int, sends: int, alpha: float = ALPHA) -> float:
    """Return the lower bound of a rate, valid at all looks at once: limits below it are crossed."""
    if not events or not must_stop(events, sends, _TINY, alpha):
        return 0.0
    most = min(events / sends, 1 / WORSE[0]) * (1 - _TINY)
    return _least(lambda limit: not must_stop(events, sends, limit, alpha), _TINY, most)


def sends_until_stopped(
    rate: float, limit: float, alpha: float = ALPHA, sure: float = 0.95
) -> float:
    """Return sends within which the guard stops a variant of this rate, in `sure` of cases.

    What must be won is the log of bets over alpha; each send wins m on average with variance v
    (Wald 1945). The least n with n m - z sqrt(n v) at least that, z the normal quantile of `sure`,
    for the bet of which n is least. Infinite where the rate is too near the limit, or below it.
    """
    worse = np.array([limit * times for times in WORSE if limit * times < 1])
    event, none = np.log(worse / limit), np.log((1 - worse) / (1 - limit))
    mean = rate * event + (1 - rate) * none
    if (mean <= 0).all():
        return math.inf
    worth, each = mean[mean > 0], (event - none)[mean > 0]
    reach = _NORMAL.inv_cdf(sure) * math.sqrt(rate * (1 - rate)) * each
    needed = math.log(len(worse) / alpha)
    roots = (reach + np.sqrt(reach**2 + 4 * worth * needed)) / (2 * worth)
    return float((roots**2).min())


def _lifts() -> tuple[np.ndarray, np.ndarray]:
    """Return logs of lifts, and the stake on each: a normal one, summed over a grid."""
    logs = np.linspace(-4 * LOG_LIFTS, 4 * LOG_LIFTS, 41)
    stakes = np.exp(-(logs**2) / (2 * LOG_LIFTS**2))
    return logs, stakes / stakes.sum()


def _mixed(logs: np.ndarray, stakes: np.ndarray) -> np.ndarray:
    highest = logs.max(-1, keepdims=True)
    summed = np.log((stakes * np.exp(logs - highest)).sum(-1)) + highest[..., 0]
    mixed: np.ndarray = np.exp(np.minimum(summed, _HIGHEST))
    return mixed


def _capped(log: float) -> float:
    return math.exp(min(log, _HIGHEST))


def _normal(at: np.ndarray, variance: float) -> np.ndarray:
    density: np.ndarray = np.exp(-(at**2) / (2 * variance)) / math.sqrt(2 * math.pi * variance)
    return density


def _spread(density: np.ndarray, grid: np.ndarray, variance: float) -> np.ndarray:
    """Return the density of the sum of what was left inside and an independent normal step."""
    step = grid[1] - grid[0]
    kernel = _normal(grid, variance)
    summed: np.ndarray = np.convolve(density, kernel, mode="same") * step
    return summed


def _edge(density: np.ndarray, grid: np.ndarray, outside: float) -> float:
    """Return the place beyond which, on both sides together, lies the mass `outside`."""
    upper = grid >= 0
    at, values = grid[upper], density[upper]
    pieces = (values[1:] + values[:-1]) / 2 * np.diff(at)
    beyond = np.concatenate([np.cumsum(pieces[::-1])[::-1], [0.0]])
    return float(np.interp(outside / 2, beyond[::-1], at[::-1]))


def _rising(fractions: Sequence[float]) -> None:
    steps = np.diff([0.0, *fractions])
    if not len(steps) or (steps < 1 / _GRID).any() or not math.isclose(fractions[-1], 1):
        holds = ", ".join(map(str, fractions))
        raise InputError([Problem("fractions", holds, "give parts that rise to 1")])


def _least(right: Callable[[float], bool], low: float, high: float) -> float:
    """Return the least number for which `right` holds, by halving logs."""
    for _ in range(60):
        middle = math.sqrt(low * high)
        low, high = (low, middle) if right(middle) else (middle, high)
    return high


_WIDEST, _GRID = 8.0, 4001
_HIGHEST, _TINY = 700.0, 1e-9
