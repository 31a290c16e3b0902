"""From raw scores to probabilities, and the scores from which a sentence counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from training.guardrails.examples import Examples

SURE_ALL, SURE_OWN = 0.001, 0.012
"""Share of sentences that may be flagged at `sure`: of all that make no claim, and of those
written to look like this one claim."""
LIKELY_ALL, LIKELY_OWN = 0.01, 0.06
DOUBTED = 0.6
"""From this probability by the teacher, another category's sentence may make this claim too."""


@dataclass(frozen=True)
class Measured:
    """One category: what separates it, and how well, on sentences that were held out."""

    category: str
    claims: int
    likenesses: int
    auc: float
    auc_of_teacher: float
    slope: float
    offset: float
    sure: float
    likely: float
    recall: dict[str, float]
    """Share of claims found: at 1 % and 0.3 % of likenesses and of all others, at each level."""


def measured(examples: Examples, logits: np.ndarray, teacher: np.ndarray, column: int) -> Measured:
    """Return what the scores of one category are worth; all rows are out of fold."""
    own = examples.about == column
    claims, alike = (
        logits[own & (examples.claims == 1), column],
        logits[own & (examples.claims == 0), column],
    )
    slope, offset = _platt(claims, alike)
    claims, alike, others = (
        _probability(values, slope, offset)
        for values in (claims, alike, _others(examples, logits, teacher, column))
    )
    everything = np.concatenate([alike, others])
    sure = max(_bar(everything, SURE_ALL), _bar(alike, SURE_OWN))
    likely = min(sure, max(_bar(everything, LIKELY_ALL), _bar(alike, LIKELY_OWN)))
    recall = {
        f"{name} {share}": _share(claims, _bar(values, share))
        for name, values in (("own", alike), ("all", everything))
        for share in (0.01, 0.003)
    }
    recall |= {"sure": _share(claims, sure), "likely": _share(claims, likely)}
    auc_of_teacher = _auc(teacher[own, column], examples.claims[own])
    return Measured(
        category=examples.categories[column],
        claims=len(claims),
        likenesses=len(alike),
        auc=_auc(logits[own, column], examples.claims[own]),
        auc_of_teacher=auc_of_teacher,
        slope=slope,
        offset=offset,
        sure=sure,
        likely=likely,
        recall=recall,
    )


def _others(examples: Examples, logits: np.ndarray, teacher: np.ndarray, column: int) -> np.ndarray:
    """Return scores of other categories' innocent sentences, less what may make this claim."""
    doubted = 1 / (1 + np.exp(-teacher[:, column])) > DOUBTED
    return logits[(examples.about != column) & (examples.claims == 0) & ~doubted, column]


def _platt(claims: np.ndarray, alike: np.ndarray) -> tuple[float, float]:
    values = np.concatenate([claims, alike])[:, None]
    truth = np.concatenate([np.ones(len(claims)), np.zeros(len(alike))])
    fit = LogisticRegression(C=1e3).fit(values, truth)
    return float(fit.coef_[0, 0]), float(fit.intercept_[0])


def _probability(values: np.ndarray, slope: Any, offset: Any) -> np.ndarray:
    return 1 / (1 + np.exp(-(values * slope + offset)))


def _bar(values: np.ndarray, share: float) -> float:
    """Return the score that at most this share of the values exceeds."""
    return float(np.quantile(values, 1 - share, method="higher"))


def _share(values: np.ndarray, bar: float) -> float:
    return float((values > bar).mean())


def _auc(values: np.ndarray, truth: np.ndarray) -> float:
    return float(roc_auc_score(truth, values))


def flagged_everyday(
    examples: Examples, logits: np.ndarray, results: Sequence[Measured], teacher: np.ndarray
) -> float:
    """Return the share of innocent sentences on which any category is sure, its doubts apart."""
    slopes, offsets, sure = (
        np.array([getattr(result, name) for result in results])
        for name in ("slope", "offset", "sure")
    )
    doubted = 1 / (1 + np.exp(-teacher)) > DOUBTED
    flagged = (_probability(logits, slopes, offsets) > sure) & ~doubted
    return float(flagged[examples.claims == 0].any(axis=1).mean())
