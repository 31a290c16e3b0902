"""Trains the model of lines: `python -m training.ranking.train FILE... [--out FOLDER]`.

Each FILE holds randomised experiments as CSV or Parquet, with the columns of the Upworthy Research
Archive: clickability_test_id (or test_id), headline, impressions, clicks, and where there is one
eyecatcher_id (arms are compared under one image) and lede (tests with the same are one story).
Needs the extra `train`. What takes long is kept in the cache and done once.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from copydesk.ranking.reader import LineReader
from copydesk.ranking.training import features
from copydesk.ranking.training.written import NAMES, Measured, measured, tables
from training.ranking import export, readers
from training.ranking.material import Material

ROOT = Path(__file__).parents[2]
OUT = ROOT / "src/copydesk/ranking"
CACHE = Path(__file__).parent / ".cache"


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
    material = Material.read(chosen.files, chosen.cache)
    columns, rows = held_out(material, chosen.tested, chosen.students)
    told = measured(material.arms.only(rows), columns)
    print(*told.told, sep="\n", flush=True)
    write(material, told, chosen.out, keep_apart=chosen.keep_apart, students=chosen.students)


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


def write(
    material: Material, told: Measured, out: Path, *, keep_apart: bool, students: int
) -> None:
    """Fit every part to all arms, or all but the first fold, and write them into a folder."""
    arms = material.arms
    rows = np.flatnonzero(material.fold != 0) if keep_apart else np.arange(len(arms))
    wording = features.Wording.fitted(material.counted, arms, rows)
    reader = readers.reader(material, rows, "fold0" if keep_apart else "all", students)
    exported = export.export(reader, arms.texts)
    (out / "reader.onnx").write_bytes(exported)
    read = _read(exported, arms.texts)
    (out / "trained.npz").write_bytes(tables(material, told, wording, read, len(rows)))


def _scores(material: Material, rows: np.ndarray, name: str, students: int) -> list[np.ndarray]:
    arms = material.arms
    wording = features.Wording.fitted(material.counted, arms, rows).scores(material.counted)
    exported = export.export(readers.reader(material, rows, name, students), arms.texts)
    return [wording, _read(exported, arms.texts)]


def _read(exported: bytes, texts: Sequence[str]) -> np.ndarray:
    """Return the scores of the reader as it ships: they are weighed, and judged, in 8 bits."""
    reader = LineReader.of(exported)
    return np.array([reader.score(text) for text in texts])


if __name__ == "__main__":
    main()
