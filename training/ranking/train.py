"""Trains the model of lines: `python -m training.ranking.train FILE... [--out FOLDER]`.

Each FILE holds randomised experiments as CSV or Parquet, with the columns of the Upworthy Research
Archive: clickability_test_id (or test_id), headline, impressions, clicks, and where there is one
eyecatcher_id (arms are compared under one image) and lede (tests with the same are one story).
Needs the extra `train`. What takes long is kept in the cache and done once.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import numpy as np
import torch

from copydesk.ranking import ngrams
from copydesk.ranking.measures import visible_length
from copydesk.ranking.trained import Card, card_bytes, packed
from copydesk.ranking.training import calibrate, features, pairs
from copydesk.ranking.training.experiments import Experiments
from training.ranking import export, readers, tuned
from training.ranking.material import Material

ROOT = Path(__file__).parents[2]
OUT = ROOT / "src/copydesk/ranking"
CACHE = Path(__file__).parent / ".cache"
USUAL = (0.1, 99.9)
"""Percentiles of the lengths of lines between which a line has been seen like it."""
STRANGE = 99.5
"""Percentile of the shares of unknown words up to which a line is of a field that was seen."""
NAMES = ("wording", "meaning")


def main() -> None:
    """Train, tell how good it is, and write the model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=OUT, help="folder for the model")
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--tested", type=int, default=1, help="folds the reader is tested on")
    parser.add_argument(
        "--students", type=int, default=readers.STUDENTS,
        help="readers taught by larger ones, whose mean ships; 0: one that no other taught",
    )  # fmt: skip
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--keep-apart", action="store_true",
        help="ship what has not seen the first fold: the figures are then of the very model",
    )  # fmt: skip
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    chosen.cache.mkdir(exist_ok=True, parents=True)
    material = Material.of(chosen.files, chosen.cache)
    columns, rows = held_out(material, chosen.tested, chosen.students)
    told = measured(material.arms.only(rows), columns)
    write(material, told, chosen.out, keep_apart=chosen.keep_apart, students=chosen.students)


@dataclass(frozen=True)
class Measured:
    """What was found on arms that were held out."""

    weights: np.ndarray
    slope: calibrate.Slope
    spread: float


def held_out(material: Material, tested: int, students: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the scores of each part of the model, a column each, on held-out arms, and their rows.

    Every arm is scored by models that saw no arm of its story.
    """
    columns = np.zeros((len(material.arms), len(NAMES)))
    for fold in range(tested):
        rows = np.flatnonzero(material.fold != fold)
        test = material.fold == fold
        columns[test] = np.stack(_scores(material, rows, f"fold{fold}", students), axis=1)[test]
    found = np.flatnonzero(material.fold < tested)
    return columns[found], found


def measured(arms: Experiments, columns: np.ndarray) -> Measured:
    """Tell how good each part and the whole are; weigh the parts against each other."""
    found = pairs.pairs(arms)
    weights = calibrate.stacked(columns, arms)
    scores = columns @ weights
    for name, column in (*zip(NAMES, columns.T, strict=True), ("all", scores)):
        print(name, _line(column, found), flush=True)
    slope = calibrate.slope(found.ahead(scores), found.z > 0)
    return Measured(weights, slope, calibrate.spread(scores, arms))


def write(
    material: Material, told: Measured, out: Path, *, keep_apart: bool, students: int
) -> None:
    """Fit every part to all arms, or all but the first fold, and write them into a folder."""
    arms = material.arms
    rows = np.flatnonzero(material.fold != 0) if keep_apart else np.arange(len(arms))
    wording = features.Wording.fitted(material.counted, arms, rows)
    reader = readers.reader(material, rows, "fold0" if keep_apart else "all", students)
    (out / "reader.onnx").write_bytes(export.export(reader, arms.texts))
    read = tuned.scores(reader, arms.texts)
    card = _card(material, told, len(rows))
    (out / "trained.npz").write_bytes(_tables(material, told, wording, read, card))


def _tables(
    material: Material, told: Measured, wording: features.Wording, read: np.ndarray, card: Card
) -> bytes:
    by_wording, by_reader = told.weights
    total = by_wording * wording.scores(material.counted) + by_reader * read
    style = features.Style.fitted(material.styles, material.arms, total)
    names = ("words", "pieces")
    tables = {f"{name}_rarity": table for name, table in zip(names, wording.rarity, strict=True)}
    for name, table in zip(names, wording.weights, strict=True):
        tables[f"{name}_weights"] = table * by_wording
    file = BytesIO()
    np.savez_compressed(
        file,
        style_mean=style.mean.astype(np.float32),
        style_weights=style.weights.astype(np.float32),
        wording_mean=np.float32(wording.mean * by_wording),
        reader=np.array([by_reader, read.mean()], dtype=np.float32),
        card=np.frombuffer(card_bytes(card), dtype=np.uint8),
        **packed(tables),
    )
    return file.getvalue()


def _card(material: Material, told: Measured, learned: int) -> Card:
    arms = material.arms
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
        strange=_strange(material),
        language="en",
    )


def _strange(material: Material) -> float:
    """Return the share of unknown words that few lines of stories not learned from exceed."""
    rows = np.flatnonzero(material.fold != 0)
    rarity = features.Wording.fitted(material.counted, material.arms, rows).rarity[0]
    held = (material.arms.texts[row] for row in np.flatnonzero(material.fold == 0))
    unknown = [_unknown(text, rarity) for text in held]
    return float(np.percentile(unknown, STRANGE))


def _unknown(text: str, rarity: np.ndarray) -> float:
    words = [word for word in ngrams.tokens(text) if word[0].isalpha()]
    return float(np.mean([not rarity[ngrams.word_row(word)] for word in words] or [1.0]))


def _scores(material: Material, rows: np.ndarray, name: str, students: int) -> list[np.ndarray]:
    arms = material.arms
    wording = features.Wording.fitted(material.counted, arms, rows).scores(material.counted)
    return [wording, tuned.scores(readers.reader(material, rows, name, students), arms.texts)]


def _line(scores: np.ndarray, found: pairs.Pairs) -> str:
    ahead = found.ahead(scores)
    agree = pairs.right(ahead, found.z)
    stated = calibrate.crossed(scores, found).stated
    error = pairs.calibration_error(stated, found.z > 0)
    surest = ", ".join(f"{share:.3f}" for share in pairs.surest(ahead, found.z))
    return (
        f"{agree.mean():.4f} of {len(found):,} pairs, {agree[found.clear].mean():.4f} of"
        f" {found.clear.sum():,} clear ones; ECE {error:.4f}; by sureness {surest}"
    )


if __name__ == "__main__":
    main()
