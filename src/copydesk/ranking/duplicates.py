"""Near-duplicates: copy that says the same again, in another order or with a word changed."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

from rapidfuzz import fuzz

from copydesk.ranking.measures import words
from copydesk.ranking.ranker import Candidate
from copydesk.variants import Copy, Slot

ALIKE_FROM = 0.9
"""From this similarity on, two copies count as one. A subject of eight words with one of them
changed stays under it where the body differs too."""

SHARES = {Slot.SUBJECT: 0.5, Slot.PREHEADER: 0.2, Slot.BODY: 0.3}
"""How much each slot counts. Half is the subject: with another subject, copy is a variant."""


class Repeat(NamedTuple):
    """A candidate that was left out, and the one that it repeats."""

    id: str
    repeats: str
    similarity: float


class Distinct(NamedTuple):
    """What is left without repeats, in the order given, and what was left out."""

    kept: tuple[Candidate, ...]
    dropped: tuple[Repeat, ...]


def near_duplicates(
    copies: Sequence[Copy], alike_from: float = ALIKE_FROM
) -> list[tuple[int, int, float]]:
    """Return the pairs of positions whose similarity (0 to 1) is at least `alike_from`."""
    normal = [_normal(copy) for copy in copies]
    pairs = (
        (i, j, _similarity(normal[i], normal[j])) for i, j in combinations(range(len(normal)), 2)
    )
    return [pair for pair in pairs if pair[2] >= alike_from]


def similarity(one: Copy, other: Copy) -> float:
    """Return how alike two copies are, from 0 to 1, without regard to case or order of words."""
    return _similarity(_normal(one), _normal(other))


def without_duplicates(candidates: Sequence[Candidate]) -> Distinct:
    """Keep the first of each group of near-duplicates: give the best first."""
    kept: list[Candidate] = []
    dropped: list[Repeat] = []
    for candidate in candidates:
        repeat = _repeat(candidate, kept)
        if repeat is None:
            kept.append(candidate)
        else:
            dropped.append(repeat)
    return Distinct(tuple(kept), tuple(dropped))


def _repeat(candidate: Candidate, kept: Sequence[Candidate]) -> Repeat | None:
    for earlier in kept:
        found = similarity(candidate.copy_, earlier.copy_)
        if found >= ALIKE_FROM:
            return Repeat(candidate.id, earlier.id, round(found, 3))
    return None


def _normal(copy: Copy) -> dict[Slot, str]:
    return {
        slot: " ".join(sorted(words(unicodedata.normalize("NFKC", text.render()))))
        for slot, text in copy.slots()
    }


def _similarity(one: dict[Slot, str], other: dict[Slot, str]) -> float:
    """Compare the slots that either copy fills: empty in both says nothing."""
    filled = [slot for slot in Slot if one[slot] or other[slot]]
    whole = sum(SHARES[slot] for slot in filled)
    if not whole:
        return 1.0
    alike = sum(SHARES[slot] * fuzz.ratio(one[slot], other[slot]) / 100 for slot in filled)
    return alike / whole
