"""Rules that look for words however they are masked: f*ck, sh1t, s.h.i.t, stretched letters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from copydesk.guardrails.case import Case, Hit
from copydesk.guardrails.inflection import forms
from copydesk.guardrails.normalise import Marked, Reading, is_stretched, squeezed
from copydesk.guardrails.phrases import Lists, Phrases
from copydesk.guardrails.rule import Find, RuleBase


def _divided(value: object) -> object:
    return tuple(value.split()) if isinstance(value, str) else value


Word = Annotated[str, Field(pattern=r"^[^\s~*]+[~*]?$")]
Words = Annotated[tuple[Word, ...], BeforeValidator(_divided)]
"""Words in a pack: a list, or one block of text divided by spaces."""

_LEET = str.maketrans("013457@$!|+€£", "oieastasiitel")
_LETTER = re.compile(r"[^\W\d_]")
_DIVIDERS = str.maketrans("", "", "._-*")


class WordsRule(RuleBase):
    """Flags its words, whole words only, with their masks taken off."""

    kind: Literal["words"]
    words: Words = Field(min_length=1)
    """Single words; `word~` stands for all forms of it, and `word*` for any ending."""
    exceptions: Phrases = ()
    """Phrases that clear a hit which overlaps them, as `dick smith`."""
    masked: bool = True
    """Whether masked spellings count too."""

    def finder(self, lists: Lists) -> Find:
        """Return a function that looks each word up, and each masked word under its masks."""
        del lists
        return _WordFinder(self).find


class _WordFinder:
    def __init__(self, rule: WordsRule) -> None:
        self.rule = rule
        self.beginnings = tuple(word[:-1] for word in rule.words if word.endswith("*"))
        plain = [word for word in rule.words if not word.endswith("*")]
        self.exact = {
            form for word in plain for form in (forms(word[:-1]) if word.endswith("~") else [word])
        }
        self.shapes: dict[tuple[str, int], list[str]] = {}
        for word in self.exact:
            self.shapes.setdefault((word[0], len(word)), []).append(word)

    def find(self, case: Case) -> Iterator[Hit]:
        for slot in self.rule.slots:
            reading = case.readings[slot]
            spans = self._written_out(reading)
            masked = case.marked[slot] if self.rule.masked else ()
            for start, end in [*spans, *self._masked(reading, masked)]:
                yield Hit(slot, start, end)

    def _written_out(self, reading: Reading) -> list[tuple[int, int]]:
        listed = reading.vocabulary.keys() & self.exact
        if self.beginnings or is_stretched(reading.line):
            listed = {word for word in reading.vocabulary if self._is_listed(word)}
        indexes = sorted(index for word in listed for index in reading.vocabulary[word])
        return [reading.span_of_words(index, index) for index in indexes]

    def _is_listed(self, word: str) -> bool:
        if word in self.exact or (self.beginnings and word.startswith(self.beginnings)):
            return True
        return any(other in self.exact for other in squeezed(word))

    def _masked(self, reading: Reading, pieces: Iterable[Marked]) -> Iterator[tuple[int, int]]:
        for word, at in pieces:
            if _LETTER.search(word) and self._is_unmasked(word):
                yield reading.span_of_text(at, at + len(word))

    def _is_unmasked(self, word: str) -> bool:
        decoded = word.translate(_LEET)
        if decoded in self.exact or decoded.translate(_DIVIDERS) in self.exact:
            return True
        same_shape = self.shapes.get((decoded[0], len(word)), [])
        return any(_hides(word, other) for other in same_shape)


def _hides(masked: str, word: str) -> bool:
    """Return whether asterisks and other marks in `masked` may hide the letters of `word`."""
    return all(
        a == b or a in "*#%_" or (index and a in "@$!-.")
        for index, (a, b) in enumerate(zip(masked, word, strict=True))
    )
