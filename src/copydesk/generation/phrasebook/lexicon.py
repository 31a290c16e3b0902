"""What the phrase book knows about words, read once from `phrases/<language>/lexicon.yaml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_phrases(name: str, language: str = "en") -> dict[str, Any]:
    """Return a language's phrase file `name`, as `kinds/welcome`; empty when there is none."""
    file = resources.files(__package__).joinpath(f"phrases/{language}/{name}.yaml")
    if not file.is_file():
        return {}
    # CSafeLoader is the safe loader, in C where libyaml is there.
    read: dict[str, Any] = yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506
    return read


@dataclass(frozen=True, slots=True)
class Noun:
    """What the last noun of a product's name tells: its theme, and whether it is one or many."""

    theme: str
    number: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Lists and patterns."""

    words: dict[str, frozenset[str]]
    patterns: dict[str, re.Pattern[str]]
    nouns: dict[str, Noun]
    voices: dict[str, frozenset[str]]
    addressed: tuple[tuple[re.Pattern[str], str], ...]
    forms: dict[str, str]
    """Words for an offer and for joining things, as `percent: "{value}% off"`."""
    american: tuple[tuple[str, str], ...]
    """British words of the phrases, each with the American one."""
    keywords: dict[str, tuple[str, ...]]
    """Words by which conditions say themselves what is offered, by kind of offer."""
    typography: tuple[tuple[re.Pattern[str], str], ...]
    """Spaces and signs as the language sets them, as the space that holds a French `?`."""

    def matches(self, pattern: str, text: str) -> bool:
        """Return whether `text` looks like the named sort, as `proof` or `internal`."""
        return bool(self.patterns[pattern].search(text))

    def typeset(self, text: str) -> str:
        """Return `text` with the language's own spaces and signs."""
        for was, now in self.typography:
            text = was.sub(now, text)
        return text


_LISTS = (
    "common",
    "opens_with_verb",
    "opens_with_participle",
    "opens_with_modal",
    "verbs",
    "careful",
    "priced",
    "shelved",
    "empty",
    "reader",
    "american_in",
)
_PATTERNS = (
    "internal",
    "statutory",
    "proof",
    "disclosure",
    "dated",
    "recurring",
    "service",
    "leaning",
)


@cache
def lexicon(language: str = "en") -> Lexicon:
    """Return the lexicon of a language, read at the first call.

    Another language's file names what differs from the English one. Patterns come on top of the
    English ones: a brief may be in English whatever language its readers have.
    """
    english = read_phrases("lexicon")
    own = {} if language == "en" else read_phrases("lexicon", language)
    raw = {**english, **own}
    return Lexicon(
        words={name: frozenset(raw[name].split()) for name in _LISTS},
        patterns={name: _any_of([*english[name], *own.get(name, ())]) for name in _PATTERNS},
        nouns=_nouns(raw["themes"]),
        voices={name: frozenset(text.split()) for name, text in raw["voices"].items()},
        addressed=tuple((re.compile(was, re.IGNORECASE), now) for was, now in raw["addressed"]),
        forms={**english["forms"], **raw["forms"]},
        american=tuple(raw["american"].items()),
        keywords={name: tuple(words) for name, words in raw["keywords"].items()},
        typography=tuple((re.compile(was), now) for was, now in raw["typography"]),
    )


def _any_of(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


def _nouns(themes: dict[str, dict[str, str]]) -> dict[str, Noun]:
    return {
        word: Noun(theme, number)
        for theme, numbers in themes.items()
        for number, words in numbers.items()
        for word in words.split()
    }
