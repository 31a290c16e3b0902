"""How a line is written, in named numbers: length, punctuation, address, mystery, and so on.

The groups are the names under which a ranker tells what the way of writing adds; they are what a
marketer can change. Texts are measured as written, without regard to any brief.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import yaml

from copydesk.ranking.measures import WORD, visible_length

_QUOTES = re.compile("[\"\u201c\u201d\u00ab\u00bb]|(?<!\\w)['\u2018\u2019]|['\u2019](?!\\w)")
_DASH = re.compile("\\s[-\u2013\u2014]+\\s|\u2014")
_ELLIPSIS = re.compile("\\.\\.\\.|\u2026")
_MONEY = re.compile("[$\u00a3\u20ac%]")
_SENTENCE_END = re.compile(r"[.!?\u2026]+(?=\s|$)")
FIRST = "_first"
"""Ends the name of a measure that only looks at the first word."""
_DIGITS = re.compile(r"\d")
_LONG_WORD = 7
_USUAL_LENGTH, _USUAL_WORDS = 75.0, 14.0
"""About what headlines of experiments have: lengths are told as distances from these."""


class Line(NamedTuple):
    """A text with what all measures need of it."""

    text: str
    words: list[str]
    folded: list[str]
    characters: int

    @classmethod
    def of(cls, text: str) -> Line:
        """Return `text` cut into words, as written and in lower case; apostrophes straight."""
        words = WORD.findall(text.replace("\u2019", "'"))
        return cls(text, words, [word.casefold() for word in words], visible_length(text))


def style(text: str) -> list[float]:
    """Return one number for each of NAMES, most of them between -2 and 2."""
    line = Line.of(text)
    plain = [measure(line) for measure in _PLAIN.values()]
    counts = dict.fromkeys(_listed_names(), 0)
    listed = _listed()
    for word in line.folded:
        for name in listed.get(word, ()):
            counts[name] += 1
    opening = listed.get(line.folded[0], ()) if line.folded else ()
    return [
        *plain,
        *(math.sqrt(count) for count in counts.values()),
        *(float(name in opening) for name in counts),
    ]


@cache
def names() -> tuple[str, ...]:
    """Return the names of what `style` measures, each as `group.name`."""
    listed = _listed_names()
    return (*_PLAIN, *listed, *(f"{name}{FIRST}" for name in listed))


@cache
def groups() -> tuple[str, ...]:
    """Return the names of the groups, in order."""
    return tuple(dict.fromkeys(name.partition(".")[0] for name in names()))


def _length(line: Line) -> float:
    return line.characters / _USUAL_LENGTH - 1


def _very_short(line: Line) -> float:
    return max(0.0, 1 - line.characters / (_USUAL_LENGTH / 2))


def _very_long(line: Line) -> float:
    return max(0.0, line.characters / _USUAL_LENGTH - 1.3)


def _word_count(line: Line) -> float:
    return len(line.words) / _USUAL_WORDS - 1


def _sentences(line: Line) -> float:
    return math.sqrt(len(_SENTENCE_END.findall(line.text.rstrip(".!?\u2026 "))))


def _word_length(line: Line) -> float:
    return sum(map(len, line.words)) / max(1, len(line.words)) - 4.5


def _long_words(line: Line) -> float:
    return sum(len(word) >= _LONG_WORD for word in line.words) / max(1, len(line.words))


def _variety(line: Line) -> float:
    return len(set(line.folded)) / max(1, len(line.folded)) - 1


def _names(line: Line) -> float:
    """Words in the middle that begin large, where the text is not in title case."""
    small = sum(word[0].islower() for word in line.words)
    large = sum(word[0].isupper() for word in line.words[1:])
    return math.sqrt(large) if small > large else 0.0


def _title_case(line: Line) -> float:
    return sum(word[0].isupper() for word in line.words) / max(1, len(line.words))


def _shouted(line: Line) -> float:
    return math.sqrt(
        sum(len(word) > 1 and word.isalpha() and word.isupper() for word in line.words)
    )


def _counted(pattern: re.Pattern[str]) -> Callable[[Line], float]:
    return lambda line: math.sqrt(len(pattern.findall(line.text)))


def _starred(mark: str) -> Callable[[Line], float]:
    return lambda line: math.sqrt(line.text.count(mark))


def _ends(marks: str) -> Callable[[Line], float]:
    return lambda line: float(line.text.rstrip("\"'\u201d\u2019) ").endswith(tuple(marks)))


def _number_first(line: Line) -> float:
    return float(bool(line.words) and line.words[0][0].isdigit())


_PLAIN: Mapping[str, Callable[[Line], float]] = {
    "length.characters": _length,
    "length.very_short": _very_short,
    "length.very_long": _very_long,
    "length.words": _word_count,
    "length.sentences": _sentences,
    "plainness.word_length": _word_length,
    "plainness.long_words": _long_words,
    "plainness.variety": _variety,
    "capitals.names": _names,
    "capitals.title_case": _title_case,
    "capitals.shouted": _shouted,
    "numbers.digits": _counted(_DIGITS),
    "numbers.first": _number_first,
    "numbers.money": _counted(_MONEY),
    "question.asks": _starred("?"),
    "question.ends": _ends("?"),
    "exclamation.marks": _starred("!"),
    "exclamation.ends": _ends("!"),
    "punctuation.quotes": _counted(_QUOTES),
    "punctuation.dash": _counted(_DASH),
    "punctuation.ellipsis": _counted(_ELLIPSIS),
    "punctuation.colon": _starred(":"),
    "punctuation.comma": _starred(","),
    "punctuation.stop": _ends("."),
    "punctuation.brackets": _starred("("),
    "punctuation.star": _starred("*"),
    "punctuation.hash": _starred("#"),
}


@cache
def _listed() -> dict[str, tuple[str, ...]]:
    """Return the measures that count each word."""
    of_word: dict[str, tuple[str, ...]] = {}
    for group, lists in _lists().items():
        for name, words in lists.items():
            for word in words:
                of_word[word] = (*of_word.get(word, ()), f"{group}.{name}")
    return of_word


@cache
def _listed_names() -> tuple[str, ...]:
    return tuple(f"{group}.{name}" for group, lists in _lists().items() for name in lists)


@cache
def _lists() -> dict[str, Any]:
    file = resources.files("copydesk.ranking").joinpath("style.yaml")
    source = file.read_text(encoding="utf-8")
    lists: dict[str, Any] = yaml.load(source, Loader=yaml.BaseLoader)  # noqa: S506 - only strings
    return lists
