"""Randomised headline experiments: read, cleaned, and divided by story.

Takes the columns of the Upworthy Research Archive (Matias et al. 2021, Scientific Data 8:195) and
of LOLA's files (Ye, Yoganarasimhan, Zheng 2025), as CSV or Parquet. What is compared is always
text against text within one test and one image.
"""

from __future__ import annotations

import csv
import hashlib
import html
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import chi2

SPREAD = 0.267
"""Standard deviation of the true log-odds of headlines within a test (REML on the archive)."""
FAULTY_BELOW = 0.001
"""Tests whose split of impressions is less likely than this, were arms equal, are left out."""
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class Arm:
    """A headline with what came of it, all showings under the same test and image together."""

    text: str
    test: str
    image: str
    shown: int
    clicked: int
    told: tuple[str, ...] = ()
    """Texts that tell which story it is for: the headline, the lede."""


@dataclass(frozen=True)
class Experiments:
    """Arms in columns. Arms of one group differ by nothing but their text."""

    texts: list[str]
    group: np.ndarray
    story: np.ndarray
    source: np.ndarray
    """Number of the file that the arm came from."""
    shown: np.ndarray
    clicked: np.ndarray

    def __len__(self) -> int:
        return len(self.texts)

    @cached_property
    def odds(self) -> np.ndarray:
        """Log-odds of a click."""
        odds: np.ndarray = np.log((self.clicked + 0.5) / (self.shown - self.clicked + 0.5))
        return odds

    @cached_property
    def variance(self) -> np.ndarray:
        """Variance of `odds` by chance of sampling, 1 / npq with the rate of the arm's group."""
        clicked = np.bincount(self.group, self.clicked)[self.group] + 0.5
        rate = clicked / (np.bincount(self.group, self.shown)[self.group] + 1)
        variance: np.ndarray = 1 / (self.shown * rate * (1 - rate))
        return variance

    @cached_property
    def weight(self) -> np.ndarray:
        """What an arm's clicks can tell: 1 / (SPREAD squared + variance)."""
        weight: np.ndarray = 1 / (SPREAD**2 + self.variance)
        return weight

    def only(self, rows: np.ndarray) -> Experiments:
        """Return the arms of these rows, groups numbered anew."""
        return replace(
            self,
            texts=[self.texts[row] for row in rows],
            group=np.unique(self.group[rows], return_inverse=True)[1],
            story=self.story[rows], source=self.source[rows],
            shown=self.shown[rows], clicked=self.clicked[rows],
        )  # fmt: skip

    def fold(self, folds: int) -> np.ndarray:
        """Return each arm's fold: a whole story is in one, by a hash of its number."""
        digests = (hashlib.sha256(str(n).encode()).digest() for n in range(self.story.max() + 1))
        parts = np.array([int.from_bytes(digest[:4], "big") % folds for digest in digests])
        of_arm: np.ndarray = parts[self.story]
        return of_arm


def read(files: Sequence[Path]) -> list[list[Arm]]:
    """Return the arms of each file, without faulty tests and without groups of one."""
    return [_contrasted(_merged(_sound(_arms(file)))) for file in files]


def joined(files: Sequence[Sequence[Arm]], alike: Iterable[tuple[int, int]] = ()) -> Experiments:
    """Return all arms in columns; `alike` names pairs of arms that are of one story."""
    arms = [arm for file in files for arm in file]
    source = np.repeat(np.arange(len(files)), [len(file) for file in files])
    names = [(int(n), arm.test, arm.image) for n, arm in zip(source, arms, strict=True)]
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    group = np.array([numbers[name] for name in names])
    return Experiments(
        texts=[arm.text for arm in arms],
        group=group,
        story=_stories(arms, source, alike),
        source=source,
        shown=np.array([arm.shown for arm in arms], dtype=float),
        clicked=np.array([arm.clicked for arm in arms], dtype=float),
    )


def _arms(file: Path) -> list[Arm]:
    return [_arm(row) for row in rows_of(file) if int(float(row["impressions"] or 0)) > 0]


def rows_of(file: Path) -> list[dict[str, Any]]:
    """Return the rows of a file as they are, by column."""
    if file.suffix == ".parquet":
        from pyarrow import parquet

        rows: list[dict[str, Any]] = parquet.read_table(file).to_pylist()
        return rows
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _arm(row: dict[str, Any]) -> Arm:
    text = " ".join(html.unescape(row["headline"] or "").split())
    lede = " ".join(_TAG.sub(" ", html.unescape(row.get("lede") or "")).casefold().split())
    return Arm(
        text=text,
        test=str(row.get("clickability_test_id") or row.get("test_id")),
        image=str(row.get("eyecatcher_id") or ""),
        shown=int(float(row["impressions"])),
        clicked=int(float(row["clicks"] or 0)),
        told=tuple(filter(None, (text.casefold(), lede))),
    )


def _sound(arms: list[Arm]) -> list[Arm]:
    """Leave out tests whose arms were shown so unequally that chance cannot have done it."""
    tests: dict[str, list[Arm]] = defaultdict(list)
    for arm in arms:
        tests[arm.test].append(arm)
    return [arm for test in tests.values() if not _faulty(test) for arm in test]


def _faulty(test: Sequence[Arm]) -> bool:
    shown = np.array([arm.shown for arm in test], dtype=float)
    statistic = float(((shown - shown.mean()) ** 2 / shown.mean()).sum())
    return len(test) > 1 and float(chi2.sf(statistic, len(test) - 1)) < FAULTY_BELOW


def _merged(arms: list[Arm]) -> list[Arm]:
    same: dict[tuple[str, str, str], list[Arm]] = defaultdict(list)
    for arm in arms:
        same[arm.test, arm.image, arm.text].append(arm)
    return [
        replace(
            group[0],
            shown=sum(arm.shown for arm in group),
            clicked=sum(arm.clicked for arm in group),
            told=tuple(dict.fromkeys(told for arm in group for told in arm.told)),
        )
        for group in same.values()
    ]


def _contrasted(arms: list[Arm]) -> list[Arm]:
    """Keep groups of at least two texts, with at least one click among them."""
    groups: dict[tuple[str, str], list[Arm]] = defaultdict(list)
    for arm in arms:
        groups[arm.test, arm.image].append(arm)
    kept = (group for group in groups.values() if len(group) > 1)
    return [arm for group in kept if any(arm.clicked for arm in group) for arm in group]


def _stories(
    arms: Sequence[Arm], source: np.ndarray, alike: Iterable[tuple[int, int]]
) -> np.ndarray:
    """Join arms of one test, arms that share a text, and arms said to be alike."""
    parent = list(range(len(arms)))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    first: dict[object, int] = {}
    for row, arm in enumerate(arms):
        for mark in ((int(source[row]), arm.test), *arm.told):
            parent[root(row)] = root(first.setdefault(mark, row))
    for one, other in alike:
        parent[root(one)] = root(other)
    roots = [root(row) for row in range(len(arms))]
    numbered: np.ndarray = np.unique(roots, return_inverse=True)[1]
    return numbered
