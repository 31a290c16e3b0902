"""Whether an evaluation speaks for another version of the prompts, by the rule in the guide."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from copydesk.evaluation.figures import amount, percent
from copydesk.evaluation.results import Evaluation, Row

FEWEST = 100
"""Variants of each version below which chance decides: a share is then known to ten points only."""
SAME = 0.01
"""Differences in likeness that mean nothing."""
RULE = "docs/howto/evaluate.md#promoting-a-prompt"


class Verdict(NamedTuple):
    """One version of the prompts beside the first one, with one model."""

    model: str
    old: str
    new: str
    better: tuple[str, ...]
    worse: tuple[str, ...]
    asked: int
    """Variants asked for with each version."""

    @property
    def said(self) -> str:
        """In one sentence what follows for promoting the version."""
        return f"{self.new} beside {self.old} with {self.model}: {self._ruling}"

    @property
    def _ruling(self) -> str:
        if self.worse:
            return f"not to be promoted, since {'; '.join(self.worse)}."
        if not self.better:
            return f"no better, and ties stay with {self.old}."
        ahead = f"ahead, since {'; '.join(self.better)}"
        if self.asked < FEWEST:
            return (
                f"{ahead}; but {self.asked} variants are too few to promote it: ask for {FEWEST}."
            )
        return f"{ahead}. Read the copies, then promote it as {RULE} says."


def verdicts(evaluation: Evaluation) -> tuple[Verdict, ...]:
    """Return what the evaluation says of each further version, for each model that wrote by two."""
    by_model = groupby(evaluation.rows, key=lambda row: row.model)
    return tuple(
        _verdict(old, new)
        for _, rows in by_model
        for old, *others in [list(rows)]
        for new in others
    )


def _verdict(old: Row, new: Row) -> Verdict:
    changes = list(_changes(old, new))
    better = tuple(said for is_better, said in changes if is_better)
    worse = tuple(said for is_better, said in changes if not is_better)
    return Verdict(new.model, old.prompt, new.prompt, better, worse, new.asked)


def _changes(old: Row, new: Row) -> Iterator[tuple[bool, str]]:
    """Yield what got better or worse: acceptance, findings of each category, likeness."""
    if new.accepted != old.accepted:
        said = f"{percent(new.accepted)} are accepted, before {percent(old.accepted)}"
        yield new.accepted > old.accepted, said
    for category in sorted({*old.findings, *new.findings}):
        before, now = old.findings.get(category, 0), new.findings.get(category, 0)
        # By draft: copy that repeats itself is kept once, and its faults are counted once.
        change = now * old.kept - before * new.kept
        if change:
            said = f"{category} is found {now} times in {new.kept} drafts"
            yield change < 0, f"{said}, before {before} times in {old.kept}"
    if old.alike is not None and new.alike is not None and abs(new.alike - old.alike) > SAME:
        said = f"drafts are {amount(new.alike, 2)} alike, before {amount(old.alike, 2)}"
        yield new.alike < old.alike, said
