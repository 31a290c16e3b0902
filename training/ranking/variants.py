"""Lines made of lines: what a teacher's opinion is asked of, beside the lines that were tested.

No outcome is known of them. They serve to hand on what a larger model makes of lines near those
that were tested, of which it cannot have learned the outcome by heart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from copydesk.ranking.training.experiments import Experiments
from copydesk.ranking.training.pairs import members

CROSSED = 0.6
"""Share of lines that are the beginning of one line and the end of another; others are cut."""
MOST_CUT = 4
"""Words left out of a line, at most."""
FEWEST = 4
"""Words that must be left."""
_CLAUSE = re.compile(r"(?<=[.,:;?!])\s+|\s+(?=[-\u2013\u2014]\s)")


def variants(arms: Experiments, seed: int) -> list[str]:
    """Return a new line for each arm, made of it and of others of its group."""
    rng = np.random.default_rng(seed)
    made = [""] * len(arms)
    for rows in members(arms.group):
        texts = [arms.texts[row] for row in rows]
        for number, row in enumerate(rows):
            made[row] = _variant(texts, number, rng)
    return made


def _variant(texts: Sequence[str], number: int, rng: np.random.Generator) -> str:
    if rng.random() < CROSSED:
        others = [text for at, text in enumerate(texts) if at != number]
        crossed = _crossed(texts[number], others[rng.integers(len(others))], rng)
        if crossed not in texts:
            return crossed
    return _cut(texts[number], rng)


def _crossed(one: str, other: str, rng: np.random.Generator) -> str:
    return f"{_halves(one, rng)[0]} {_halves(other, rng)[1]}"


def _halves(text: str, rng: np.random.Generator) -> tuple[str, str]:
    """Cut between clauses where there are some, else in the middle."""
    places = [found.start() for found in _CLAUSE.finditer(text)]
    if places:
        place = int(rng.choice(places))
        return text[:place], text[place:].strip()
    words = text.split()
    middle = len(words) // 2
    return " ".join(words[:middle]), " ".join(words[middle:])


def _cut(text: str, rng: np.random.Generator) -> str:
    words = text.split()
    spare = min(MOST_CUT, len(words) - FEWEST)
    if spare < 1:
        return text
    count = int(rng.integers(1, spare + 1))
    place = int(rng.integers(0, len(words) - count + 1))
    return " ".join([*words[:place], *words[place + count :]])
