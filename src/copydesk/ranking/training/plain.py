"""A model trained on experiments of one's own: wording and style anew, the reader as it ships.

It takes minutes and no torch. Every arm is scored by models of wording that saw no arm of its
story; on these scores the parts are weighed, and probabilities and intervals set.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from copydesk.errors import InputError, Problem
from copydesk.ranking.build import READER, TRAINED
from copydesk.ranking.reader import LineReader
from copydesk.ranking.training import experiments, features
from copydesk.ranking.training.experiments import Arm
from copydesk.ranking.training.pairs import pairs, right
from copydesk.ranking.training.written import FOLDS, Learning, measured, tables

LEAST_STORIES = 100
"""Fewer cannot tell how good a model is."""
KNOWS = 0.79
"""Share of clear pairs from which a reader must have seen the very lines: on others it reaches
0.76."""


class Trained(NamedTuple):
    """What came of training."""

    arms: int
    stories: int
    told: tuple[str, ...]
    """How good the parts and the whole are on stories not seen, in words."""
    remarks: tuple[str, ...]


def train(
    files: Sequence[Path], out: Path, reader: LineReader, model: bytes, tell: Callable[[str], None]
) -> Trained:
    """Train on experiments in files, and write a model into the directory `out`.

    `model` holds the reader as a file; `tell` hears how far it is.

    Raises:
        InputError: a file is not one of experiments, or all hold too few.
    """
    read = [_arms(file) for file in files]
    arms = experiments.joined(read)
    stories = int(arms.story.max()) + 1 if len(arms) else 0
    if stories < LEAST_STORIES:
        raise InputError([_too_few(files, stories)])
    tell(f"{len(arms):,} arms of {stories:,} stories; reading every line")
    learning = Learning.of(arms)
    meaning = np.array([reader.score(text) for text in arms.texts])
    tell("fitting wording, each fold of stories held out in turn")
    told = measured(arms, np.stack([_held_out(learning), meaning], axis=1))
    rows = np.arange(len(arms))
    wording = features.Wording.fitted(learning.counted, arms, rows)
    out.mkdir(parents=True, exist_ok=True)
    (out / READER).write_bytes(model)
    (out / TRAINED).write_bytes(tables(learning, told, wording, meaning, len(arms)))
    return Trained(len(arms), stories, told.told, _remarks(learning, meaning))


def _arms(file: Path) -> list[Arm]:
    try:
        (arms,) = experiments.read([file])
    except KeyError as wrong:
        remedy = (
            "needs the columns clickability_test_id (or test_id), headline, impressions, clicks"
        )
        raise InputError([Problem(str(wrong.args[0]), "", remedy, file.name)]) from wrong
    except (ValueError, TypeError, OSError) as wrong:
        told = " ".join(str(wrong).split())[:200]
        raise InputError([Problem("", "", f"cannot be read: {told}", file.name)]) from wrong
    return arms


def _too_few(files: Sequence[Path], stories: int) -> Problem:
    remedy = (
        f"{stories} stories with at least two lines each are too few: {LEAST_STORIES} are needed"
    )
    return Problem("", "", remedy, files[0].name)


def _held_out(learning: Learning) -> np.ndarray:
    scores = np.zeros(len(learning.arms))
    for fold in range(FOLDS):
        rows, held = np.flatnonzero(learning.fold != fold), learning.fold == fold
        wording = features.Wording.fitted(learning.counted, learning.arms, rows)
        scores[held] = wording.scores(learning.counted)[held]
    return scores


def _remarks(learning: Learning, meaning: np.ndarray) -> tuple[str, ...]:
    found = pairs(learning.arms)
    clear = right(found.ahead(meaning), found.z)[found.clear]
    if not len(clear) or clear.mean() < KNOWS:
        return ()
    seen = (
        f"the reader tells {clear.mean():.0%} of clear pairs: it must have learned from these very"
        " lines, so the figures flatter, and probabilities are too sure"
    )
    return (seen,)
