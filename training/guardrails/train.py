"""Trains the model of meanings: `python -m training.guardrails.train [--extra CSV]`.

Needs the extra `train`. Cross-validates, trains on everything, and writes the model into the
package and its tables into README.md beside this file. Takes some ten minutes on two cores.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch

from training.guardrails import card, examples, student, teacher
from training.guardrails.calibrate import Measured, measured
from training.guardrails.examples import Examples
from training.guardrails.variety import Variety

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "src/copydesk/guardrails/meaning/model.npz"
README = Path(__file__).parent / "README.md"
CACHE = Path(__file__).parent / ".cache"
FOLDS = 3
SHOWN = 3
"""How often a sentence with a judgement is shown for each time that a made one is."""
HEARSAY = 0.3
"""Weight of the teacher's judgement, against that of the sentence's author."""


@dataclass(frozen=True)
class Material:
    """Everything that lessons are made of: sentences, made sentences by fold, their vectors."""

    examples: Examples
    vocabulary: teacher.Vocabulary
    vectors: np.ndarray
    made: list[list[list[str]]]
    made_vectors: list[np.ndarray]

    @classmethod
    def of(cls, corpus: Examples) -> Material:
        """Make more sentences, and look all of them up in the sentence model."""
        words = teacher.vocabulary(corpus, CACHE)
        variety = Variety(corpus, words)
        made = [variety.of(held_out) for _, held_out in corpus.folds(FOLDS)]
        vectors = teacher.embedded(corpus.words, CACHE)
        made_vectors = [teacher.embedded(part, CACHE) for part in made]
        return cls(corpus, words, vectors, made, made_vectors)


def main() -> None:
    """Train, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--extra", type=Path, help="CSV of text, label: its 0 lines are innocent")
    extra = parser.parse_args().extra
    torch.set_num_threads(2)
    torch.use_deterministic_algorithms(mode=True)
    material = Material.of(examples.load(extra))
    logits, judged = cross_validated(material)
    corpus = material.examples
    np.savez(CACHE / "held_out.npz", logits=logits, judged=judged)
    columns = range(len(corpus.categories))
    results = [measured(corpus, logits, judged, column) for column in columns]
    everything = np.arange(len(corpus))
    parts, _, _ = _learned(material, everything, range(FOLDS), everything)
    write(parts, results, corpus)
    README.write_text(card.page(corpus, results, logits, judged, MODEL.stat().st_size), "utf-8")


def cross_validated(material: Material) -> tuple[np.ndarray, np.ndarray]:
    """Return raw scores of student and teacher for every sentence, by one that never saw it."""
    corpus = material.examples
    logits = np.zeros((len(corpus), len(corpus.categories)))
    judged = np.zeros_like(logits)
    for fold, (part, held_out) in enumerate(corpus.folds(FOLDS)):
        others = [other for other in range(FOLDS) if other != fold]
        _, logits[held_out], judged[held_out] = _learned(material, part, others, held_out)
        print(f"fold {fold + 1} of {FOLDS} is done", flush=True)
    return logits, judged


def _learned(
    material: Material, part: np.ndarray, folds: Sequence[int], tested: np.ndarray
) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Return what ships, and scores of student and teacher for the rows in `tested`."""
    corpus = material.examples
    judge = teacher.Teacher(corpus, material.vectors, part)
    table = student.Table(material.vocabulary)
    lessons = _lessons(material, judge, part, folds)
    learned = student.taught(table, lessons, len(corpus.categories))
    rows = [corpus.words[index] for index in tested]
    judged = judge.logits(rows, material.vectors[tested])
    return student.parts(learned, table), student.logits(learned, table, rows), judged


def _lessons(
    material: Material, judge: teacher.Teacher, part: np.ndarray, folds: Sequence[int]
) -> student.Lessons:
    corpus = material.examples
    made = [row for fold in folds for row in material.made[fold]]
    made_vectors = np.concatenate([material.made_vectors[fold] for fold in folds])
    rows = [corpus.words[index] for index in part]
    vectors = np.concatenate([material.vectors[part], made_vectors])
    judgements = 1 / (1 + np.exp(-judge.logits(rows + made, vectors)))
    weights = np.full(judgements.shape, HEARSAY)
    own = np.flatnonzero(corpus.about[part] != examples.NOBODY)
    columns = corpus.about[part][own]
    judgements[own, columns], weights[own, columns] = corpus.claims[part][own], 1.0
    repeats = np.concatenate([np.full(len(rows), SHOWN), np.ones(len(made), dtype=int)])
    return student.Lessons(rows + made, judgements, weights, vectors, repeats)


def write(parts: dict[str, Any], results: Sequence[Measured], corpus: Examples) -> None:
    """Write the model into the package."""
    facts = {
        "categories": list(corpus.categories),
        "thresholds": {r.category: {"sure": r.sure, "likely": r.likely} for r in results},
        "trained": datetime.now(UTC).date().isoformat(),
        "corpus": corpus.sha256,
        "sentences": len(corpus),
    }
    np.savez_compressed(
        MODEL,
        **parts,
        slope=np.array([r.slope for r in results], dtype=np.float32),
        offset=np.array([r.offset for r in results], dtype=np.float32),
        card=np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8),
    )


if __name__ == "__main__":
    main()
