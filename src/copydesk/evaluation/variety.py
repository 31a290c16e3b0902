"""How different the texts of one request are from one another."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from statistics import mean

from copydesk.ranking.duplicates import similarity
from copydesk.ranking.measures import words
from copydesk.variants import Copy


def distinct(copies: Sequence[Copy], n: int) -> float | None:
    """Return the share of runs of `n` words that are new among all of these copies: distinct-n.

    Li et al. (2016), "A Diversity-Promoting Objective Function for Neural Conversation Models".
    None for fewer than two copies: one alone says nothing. Runs do not cross from slot to slot.
    """
    runs = [run for copy in copies for _, text in copy.slots() for run in _runs(text.render(), n)]
    return len(set(runs)) / len(runs) if len(copies) > 1 and runs else None


def self_similarity(copies: Sequence[Copy]) -> float | None:
    """Return how alike two of these copies are on average, 0 to 1; None for fewer than two.

    It is the similarity by which near-duplicates are left out.
    """
    alike = [similarity(one, other) for one, other in combinations(copies, 2)]
    return mean(alike) if alike else None


def _runs(text: str, n: int) -> list[tuple[str, ...]]:
    found = words(text)
    return [tuple(found[at : at + n]) for at in range(len(found) - n + 1)]
