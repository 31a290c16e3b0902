"""What the linear parts of the model look at: matrices with a row a text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, diags, hstack

from copydesk.ranking import ngrams, style
from copydesk.ranking.training.experiments import Experiments
from copydesk.ranking.training.linear import ridge

STYLE_PENALTY, GRAMS_PENALTY = 100.0, 100.0
"""Chosen on the first fold; a third or three times as much changes little."""
SEEN = 2
"""Texts that a gram must be in to count."""


@dataclass(frozen=True)
class Counted:
    """Damped counts of the grams of each text: words and pairs, then pieces of words."""

    blocks: tuple[Any, Any]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Counted:
        """Count the grams of texts."""
        grams = ngrams.Grams()
        found = [grams.of(text) for text in texts]
        words, pieces = (_sparse([(row[at], row[at + 1]) for row in found]) for at in (0, 2))
        return cls((words, pieces))


@dataclass(frozen=True)
class Style:
    """A fitted linear model of style."""

    mean: np.ndarray
    weights: np.ndarray

    @classmethod
    def fitted(
        cls, values: np.ndarray, arms: Experiments, truth: np.ndarray | None = None
    ) -> Style:
        """Fit style to the arms' log-odds, or to what is given as their truth."""
        mean, spread = values.mean(0), values.std(0) + 1e-6
        scaled = (values - mean) / spread
        return cls(mean, ridge(scaled, arms, STYLE_PENALTY, truth) / spread)

    def scores(self, values: np.ndarray) -> np.ndarray:
        """Return a score a text; an average text has 0."""
        scores: np.ndarray = (values - self.mean) @ self.weights
        return scores


@dataclass(frozen=True)
class Wording:
    """A fitted linear model of grams: for words and pairs, then pieces, rarity and weights."""

    rarity: tuple[np.ndarray, np.ndarray]
    weights: tuple[np.ndarray, np.ndarray]
    mean: float

    @classmethod
    def fitted(cls, counted: Counted, arms: Experiments, rows: np.ndarray) -> Wording:
        """Fit the grams of all texts to the arms of some rows."""
        rarity = tuple(_rarity(block[rows]) for block in counted.blocks)
        features = _weighed(counted, rarity)[rows]
        weights = ridge(features, arms.only(rows), GRAMS_PENALTY)
        words, pieces = np.split(weights, 2)
        mean = float((features @ weights).mean())
        return cls((rarity[0], rarity[1]), (words, pieces), mean)

    def scores(self, counted: Counted) -> np.ndarray:
        """Return a score a text; an average text has 0."""
        features = _weighed(counted, self.rarity)
        scores: np.ndarray = features @ np.concatenate(self.weights) - self.mean
        return scores


def styles(texts: Sequence[str]) -> np.ndarray:
    """Return the numbers of style, a row a text."""
    return np.array([style.style(text) for text in texts])


def _sparse(rows: Sequence[tuple[np.ndarray, np.ndarray]]) -> Any:
    ends = np.cumsum([0, *(len(row) for row, _ in rows)])
    places, counts = (np.concatenate(column) for column in zip(*rows, strict=True))
    return csr_matrix((counts, places, ends), shape=(len(rows), ngrams.ROWS))


def _rarity(block: Any) -> np.ndarray:
    """Return the log of how rare each gram is; 0 for what is seen too seldom to count."""
    seen = np.bincount(block.indices, minlength=ngrams.ROWS)
    rarity = np.log((1 + block.shape[0]) / (1 + seen)) + 1
    kept: np.ndarray = np.where(seen >= SEEN, rarity, 0)
    return kept


def _weighed(counted: Counted, rarity: Sequence[np.ndarray]) -> Any:
    return hstack(list(_unit_rows(counted, rarity))).tocsr()


def _unit_rows(counted: Counted, rarity: Sequence[np.ndarray]) -> Iterator[Any]:
    for block, rare in zip(counted.blocks, rarity, strict=True):
        weighed = block @ diags(rare)
        lengths = np.sqrt(np.asarray(weighed.multiply(weighed).sum(1)).ravel())
        yield diags(1 / np.maximum(lengths, 1e-9)) @ weighed
