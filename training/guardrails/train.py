"""Trains the model of meanings: `python -m training.guardrails.train [--unlabelled FILE]`.

Needs the extra `train`. Trains on two thirds of the corpus and measures on the last, then trains
on everything, and writes the model into the package and its table into README.md beside this
file. Takes some twenty minutes on two cores.
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

from training.guardrails import calibrate, card, examples, student, teacher
from training.guardrails.calibrate import Measured
from training.guardrails.examples import Examples
from training.guardrails.variety import Variety

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "src/copydesk/guardrails/meaning/model.npz"
README = Path(__file__).parent / "README.md"
PARTS = 3
"""One part of the corpus in so many is held out to measure on."""
SHOWN = 3
"""How often a sentence with a judgement is shown for each time that a made one is."""
HEARSAY = 0.5
"""Weight of the teacher's judgement, against that of the sentence's author."""


@dataclass(frozen=True)
class Material:
    """Everything that lessons are made of."""

    examples: Examples
    vocabulary: teacher.Vocabulary
    variety: Variety
    unlabelled: list[list[str]]


@dataclass(frozen=True)
class Learned:
    """A student, the table of its words, and the teacher that taught it."""

    student: student.Student
    table: student.Table
    teacher: teacher.Teacher


def main() -> None:
    """Train, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--unlabelled", type=Path, help="a text a line, which the teacher judges")
    unlabelled = parser.parse_args().unlabelled
    torch.set_num_threads(2)
    torch.use_deterministic_algorithms(mode=True)
    corpus = examples.load()
    words = teacher.vocabulary(corpus)
    lines = examples.lines(unlabelled) if unlabelled else []
    material = Material(corpus, words, Variety(corpus, words), lines)
    results, flagged = measured_on_rest(material)
    learned = taught(material, np.arange(len(corpus)))
    write(student.parts(learned.student, learned.table), results, corpus)
    README.write_text(card.page(corpus, results, flagged, MODEL.stat().st_size), "utf-8")


def measured_on_rest(material: Material) -> tuple[list[Measured], float]:
    """Train on two thirds, and return what that is worth on the rest.

    The second value is the share of innocent sentences that are flagged for any category.
    """
    corpus = material.examples
    part, rest = corpus.folds(PARTS)[0]
    learned = taught(material, part)
    held_out = corpus.only(rest)
    logits = student.logits(learned.student, learned.table, held_out.words)
    judged, _ = learned.teacher.judged(held_out.words)
    columns = range(len(corpus.categories))
    results = [calibrate.measured(held_out, logits, judged, column) for column in columns]
    return results, calibrate.flagged_everyday(held_out, logits, results, judged)


def taught(material: Material, part: np.ndarray) -> Learned:
    """Return a student of the sentences in `part`, and of what its teacher makes of others."""
    corpus = material.examples
    judge = teacher.Teacher(len(corpus.categories))
    judge.learn(corpus, part)
    print(f"the teacher has learned from {len(part):,} sentences", flush=True)
    table = student.Table(material.vocabulary)
    lessons = _lessons(material, judge, part)
    learner = student.taught(table, lessons, len(corpus.categories))
    print(f"the student has learned from {len(lessons.rows):,} sentences", flush=True)
    return Learned(learner, table, judge)


def _lessons(material: Material, judge: teacher.Teacher, part: np.ndarray) -> student.Lessons:
    corpus = material.examples
    own = [corpus.words[index] for index in part]
    rows = [*own, *material.variety.of(part), *material.unlabelled]
    logits, vectors = judge.judged(rows)
    judgements = 1 / (1 + np.exp(-logits))
    weights = np.full(judgements.shape, HEARSAY)
    about = np.flatnonzero(corpus.about[part] != examples.NOBODY)
    columns = corpus.about[part][about]
    judgements[about, columns], weights[about, columns] = corpus.claims[part][about], 1.0
    repeats = np.where(np.arange(len(rows)) < len(own), SHOWN, 1)
    return student.Lessons(rows, judgements, weights, vectors, repeats)


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
