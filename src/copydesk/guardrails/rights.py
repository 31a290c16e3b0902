"""Rights that the brief itself records as the law's, sold as the sender's own idea."""

from __future__ import annotations

from collections.abc import Iterable

from copydesk.guardrails.case import Case, Hit
from copydesk.guardrails.normalise import Reading
from copydesk.guardrails.vocabulary import listed, phrases_of

SHARED = 2
"""Words of weight that a passage must share with a fact to be about the same right."""
AROUND = 1
"""Sentences before and after the one that boasts, which may name the right."""
ROOT = 5


def sells_legal_right(case: Case, hit: Hit) -> bool:
    """Return whether the words around a hit name a right that a fact says the law gives.

    They do not where another fact, of something that the sender gives, is nearer to them.
    """
    passage = _roots(_around(case.readings[hit.slot], hit))
    shared = {True: 0, False: 0}
    for _, fact in case.evidence.texts if case.evidence else ():
        of_law = any(True for _ in listed("says_law").search(fact))
        shared[of_law] = max(shared[of_law], len(passage & _roots(fact.vocabulary)))
    return shared[True] >= max(SHARED, shared[False])


def _around(reading: Reading, hit: Hit) -> list[str]:
    inside = [i for i, w in enumerate(reading.words) if w.start < hit.end and w.end > hit.start]
    number = reading.numbers[inside[0]]
    return [
        word.text
        for word, own in zip(reading.words, reading.numbers, strict=True)
        if abs(own - number) <= AROUND
    ]


def _roots(words: Iterable[str]) -> frozenset[str]:
    dull = frozenset(phrases_of("common_words")) | frozenset(phrases_of("words_of_law"))
    kept = (word for word in words if word[:1].isalnum() and word not in dull)
    return frozenset(word.rstrip("s")[:ROOT] for word in kept)
