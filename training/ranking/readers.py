"""The readers of lines: trained, taught by larger ones, averaged. What was made is in the cache.

A reader of three layers that learns from the clicks alone is a point worse than the mean of larger
and different models. It can be handed on what they think: of the lines that were tested, and of
lines made of these, of which nobody knows the outcome (Hinton et al. 2015, arXiv:1503.02531). The
mean of readers that began alike is itself a reader, and better than each (Wortsman et al. 2022,
arXiv:2203.05482).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch

from copydesk.ranking.training import features
from copydesk.ranking.training.experiments import Experiments
from training.ranking import tuned
from training.ranking.material import FOLDS, Material
from training.ranking.tuned import Lesson, Tuned, Way
from training.ranking.variants import variants

PLAIN = Way()
LARGE = Way(layers=(0, 1, 2, 3, 4, 5), fixed=2, contrasts=0.0)
STUDENT = Way(taught=0.6)
STUDENTS = 1
TEACHING = (0.43, 0.15, 0.25)
"""Weights of wording, LARGE and PLAIN in what is taught; set by stacking on the first fold."""


def reader(material: Material, rows: np.ndarray, name: str, students: int = STUDENTS) -> Tuned:
    """Return the reader to ship: the mean of students, or with none of them a plain one."""
    if not students:
        return _plain(material, rows, name, PLAIN)
    teacher = Teacher(material, rows, name)
    ways = [replace(STUDENT, seed=seed) for seed in range(students)]
    return tuned.averaged([_taught(teacher, way) for way in ways], STUDENT)


@dataclass(frozen=True)
class Teacher:
    """Wording, a large and a plain reader, weighed together; they have learned from `rows`."""

    material: Material
    rows: np.ndarray
    name: str

    def lesson(self, way: Way) -> Lesson:
        """Return what it thinks of the arms of its rows, and of lines made of them."""
        made = [variants(self.arms, 1000 * way.seed + epoch) for epoch in range(way.epochs)]
        thoughts = np.stack([self._thinks(texts) for texts in made])
        return Lesson(self._thinks(self.arms.texts), made, thoughts)

    @cached_property
    def arms(self) -> Experiments:
        """The arms that it has learned from and teaches."""
        return self.material.arms.only(self.rows)

    @cached_property
    def _readers(self) -> list[Tuned]:
        return [_plain(self.material, self.rows, self.name, way) for way in (LARGE, PLAIN)]

    def _thinks(self, texts: Sequence[str]) -> np.ndarray:
        columns = [self._wording(texts), *(tuned.scores(one, texts) for one in self._readers)]
        thinks: np.ndarray = np.stack(columns, axis=1) @ np.array(TEACHING)
        return thinks

    def _wording(self, texts: Sequence[str]) -> np.ndarray:
        """Scores by wording that saw nothing of a text's story: it knows by heart what it saw."""
        counted, fold = features.Counted.of(texts), self.material.fold[self.rows]
        found = np.zeros(len(texts))
        for part, wording in self._wordings.items():
            at = np.flatnonzero(fold == part)
            words, pieces = (block[at] for block in counted.blocks)
            found[at] = wording.scores(features.Counted((words, pieces)))
        return found

    @cached_property
    def _wordings(self) -> dict[int, features.Wording]:
        """Return for each fold wording that was fitted to the others."""
        material, fold = self.material, self.material.fold[self.rows]
        parts = [part for part in range(FOLDS) if np.any(fold == part)]
        return {
            part: features.Wording.fitted(material.counted, material.arms, self.rows[fold != part])
            for part in parts
        }


def _plain(material: Material, rows: np.ndarray, name: str, way: Way) -> Tuned:
    arms = material.arms.only(rows)
    return _kept(material, f"reader-{name}", way, arms, lambda: tuned.trained(way, arms))


def _taught(teacher: Teacher, way: Way) -> Tuned:
    arms = teacher.arms
    return _kept(
        teacher.material, f"student-{teacher.name}", way, arms,
        lambda: tuned.trained(way, arms, teacher.lesson(way)),
    )  # fmt: skip


def _kept(
    material: Material, name: str, way: Way, arms: Experiments, make: Callable[[], Tuned]
) -> Tuned:
    """Make a reader, or fetch it from the cache, where it lies by its way and its arms."""
    mark = hashlib.sha256(json.dumps([repr(way), arms.texts]).encode()).hexdigest()[:12]
    file = material.cache / f"{name}-{mark}.pt"
    if not file.exists():
        torch.save(make().state_dict(), file)
    model = Tuned(way)
    model.load_state_dict(torch.load(file))
    return model.eval()
