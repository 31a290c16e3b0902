"""What a sentence is made of, as symbols: its words, letters, grammar, and what is measured of it.

Every part of a tone sees a sentence as a handful of symbols, so that one arithmetic fits them all:
how much oftener the brand writes such symbols than others do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import NamedTuple

import yaml

TOKEN = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*|\d+(?:[.,]\d+)*|[^\w\s]")
SENTENCE_END = re.compile(r"(?<=[.!?\u2026])[\"'\u201d\u2019)\]]*\s+|\n+")
WORDS_LEAST = 3
"""Fewer words are a label, of which no tone can be told."""
LETTERS = 4
LENGTHS = (5, 8, 11, 14, 18, 23, 30)
WORD_LENGTHS = (3.4, 3.9, 4.3, 4.7, 5.1, 5.6, 6.3)
LONG_WORDS = (0.001, 0.1, 0.2, 0.3, 0.45)
LONG = 8
"""Letters of a word that a casual voice does without."""
_KEPT_ENDING = 5


def sentences(text: str) -> list[str]:
    """Return the sentences of a text that are long enough to have a tone."""
    found = (" ".join(part.split()) for part in SENTENCE_END.split(text))
    return [
        part for part in found if sum(token[0].isalpha() for token in tokens(part)) >= WORDS_LEAST
    ]


def tokens(text: str) -> list[str]:
    """Return words, in lower case, numbers as 0, and marks."""
    found = TOKEN.findall(text.replace("\u2019", "'"))
    return ["0" if token[0].isdigit() else token.casefold() for token in found]


def words(text: str) -> list[str]:
    """Return the words, numbers and marks."""
    return tokens(text)


def phrases(text: str) -> list[str]:
    """Return every two neighbours."""
    return [f"{first} {second}" for first, second in pairwise(["^", *tokens(text), "$"])]


def letters(text: str) -> list[str]:
    """Return every run of four characters, numbers as 0."""
    line = f" {re.sub(r'[0-9]', '0', text.casefold())} "
    return [line[at : at + LETTERS] for at in range(len(line) - LETTERS + 1)]


def grammar(text: str) -> list[str]:
    """Return neighbours of which only function words, marks and endings are seen: no topic."""
    shapes = ["^", *(_shape(token) for token in tokens(text)), "$"]
    return [f"{first}|{second}" for first, second in pairwise(shapes)]


def _shape(token: str) -> str:
    if not token[0].isalpha() or token in listed("function_words") or "'" in token:
        return token
    return f"{min(len(token), 12)}{token[-3:] if len(token) > _KEPT_ENDING else ''}"


def sentence_length(text: str) -> list[str]:
    """Return how many words it has, in steps."""
    return [f"length {_step(len(_words_of(text)), LENGTHS)}"]


def word_length(text: str) -> list[str]:
    """Return how long its words are, in steps."""
    found = _words_of(text)
    return [f"word {_step(sum(map(len, found)) / max(1, len(found)), WORD_LENGTHS)}"]


def punctuation(text: str) -> list[str]:
    """Return each kind of mark in it, and whether it ends in one."""
    marks = sorted({token for token in tokens(text) if not token[0].isalnum()})
    capitals = [t for t in TOKEN.findall(text) if len(t) > WORDS_LEAST and t.isupper()]
    shouting = ["capitals"] if capitals else []
    return [*(f"mark {mark}" for mark in marks), *shouting] or ["mark none"]


def person(text: str) -> list[str]:
    """Return who speaks and who is spoken to."""
    found = set(tokens(text))
    named = [who for who in ("reader", "house", "speaker") if found & listed(who)]
    return [f"person {' '.join(named) or 'nobody'}"]


def contractions(text: str) -> list[str]:
    """Return whether it contracts, writes in full what could be contracted, or could do neither."""
    found = tokens(text)
    line = f" {' '.join(found)} "
    short = any(token.endswith(tuple(listed("contractions"))) for token in found if "'" in token)
    full = any(f" {words} " in line for words in listed("in_full"))
    return [f"contracts {short} {full}"]


def formality(text: str) -> list[str]:
    """Return its casual and formal words, and the share of long words, in steps."""
    found = set(tokens(text))
    own = _words_of(text)
    long_words = sum(len(word) >= LONG for word in own) / max(1, len(own))
    manner = [name for name in ("casual", "formal") if found & listed(name)]
    return [f"manner {' '.join(manner)}", f"long {_step(long_words, LONG_WORDS)}"]


class Part(NamedTuple):
    """A named part of a tone."""

    name: str
    symbols: Callable[[str], Sequence[str]]
    prior: float
    """Symbols' worth of other senders' mail that a brand's own counts are mixed with."""


PARTS = (
    Part("words", words, 2_000),
    Part("phrases", phrases, 2_000),
    Part("letters", letters, 5_000),
    Part("grammar", grammar, 3_000),
    Part("sentence length", sentence_length, 20),
    Part("word length", word_length, 20),
    Part("punctuation", punctuation, 20),
    Part("person", person, 20),
    Part("contractions", contractions, 20),
    Part("formality", formality, 20),
)


def _words_of(text: str) -> list[str]:
    return [token for token in tokens(text) if token[0].isalpha()]


def _step(amount: float, steps: Sequence[float]) -> int:
    return sum(amount >= step for step in steps)


@cache
def listed(name: str) -> frozenset[str]:
    """Return a list of words.yaml."""
    return frozenset(_lists()[name])


@cache
def _lists() -> Mapping[str, Sequence[str]]:
    file = resources.files("copydesk.brand_voice.tone").joinpath("words.yaml")
    data = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - only strings
    return {name: list(_items(value)) for name, value in data.items()}


def _items(value: str | list[str]) -> Iterator[str]:
    yield from value.split() if isinstance(value, str) else value
