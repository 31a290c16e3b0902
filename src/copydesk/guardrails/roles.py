"""Who is spoken of in a sentence and what is said of them, read through `roles.yaml`.

Words and chains of words become roles, as `+group` and `+vile`, so that a rule can say
`+group +is +vile` for `those immigrants are nothing but filthy`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

import yaml

from copydesk.guardrails.inflection import forms
from copydesk.guardrails.normalise import PAUSE, STOP, Reading, Word
from copydesk.guardrails.phrases import PhraseIndex, compile_phrase
from copydesk.guardrails.spelling import LEET, Mender

_CHUNK = re.compile(r"\S{3,30}")
_EDGES = ".,;:?\"'()[]-_"
_SPOKEN_OF = frozenset(("+group", "+life", "+their", "+identity"))
_SENTENCES_REMEMBERED = 2
"""`They` means the group for the sentence that names it and the one after."""


@dataclass(frozen=True)
class Roles:
    """The vocabulary of roles."""

    words: Mapping[str, str]
    mender: Mender
    chains: Sequence[tuple[str, PhraseIndex[None]]]

    def read(self, reading: Reading) -> Reading | None:
        """Return the reading in roles, or None when it speaks of no group of people."""
        mended = [Word(self.words.get(w.text, w.text), w.start, w.end) for w in self._mend(reading)]
        if _SPOKEN_OF.isdisjoint(word.text for word in mended):
            return None
        for role, index in self.chains:
            mended = _chained(_reading(reading, mended), role, index)
        return _reading(reading, _resolved(mended))

    def _mend(self, reading: Reading) -> Iterator[Word]:
        masked = dict(self._masked(reading))
        covered = 0
        for word in reading.words:
            if word.start in masked:
                text, covered = masked[word.start]
                yield Word(text, word.start, covered)
            elif word.start >= covered or word.text in {STOP, PAUSE}:
                parts = self.mender.mend(word.text)
                yield from (Word(part, word.start, word.end) for part in parts)

    def _masked(self, reading: Reading) -> Iterator[tuple[int, tuple[str, int]]]:
        """Yield words written with signs for letters: where each begins, what it is, its end."""
        text = reading.folded.text
        for chunk in _CHUNK.finditer(text):
            word = chunk.group().strip(_EDGES)
            if LEET.isdisjoint(word) or word.isdigit():
                continue
            read_as = self.mender.mend(word.rstrip("!")) or self.mender.mend(word)
            if len(read_as) == 1 and read_as[0] in self.mender.wanted:
                at = chunk.start() + chunk.group().index(word)
                start, end = reading.span_of_text(at, at + len(word))
                yield start, (read_as[0], end)


@cache
def roles() -> Roles:
    """Return the shipped vocabulary."""
    data = vocabulary()
    words = {
        form: f"+{role}"
        for role, block in reversed(data["words"].items())
        for word in block.split()
        for form in (forms(word[:-1]) if word.endswith("~") else [word.replace("-", " ")])
    }
    wanted = frozenset(word for word in words if " " not in word)
    plain, real = (frozenset(data[name].split()) for name in ("plain", "real_words"))
    return Roles(words, Mender(wanted, plain - wanted, real), _chains(data))


def _chains(data: Mapping[str, Any]) -> list[tuple[str, PhraseIndex[None]]]:
    lists = {name: tuple(block.split()) for name, block in data["lists"].items()}
    return [
        (
            f"+{chain['role']}",
            PhraseIndex((None, compile_phrase(line, lists)) for line in lines_of(chain["phrases"])),
        )
        for chain in data["chains"]
    ]


@cache
def vocabulary() -> dict[str, Any]:
    """Return what the file of roles holds."""
    file = resources.files("copydesk.guardrails").joinpath("roles.yaml")
    data: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return data


def lines_of(block: str) -> list[str]:
    """Return the phrases of a block of text, one on each line, without comments."""
    lines = (line.strip() for line in block.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _reading(reading: Reading, words: Sequence[Word]) -> Reading:
    places, length = [], 0
    for word in words:
        places.append(length)
        length += len(word.text) + 1
    return replace(
        reading,
        words=tuple(words),
        line="".join([f" {word.text}" for word in words]) + " ",
        places=tuple(places),
        vocabulary=frozenset([word.text for word in words]),
    )


def _chained(reading: Reading, role: str, index: PhraseIndex[None]) -> list[Word]:
    """Return the words with each chain in one piece; a chain of no role is left out."""
    words = list(reading.words)
    taken = len(words)
    spans = sorted({(start, end) for _, start, end in index.search(reading)}, key=_longest_first)
    for first, last in reversed(list(_apart(reading, spans))):
        if last < taken:
            whole = [Word(role, words[first].start, words[last].end)]
            words[first : last + 1] = [] if role == "+filler" else whole
            taken = first
    return words


def _longest_first(span: tuple[int, int]) -> tuple[int, int]:
    return span[0], -span[1]


def _apart(reading: Reading, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield spans as words, first come first served, without those that overlap."""
    free = 0
    for start, end in spans:
        if start >= free:
            free = end
            yield reading.word_at(start), reading.word_at(end - 1)


def _resolved(words: Sequence[Word]) -> list[Word]:
    """Return the words with `+they` where a pronoun stands for the group named before it."""
    resolved, since = [], _SENTENCES_REMEMBERED
    for word in words:
        if word.text == "+group":
            since = 0
        elif word.text == STOP:
            since += 1
        stands_for_them = word.text == "+pronoun" and since < _SENTENCES_REMEMBERED
        resolved.append(word._replace(text="+they") if stands_for_them else word)
    return resolved
