"""Rules about the brand's own terms: those it never uses, and those it prefers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from copydesk.brand_voice import Brand
from copydesk.guardrails.case import Case, Hit
from copydesk.guardrails.normalise import Reading, read_plain
from copydesk.guardrails.phrases import Lists
from copydesk.guardrails.rule import Find, RuleBase

Row = tuple[str, ...]


class TermRule(RuleBase):
    """Flags the brand's banned terms, words for which it prefers another, or words for care.

    Case, hyphens and plural do not matter. A term inside the brand's or the product's own name
    is that name. Details for the message: {term}, {instead} for a preferred term, and {condition}
    for one that is right only sometimes.
    """

    kind: Literal["term"]
    terms: Literal["banned", "preferred", "careful"]

    def finder(self, lists: Lists) -> Find:
        """Return a function that looks for the terms of the case's brand."""
        del lists

        def find(case: Case) -> Iterator[Hit]:
            if case.brand is None:
                return
            names = _names(case)
            conditions = case.brand.careful_terms
            for term, instead in self._terms(case.brand):
                told = {
                    "term": term,
                    "instead": instead or "",
                    "condition": conditions.get(term, ""),
                }
                for slot in self.slots:
                    for start, end in _occurrences(case.readings[slot], term, names):
                        yield Hit(slot, start, end, instead, told)

        return find

    def _terms(self, brand: Brand) -> list[tuple[str, str | None]]:
        if self.terms == "banned":
            return [(term, None) for term in brand.banned_terms]
        if self.terms == "careful":
            return [(term, None) for term in brand.careful_terms]
        return list(brand.preferred_terms.items())


def _names(case: Case) -> list[Row]:
    names = [case.brand.name] if case.brand else []
    names += [case.brief.product.name] if case.brief else []
    return [_row(name) for name in names]


@lru_cache(maxsize=2048)
def _row(text: str) -> Row:
    return tuple(word.text for word in read_plain(text).words)


@lru_cache(maxsize=2048)
def _variants(term: str) -> tuple[Row, ...]:
    """Return the rows of words that a term may be written as."""
    row = _row(term)
    if not row:
        return ()
    rows = {
        row,
        (*row[:-1], *_plural(row[-1])),
        ("".join(row),),
        ("".join([*row[:-1], *_plural(row[-1])]),),
    }
    return tuple(sorted(rows))


def _plural(word: str) -> Row:
    if word.endswith("s") and len(word) > 3:  # noqa: PLR2004 - `gas`, `bus` are singular
        return (word[:-1],)
    if word.endswith("y") and word[-2:-1] not in set("aeiou"):
        return (word[:-1] + "ies",)
    return (word + ("es" if word.endswith(("x", "ch", "sh")) else "s"),)


def _occurrences(reading: Reading, term: str, names: list[Row]) -> Iterator[tuple[int, int]]:
    words = [word.text for word in reading.words]
    for row in _variants(term):
        if not reading.vocabulary.keys() >= set(row):
            continue
        for first in _places(words, row):
            last = first + len(row) - 1
            if not any(_inside(words, first, last, name) for name in names):
                yield reading.span_of_words(first, last)


def _places(words: list[str], row: Row) -> Iterator[int]:
    for first, word in enumerate(words):
        if word == row[0] and tuple(words[first : first + len(row)]) == row:
            yield first


def _inside(words: list[str], first: int, last: int, name: Row) -> bool:
    """Return whether the words from `first` to `last` stand inside the name."""
    return (
        any(
            place <= first and last < place + len(name)
            for place in (_places(words, name) if name else ())
        )
        and len(name) > last - first + 1
    )
