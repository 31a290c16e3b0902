"""Whether a text says something, or denies it: `growth is never guaranteed`."""

from __future__ import annotations

from copydesk.guardrails.normalise import STOP, Reading
from copydesk.guardrails.phrases import PhraseIndex

LOOK_BACK = 5
"""Words before a hit among which a negation turns it round: `growth is never guaranteed`."""

_NEGATIONS = frozenset(
    ("not", "never", "no", "nor", "none", "nothing", "nobody", "neither", "without", "hardly")
)
_NO_NEGATION_BEFORE = frozenset(("only", "just", "matter", "wonder", "more", "longer", "doubt"))
"""After `not` or `no` these make no negation of what follows: `not only`, `no matter`."""


def says(reading: Reading, phrases: PhraseIndex[None]) -> bool:
    """Return whether a reading says one of the phrases without a negation before it."""
    return any(not is_negated(reading, start) for _, start, _ in phrases.search(reading))


def is_negated(reading: Reading, place: int) -> bool:
    """Return whether a negation stands shortly before `place` of the line, in its sentence."""
    index = reading.word_at(place)
    following = reading.words[index].text
    for before in range(index - 1, max(-1, index - 1 - LOOK_BACK), -1):
        word = reading.words[before].text
        if word == STOP:
            return False
        if word in _NEGATIONS and following not in _NO_NEGATION_BEFORE:
            return True
        following = word
    return False
