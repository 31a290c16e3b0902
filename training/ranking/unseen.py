"""Scores for experiments by a model that saw none of them, made as the shipped one is.

Without `--students` its reader is not taught by larger ones, as that takes hours: it is a little
worse than the one that ships.

`python -m training.ranking.unseen FILE --train FILES... --out SCORES.npz`. What FILE holds is never
learned from, nor any story that it shares with the others; of these, the first fold of stories is
kept apart, and the two parts of the model are weighed on it. So whatever else is to be tuned can
be tuned on that fold, and judged on FILE. Needs the extra `train`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch

from copydesk.ranking.training import calibrate, features
from copydesk.ranking.training.linear import Within
from training.ranking import readers, tuned
from training.ranking.material import Material
from training.ranking.train import CACHE


def main() -> None:
    """Train, score the arms of FILE and of the fold kept apart, and write them down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--train", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--students", type=int, default=0, help="as the training command has it")
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    asked.cache.mkdir(exist_ok=True, parents=True)
    material = Material.read([asked.file, *asked.train], asked.cache)
    learned, apart = divided(material)
    arms = material.arms
    print(f"learns from {len(learned):,} arms, weighs on {len(apart):,}", flush=True)
    wording = features.Wording.fitted(material.counted, arms, learned).scores(material.counted)
    reader = readers.reader(material, learned, "unseen", asked.students)
    meaning = tuned.scores(reader, arms.texts)
    columns = np.stack([wording, meaning], axis=1)
    scores = columns @ calibrate.stacked(columns[apart], arms.only(apart))
    scores *= slope(scores, material, apart)
    np.savez_compressed(asked.out, texts=np.array(arms.texts), scores=scores, apart=apart)


def divided(material: Material) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows learned from, and those that the parts are weighed on."""
    arms = material.arms
    shared = np.isin(arms.story, arms.story[arms.source == 0])
    own = (arms.source != 0) & ~shared
    return np.flatnonzero(own & (material.fold != 0)), np.flatnonzero(own & (material.fold == 0))


def slope(scores: np.ndarray, material: Material, rows: np.ndarray) -> float:
    """Return by what scores are multiplied to be differences of log-odds on these rows."""
    arms = material.arms.only(rows)
    within = Within(arms)
    mine, odds = within.centred(scores[rows]), within.centred(arms.odds)
    return float((arms.weight * mine * odds).sum() / (arms.weight * mine**2).sum())


if __name__ == "__main__":
    main()
