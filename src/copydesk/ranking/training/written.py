"""The model as it is written: its parts weighed on held-out arms, what style explains, its card."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import numpy as np

from copydesk.ranking import ngrams
from copydesk.ranking.measures import visible_length
from copydesk.ranking.trained import Card, card_bytes, packed
from copydesk.ranking.training import calibrate, features, pairs
from copydesk.ranking.training.experiments import Experiments

FOLDS = 5
NAMES = ("wording", "meaning")
"""The parts of a model, in the order of the columns of their scores."""
USUAL = (0.1, 99.9)
"""Percentiles of the lengths of lines between which a line has been seen like it."""
STRANGE = 99.5
"""Percentile of the shares of unknown words up to which a line is of a field that was seen."""


@dataclass(frozen=True)
class Learning:
    """The arms with what the linear models look at, and the fold of each arm."""

    arms: Experiments
    styles: np.ndarray
    counted: features.Counted
    fold: np.ndarray

    @classmethod
    def of(cls, arms: Experiments) -> Learning:
        """Look at the texts of arms."""
        texts = arms.texts
        return cls(arms, features.styles(texts), features.Counted.of(texts), arms.fold(FOLDS))


@dataclass(frozen=True)
class Measured:
    """What was found on arms that were held out."""

    weights: np.ndarray
    slope: calibrate.Slope
    spread: float
    told: tuple[str, ...] = ()
    """How good each part and the whole are, in words."""


def measured(arms: Experiments, columns: np.ndarray) -> Measured:
    """Weigh the parts against each other, and tell how good each part and the whole are."""
    found = pairs.pairs(arms)
    weights = calibrate.stacked(columns, arms)
    scores = columns @ weights
    named = (*zip(NAMES, columns.T, strict=True), ("all", scores))
    told = tuple(f"{name}: {line(column, found)}" for name, column in named if column.any())
    slope = calibrate.slope(found.ahead(scores), found.z > 0)
    return Measured(weights, slope, calibrate.spread(scores, arms), told)


def tables(
    learning: Learning, told: Measured, wording: features.Wording, read: np.ndarray, learned: int
) -> bytes:
    """Return the file `trained.npz` of a model whose reader scores the arms as `read`.

    `learned` is the number of arms that the wording was fitted to.
    """
    by_wording, by_reader = told.weights
    total = by_wording * wording.scores(learning.counted) + by_reader * read
    style = features.Style.fitted(learning.styles, learning.arms, total)
    names = ("words", "pieces")
    grams = {f"{name}_rarity": table for name, table in zip(names, wording.rarity, strict=True)}
    for name, table in zip(names, wording.weights, strict=True):
        grams[f"{name}_weights"] = table * by_wording
    file = BytesIO()
    stored: dict[str, Any] = {
        "style_mean": style.mean.astype(np.float32),
        "style_weights": style.weights.astype(np.float32),
        "wording_mean": np.float32(wording.mean * by_wording),
        "reader": np.array([by_reader, read.mean()], dtype=np.float32),
        "card": np.frombuffer(card_bytes(card(learning, told, learned)), dtype=np.uint8),
        **packed(grams),
    }
    np.savez_compressed(file, **stored)
    return file.getvalue()


def card(learning: Learning, told: Measured, learned: int) -> Card:
    """Return what is known of the model beside its numbers."""
    arms = learning.arms
    shortest, longest = np.percentile([visible_length(text) for text in arms.texts], USUAL)
    return Card(
        trained=datetime.now(UTC).date().isoformat(),
        arms=learned,
        sha256=hashlib.sha256(json.dumps(sorted(set(arms.texts))).encode()).hexdigest(),
        slope=told.slope.slope,
        steeper=told.slope.steeper,
        spread=told.spread,
        shortest=int(shortest),
        longest=int(longest),
        strange=_strange(learning),
        language="en",
    )


def line(scores: np.ndarray, found: pairs.Pairs) -> str:
    """Tell in one line how often scores tell pairs right, and how well they are calibrated."""
    ahead = found.ahead(scores)
    agree = pairs.right(ahead, found.z)
    stated = calibrate.crossed(scores, found).stated
    error = pairs.calibration_error(stated, found.z > 0)
    surest = ", ".join(f"{share:.3f}" for share in pairs.surest(ahead, found.z))
    clear = f"{agree[found.clear].mean():.4f}" if found.clear.any() else "none"
    return (
        f"{agree.mean():.4f} of {len(found):,} pairs, {clear} of"
        f" {found.clear.sum():,} clear ones; ECE {error:.4f}; by sureness {surest}"
    )


def _strange(learning: Learning) -> float:
    """Return the share of unknown words that few lines of stories not learned from exceed."""
    rows = np.flatnonzero(learning.fold != 0)
    rarity = features.Wording.fitted(learning.counted, learning.arms, rows).rarity[0]
    held = (learning.arms.texts[row] for row in np.flatnonzero(learning.fold == 0))
    unknown = [_unknown(text, rarity) for text in held]
    return float(np.percentile(unknown, STRANGE))


def _unknown(text: str, rarity: np.ndarray) -> float:
    words = [word for word in ngrams.tokens(text) if word[0].isalpha()]
    return float(np.mean([rarity[ngrams.word_row(word)] == 0 for word in words] or [True]))
