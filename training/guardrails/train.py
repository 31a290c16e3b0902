"""Trains the model of meanings: `python -m training.guardrails.train [--unlabelled FILE]`.

Needs the extra `train`. Trains on two thirds of the corpus and measures on the last, then trains
on everything, and writes the model into the package and its table into README.md beside this
file. Takes some twenty minutes on two cores.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch

from copydesk.guardrails.meaning.pieces import Pieces
from training.guardrails import calibrate, card, examples, student, teacher
from training.guardrails.examples import Examples
from training.guardrails.variety import Variety

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "src/copydesk/guardrails/meaning/model.npz"
READER = MODEL.with_name("reader.onnx")
HELD_OUT = Path(__file__).parent / ".cache" / "held_out.npz"
"""Scores of the sentences that were held out, to look at."""
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
    pieces: Pieces
    variety: Variety
    unlabelled: list[list[str]]


@dataclass(frozen=True)
class Learned:
    """A student, the table of its words, and the teacher that taught it."""

    student: student.Student
    table: student.Table
    teacher: teacher.Teacher


def main() -> None:
    """Train, or only set the thresholds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--unlabelled", type=Path, help="a text a line, which the teacher judges")
    parser.add_argument(
        "--bars-only", action="store_true", help="set thresholds anew from the last training"
    )
    chosen = parser.parse_args()
    if chosen.bars_only:
        set_bars()
    else:
        train(chosen.unlabelled)


def train(unlabelled: Path | None) -> None:
    """Train, measure, write."""
    torch.set_num_threads(2)
    HELD_OUT.parent.mkdir(exist_ok=True)
    torch.use_deterministic_algorithms(mode=True)
    corpus = examples.load()
    words = teacher.vocabulary(corpus)
    lines = examples.lines(unlabelled) if unlabelled else []
    pieces = teacher.pieces([*corpus.words, *lines])
    material = Material(corpus, words, pieces, Variety(corpus, words), lines)
    score_the_rest(material)
    learned = taught(material, np.arange(len(corpus)))
    teacher.export(learned.teacher, READER)
    write(student.parts(learned.student, learned.table), corpus)


def set_bars() -> None:
    """Set the thresholds of the shipped models by the scores that the last training left."""
    with np.load(MODEL, allow_pickle=False) as stored:
        parts = {name: stored[name] for name in stored.files}
    write(parts, examples.load())


def score_the_rest(material: Material) -> None:
    """Train on two thirds, and leave the scores of the rest in HELD_OUT."""
    corpus = material.examples
    part, rest = corpus.folds(PARTS)[0]
    learned = taught(material, part)
    held_out = corpus.only(rest)
    glances = student.logits(learned.student, learned.table, held_out.words)
    logits, _ = learned.teacher.judged(held_out.words)
    np.savez(HELD_OUT, glances=glances, logits=logits, texts=np.array(held_out.texts))


def taught(material: Material, part: np.ndarray) -> Learned:
    """Return a student of the sentences in `part`, and of what its teacher makes of others."""
    corpus = material.examples
    judge = teacher.Teacher(material.pieces, len(corpus.categories))
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


def write(parts: dict[str, Any], corpus: Examples) -> None:
    """Write the models' part in numpy with its thresholds, and the page about them.

    Raises ValueError when the corpus is not the one that the scores in HELD_OUT are of.
    """
    _, rest = corpus.folds(PARTS)[0]
    held_out = corpus.only(rest)
    with np.load(HELD_OUT, allow_pickle=False) as scores:
        if scores["texts"].tolist() != held_out.texts:
            raise ValueError("the corpus has changed since the last training: train again")
        glances, logits = scores["glances"], scores["logits"]
    columns = range(len(corpus.categories))
    results = [calibrate.measured(held_out, glances, logits, column) for column in columns]
    facts = {
        "categories": list(corpus.categories),
        "thresholds": {result.category: result.bars for result in results},
        "trained": datetime.now(UTC).date().isoformat(),
        "corpus": corpus.sha256,
        "sentences": len(corpus),
    }
    calibrated = {
        name: np.array([getattr(result, name) for result in results], dtype=np.float32)
        for name in ("slope", "offset", "worth")
    }
    described = np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8)
    np.savez_compressed(MODEL, **{**parts, **calibrated, "card": described})
    flagged = calibrate.flagged_everyday(held_out, logits, results)
    size = MODEL.stat().st_size + READER.stat().st_size
    README.write_text(card.page(corpus, results, flagged, size), "utf-8")


if __name__ == "__main__":
    main()
