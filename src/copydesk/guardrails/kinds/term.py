"""Rules about the brand's own terms: those it never uses, and those it prefers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal

from copydesk.brand_voice import Brand
from copydesk.brand_voice.word_forms import inflects, word_forms
from copydesk.guardrails.case import Case, Hit
from copydesk.guardrails.normalise import Reading, fold, read_plain
from copydesk.guardrails.phrases import Lists
from copydesk.guardrails.rule import Find, RuleBase

Row = tuple[str, ...]
Spelt = tuple[frozenset[str], ...]
"""For each word of a term in a row, the forms that it may be written in."""

UNKNOWN = ""
"""The locale of copy without a brief: of no language but English forms are looked for."""
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
"""How they are written where there is no key for them."""
APOSTROPHES = "'\u2019\u02bc"


class TermRule(RuleBase):
    """Flags the brand's banned terms, words for which it prefers another, or words for care.

    Case, accents, hyphens and plural do not matter; in the languages of `word_forms.yaml` no
    inflection does, nor an article drawn into the word, as in `l'offre`. The brief's locale says
    which language it is. A term inside the brand's or the product's own name is that name.
    Details for the message: {term}, {instead} for a preferred term, and {condition} for one that
    is right only sometimes.
    """

    kind: Literal["term"]
    terms: Literal["banned", "preferred", "careful"]

    def finder(self, lists: Lists) -> Find:
        """Return a function that looks for the terms of the case's brand."""
        del lists

        def find(case: Case) -> Iterator[Hit]:
            if case.brand is None:
                return
            names, conditions = _names(case), case.brand.careful_terms
            locale = case.brief.locale if case.brief else UNKNOWN
            words = {slot: _words(case.readings[slot], locale) for slot in self.slots}
            for term, instead in self._terms(case.brand):
                told = {
                    "term": term,
                    "instead": instead or "",
                    "condition": conditions.get(term, ""),
                }
                for slot in self.slots:
                    for first, last in _occurrences(words[slot], _variants(term, locale), names):
                        start, end = _span(case.readings[slot], first, last, locale)
                        said = "".join(words[slot][first : last + 1])
                        fits = not inflects(locale) or said == "".join(_row(term))
                        yield Hit(slot, start, end, instead if fits else None, told)

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


def _words(reading: Reading, locale: str) -> Row:
    """Return the words of a slot, without what was drawn together before an apostrophe."""
    words = (word.text for word in reading.words)
    return tuple(word.removeprefix("'") for word in words) if inflects(locale) else tuple(words)


@lru_cache(maxsize=4096)
def _variants(term: str, locale: str) -> tuple[Spelt, ...]:
    """Return the rows of words that a term may be written as: apart, and run together."""
    spellings = {term, term.translate(UMLAUTS)} if inflects(locale) else {term}
    rows = (row for spelling in sorted(spellings) for row in _spelt(spelling, locale))
    return tuple(dict.fromkeys(rows))


def _spelt(term: str, locale: str) -> Iterator[Spelt]:
    *leading, last = _row(term) or ("",)
    if not last:
        return
    apart = [
        word_forms(word, locale, small=_is_small(word, term), leading=True) for word in leading
    ]
    ends = word_forms(last, locale, small=_is_small(last, term)) | {*_plural(last)}
    yield (*apart, ends)
    yield (frozenset("".join([*leading, word]) for word in ends),)


def _is_small(word: str, term: str) -> bool:
    """Return whether the word of a term, given folded, is written with a small letter there."""
    written = (w for w in re.findall(r"\w+", term) if fold(w) == word)
    return next(written, term)[:1].islower()


def _plural(word: str) -> Row:
    if word.endswith("s") and len(word) > 3:  # noqa: PLR2004 - `gas`, `bus` are singular
        return (word[:-1],)
    if word.endswith("y") and word[-2:-1] not in set("aeiou"):
        return (word[:-1] + "ies",)
    return (word + ("es" if word.endswith(("x", "ch", "sh")) else "s"),)


def _occurrences(
    words: Row, variants: Sequence[Spelt], names: list[Row]
) -> Iterator[tuple[int, int]]:
    """Yield the first and last word of each place where a term stands, in one of its forms."""
    for spelt in variants:
        for first in _places(words, spelt):
            last = first + len(spelt) - 1
            if not any(_inside(words, first, last, name) for name in names):
                yield first, last


def _places(words: Row, spelt: Spelt) -> Iterator[int]:
    if any(forms.isdisjoint(words) for forms in spelt):
        return
    for first in range(len(words) - len(spelt) + 1):
        if all(words[first + at] in forms for at, forms in enumerate(spelt)):
            yield first


def _inside(words: Row, first: int, last: int, name: Row) -> bool:
    """Return whether the words from `first` to `last` stand inside the name."""
    named = tuple(frozenset([word]) for word in name)
    return len(name) > last - first + 1 and any(
        place <= first and last < place + len(name) for place in _places(words, named)
    )


def _span(reading: Reading, first: int, last: int, locale: str) -> tuple[int, int]:
    """Return where the words stand in the source; `l'offre` is found from `offre` on."""
    start, end = reading.span_of_words(first, last)
    if inflects(locale) and reading.words[first].text.startswith("'"):
        before = reading.source[start:end]
        start += 1 + max(before.find(sign) for sign in APOSTROPHES)
    return start, end
