"""How much of what a sentence says stands in a fact: compared by the roots of its words."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from copydesk.guardrails.case import Case, Hit
from copydesk.guardrails.normalise import Reading, read_plain
from copydesk.guardrails.vocabulary import phrases_of

ROOT = 5
"""Letters that two forms of one word share, as `weigh`, `weighs` and `weighing` do."""
SHORTEST = 3
FEWEST = 2
"""Words of weight without which a sentence says too little to be compared."""


def coverage(case: Case, hit: Hit) -> float:
    """Return the share, 0 to 1, of the hit's words of weight that one fact has too.

    The best fact counts; an offer's conditions and the product's name are facts as well.
    """
    reading = case.readings[hit.slot]
    said = _roots(
        word.text for word in reading.words if word.start < hit.end and word.end > hit.start
    )
    if case.evidence is None or len(said) < FEWEST:
        return 0.0
    named = _roots(word.text for word in _product(case).words) if case.brief else frozenset()
    facts = (_roots_of(fact) | named for _, fact in case.evidence.texts)
    return max((len(said & fact) / len(said) for fact in facts), default=0.0)


def _product(case: Case) -> Reading:
    return read_plain(case.brief.product.name if case.brief else "")


def _roots_of(fact: Reading) -> frozenset[str]:
    return _roots(word.text for word in fact.words)


def _roots(words: Iterable[str]) -> frozenset[str]:
    common = _common()
    return frozenset(
        word[:ROOT]
        for word in words
        if word not in common and (word[0].isdigit() or (word.isalpha() and len(word) >= SHORTEST))
    )


@cache
def _common() -> frozenset[str]:
    return frozenset(phrases_of("common_words"))
