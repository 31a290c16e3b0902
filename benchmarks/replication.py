"""Whether what is said of lifts comes true, and whether faulty splits are found.

Part of `python benchmarks/experiments.py`.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np
from scipy.stats import chi2

from copydesk.experiments import posterior, stopping
from copydesk.ranking.training.experiments import Experiments, rows_of
from copydesk.ranking.training.pairs import members

DRAWS = 2_000
FAULTY = 0.001


def tell(arms: Experiments, scores: np.ndarray) -> None:
    """Print whether lifts of one half of the clicks come back in the other, and intervals hold."""
    rng = np.random.default_rng(23)
    said, raw, inside = list[float](), list[float](), list[bool]()
    came = list[tuple[float, float]]()
    for rows in members(arms.group):
        first, second = halves(arms.shown[rows], arms.clicked[rows], rng)
        if not (first[1].sum() and second[1].sum()):
            continue
        believed = posterior.rates(scores[rows], *first, strength=posterior.STATED)
        leader = int(believed.mean.argmax())
        observed = (first[1] + 0.5) / first[0]
        other = second[1] / second[0]
        said.append(above(believed.mean, leader))
        raw.append(above(observed, int(observed.argmax())))
        came.append((above(other, leader), above(other, int(observed.argmax()))))
        inside += held(believed, second, rng).tolist()
    found = np.array(came)
    print(f"\nlift of the leader in one half of the clicks, and in the other; {len(said):,} groups")
    for name, told, then in (("as stated", said, found[:, 0]), ("raw", raw, found[:, 1])):
        each = np.array(told)
        slope = (each * then).sum() / (each**2).sum()
        print(
            f"{name:34} stated {each.mean():+.1%}, came {then.mean():+.1%},"
            f" slope {slope:.2f} {interval(each, then)}"
        )
    print(f"{'clicks of the other half':34} within 95 % intervals in {np.mean(inside):.1%}")


def halves(
    shown: np.ndarray, clicked: np.ndarray, rng: np.random.Generator
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Return showings and clicks of two halves, drawn as showings were."""
    part = np.floor(shown / 2)
    mine = rng.hypergeometric(
        clicked.astype(int), (shown - clicked).astype(int), part.astype(int)
    ).astype(float)
    return (part, mine), (shown - part, clicked - mine)


def above(rates: np.ndarray, arm: int) -> float:
    """Return by how much an arm is better than the mean of all."""
    return float(rates[arm] / rates.mean() - 1)


def held(
    believed: posterior.Rates, seen: tuple[np.ndarray, np.ndarray], rng: np.random.Generator
) -> np.ndarray:
    """Tell of each arm whether its later clicks lie within what is believed of them."""
    rates = rng.gamma(believed.shape, 1 / believed.exposure, (DRAWS, len(believed.shape)))
    low, high = np.percentile(rng.poisson(rates * seen[0]), [2.5, 97.5], axis=0)
    within: np.ndarray = (low <= seen[1]) & (seen[1] <= high)
    return within


def interval(said: np.ndarray, came: np.ndarray) -> str:
    """Return the 95 % interval of the slope, by bootstrap over groups."""
    rows = np.random.default_rng(3).integers(0, len(said), (500, len(said)))
    slopes = (said[rows] * came[rows]).sum(1) / (said[rows] ** 2).sum(1)
    low, high = np.percentile(slopes, [2.5, 97.5])
    return f"[{low:.2f}, {high:.2f}]"


def tell_splits(files: list[Path]) -> None:
    """Print how many tests whose split cannot be chance the alarm finds, and how many others."""
    print(f"\nalarm about the split, at an e-value of {1 / stopping.MISMATCH:,.0f}")
    for file in files:
        tests = [np.array(shown) for shown in shown_of(file).values() if len(shown) > 1]
        faulty = np.array([is_faulty(shown) for shown in tests])
        alarm = np.array(
            [stopping.mismatch(shown, np.ones(len(shown))) >= 1 / stopping.MISMATCH
             for shown in tests]
        )  # fmt: skip
        rest = f"{alarm[~faulty].mean():.2%} of {(~faulty).sum():,} others"
        if faulty.any():
            rest = f"{alarm[faulty].mean():.1%} of {faulty.sum():,} faulty tests, {rest}"
        print(f"{file.name:34} {rest}")


def shown_of(file: Path) -> dict[str, list[int]]:
    """Return the showings of each test's arms, faulty tests among them."""
    tests: dict[str, list[int]] = defaultdict(list)
    for row in rows_of(file):
        if int(float(row["impressions"] or 0)):
            tests[str(row.get("clickability_test_id") or row.get("test_id"))].append(
                int(float(row["impressions"]))
            )
    return tests


def is_faulty(shown: np.ndarray) -> bool:
    """Tell whether chance cannot have divided the showings so unequally."""
    statistic = float(((shown - shown.mean()) ** 2 / shown.mean()).sum())
    return float(chi2.sf(statistic, len(shown) - 1)) < FAULTY
