"""From raw scores to probabilities, and the scores from which a sentence counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from copydesk.guardrails.meaning import Level
from training.guardrails.examples import NOBODY, Examples

SURE_MAIL, SURE_ALIKE = 0.001, 0.02
"""Share of sentences that may be flagged at `sure`: of mail that makes no claim, and of those
written to look like this one claim."""
LIKELY_MAIL, LIKELY_ALIKE = 0.002, 0.05
MAYBE_ALIKE = 0.25
WORTH_MAIL = 0.02
"""Share of sentences of mail that are read for the sake of one category."""


@dataclass(frozen=True)
class Measured:
    """One category: what separates it, and how well, on sentences that were held out."""

    category: str
    claims: int
    likenesses: int
    auc: float
    auc_of_glance: float
    slope: float
    offset: float
    bars: dict[Level, float]
    """The probability from which a sentence counts, at each level."""
    worth: float
    """Raw score of the glance from which a sentence is read."""
    recall: dict[str, float]
    """Share of claims found: at 1 % and 0.3 % of likenesses and of all others, at each level."""


def measured(examples: Examples, glances: np.ndarray, logits: np.ndarray, column: int) -> Measured:
    """Return what the scores of one category are worth; all rows were held out."""
    own = examples.about == column
    claiming, alike_rows = own & (examples.claims == 1), own & (examples.claims == 0)
    slope, offset = _platt(logits[claiming, column], logits[alike_rows, column])
    claims, alike, others = (
        _probability(values, slope, offset)
        for values in (
            logits[claiming, column], logits[alike_rows, column], _others(examples, logits, column)
        )
    )  # fmt: skip
    everything = np.concatenate([alike, others])
    mail = _probability(logits[examples.about == NOBODY, column], slope, offset)
    likely = max(_bar(mail, LIKELY_MAIL), _bar(alike, LIKELY_ALIKE))
    sure = max(likely, _bar(mail, SURE_MAIL), _bar(alike, SURE_ALIKE))
    maybe = min(likely, _bar(alike, MAYBE_ALIKE))
    worth = _bar(glances[examples.about == NOBODY, column], WORTH_MAIL)
    recall = {
        f"{name} {share}": _share(claims, _bar(values, share))
        for name, values in (("own", alike), ("all", everything))
        for share in (0.01, 0.003)
    }
    looked = (glances[claiming] >= worth)[:, column]
    recall |= {"sure": _share(claims, sure), "likely": _share(claims, likely)}
    recall["worth"] = float(looked.mean())
    return Measured(
        category=examples.categories[column],
        claims=len(claims),
        likenesses=len(alike),
        auc=_auc(logits[own, column], examples.claims[own]),
        auc_of_glance=_auc(glances[own, column], examples.claims[own]),
        slope=slope,
        offset=offset,
        bars={"sure": sure, "likely": likely, "maybe": maybe},
        worth=worth,
        recall=recall,
    )


def _others(examples: Examples, logits: np.ndarray, column: int) -> np.ndarray:
    """Return scores of the innocent sentences that were not written for this category."""
    return logits[(examples.about != column) & (examples.claims == 0), column]


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


def flagged_everyday(examples: Examples, logits: np.ndarray, results: Sequence[Measured]) -> float:
    """Return the share of innocent sentences on which any category is sure."""
    slopes = np.array([result.slope for result in results])
    offsets = np.array([result.offset for result in results])
    sure = np.array([result.bars["sure"] for result in results])
    flagged = _probability(logits, slopes, offsets) > sure
    return float(flagged[examples.claims == 0].any(axis=1).mean())
