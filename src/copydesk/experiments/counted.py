"""Boundaries for planned looks, exact for counts: no normal approximation is made.

Where two variants are equal, each click is on the one with the probability of its share of sends,
whatever the click rate. So, given how many clicks there were, the count on the one is a walk with
binomial steps, and the chance of ever leaving the boundaries can be summed instead of approximated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import lgamma, log, log1p, sqrt
from statistics import NormalDist

import numpy as np

from copydesk.experiments.stopping import ALPHA

_NORMAL = NormalDist()


def edges(
    clicks: Sequence[int], fractions: Sequence[float], *, share: float = 0.5, alpha: float = ALPHA
) -> list[tuple[int, int]]:
    """Return at each look the clicks on the one, of all so far, at or beyond which it is over.

    `clicks` are those of both variants since the look before, `fractions` the parts of all sends
    made by each look, `share` the one's part of the sends. At or below the first number the other
    is the winner, at or above the second the one. Alpha is spent as O'Brien and Fleming would
    (Lan and DeMets 1983), half on each side. A step of a count cannot spend it all: what is left is
    not spent later, so the chance of a false winner stays below alpha.
    """
    found, density, before = list[tuple[int, int]](), np.ones(1), 0.0
    for count, fraction in zip(clicks, fractions, strict=True):
        spent = 2 - 2 * _NORMAL.cdf(_NORMAL.inv_cdf(1 - alpha / 4) / sqrt(fraction))
        density = np.convolve(density, _steps(int(count), share))
        low, high = _tail(density, spent - before), _tail(density[::-1], spent - before)
        found.append((low, len(density) - 1 - high))
        density[: low + 1] = 0
        density[len(density) - 1 - high :] = 0
        before = spent
    return found


def called(
    one: np.ndarray,
    other: np.ndarray,
    fractions: Sequence[float],
    *,
    share: float = 0.5,
    alpha: float = ALPHA,
) -> np.ndarray:
    """Return at which looks a winner is called; runs in rows, clicks of each look in columns."""
    return np.array(list(_called(one, other, fractions, share, alpha)))


def _called(
    one: np.ndarray, other: np.ndarray, fractions: Sequence[float], share: float, alpha: float
) -> Iterator[np.ndarray]:
    for mine, theirs in zip(np.atleast_2d(one), np.atleast_2d(other), strict=True):
        bounds = np.array(edges(mine + theirs, fractions, share=share, alpha=alpha))
        total = np.cumsum(mine)
        yield (total <= bounds[:, 0]) | (total >= bounds[:, 1])


def _tail(density: np.ndarray, budget: float) -> int:
    """Return the last place up to which the sum is within the budget; -1 where none is."""
    return int(np.searchsorted(np.cumsum(density), budget, side="right")) - 1


@lru_cache(maxsize=4_096)
def _steps(count: int, share: float) -> np.ndarray:
    """Return the binomial distribution."""
    hits = range(count + 1)
    logs = [
        lgamma(count + 1) - lgamma(k + 1) - lgamma(count - k + 1)
        + k * log(share) + (count - k) * log1p(-share)
        for k in hits
    ]  # fmt: skip
    steps: np.ndarray = np.exp(logs)
    return steps
