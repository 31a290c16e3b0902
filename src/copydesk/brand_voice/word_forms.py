"""The forms that a brand's term may be written in: `günstig`, `günstige`, `am günstigsten`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import yaml

SHORTEST = 3
"""Letters that have to stay of a word: shorter ones turn into other words."""


@dataclass(frozen=True, slots=True)
class _Change:
    """One way in which words of a language change, as `word_forms.yaml` explains."""

    ending: str
    endings: tuple[str, ...]
    before: str
    small: bool
    leading: bool
    rest: int

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> _Change:
        return cls(
            told["from"],
            tuple(told["to"]),
            told.get("before", ""),
            small=told.get("small", False),
            leading=told.get("leading", False),
            rest=told.get("rest", SHORTEST),
        )

    def made(self, word: str, *, small: bool, leading: bool) -> Iterator[str]:
        stem = word.removesuffix(self.ending)
        fits = word.endswith(self.ending) and len(stem) >= self.rest and stem[-1].isalpha()
        if fits and self.small <= small and self.leading <= leading:
            yield from (f"{self.before}{stem}{ending}" for ending in self.endings)


@lru_cache(maxsize=8192)
def word_forms(
    word: str, locale: str, *, small: bool = True, leading: bool = False
) -> frozenset[str]:
    """Return the word with the forms that inflection gives it, all folded as the word is.

    `word` is without capitals and accents, `small` says whether the term is written without a
    capital, `leading` that another word of the term follows. Only inflection: other words of the
    same root (`billig`, `Billigung`) and compounds (`Billigpreis`) are other words. A language
    without rules has no further forms.
    """
    changes = _changes().get(locale.partition("-")[0].casefold(), ())
    made = (form for change in changes for form in change.made(word, small=small, leading=leading))
    return frozenset([word, *made])


def inflects(locale: str) -> bool:
    """Return whether there are rules for the language of this locale."""
    return locale.partition("-")[0].casefold() in _changes()


@cache
def _changes() -> Mapping[str, tuple[_Change, ...]]:
    file = resources.files("copydesk.brand_voice").joinpath("word_forms.yaml")
    told = yaml.safe_load(file.read_text(encoding="utf-8"))
    return {language: tuple(map(_Change.of, rules)) for language, rules in told.items()}
