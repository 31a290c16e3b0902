"""Sentences of a reading, as the model takes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from copydesk.guardrails.normalise import STOP, Reading

BEGIN, END, NUMBER, ADDRESS = "<s>", "</s>", "<n>", "<u>"
"""Stand for the edges of a sentence, for any figure, and for any link or e-mail address."""

LONGEST = 60
"""Words of a sentence that are looked at; a longer one is read in pieces."""

_ADDRESS_MARKS = frozenset("/@")


class Sentence(NamedTuple):
    """Part of a reading between two stops: its first and last word, and its words as read."""

    first: int
    last: int
    words: tuple[str, ...]


def sentences(reading: Reading) -> list[Sentence]:
    """Return the sentences of a reading in order; those without a word are left out."""
    return list(_sentences(reading))


def _sentences(reading: Reading) -> Iterator[Sentence]:
    begin = 0
    for index, word in enumerate(reading.words):
        if word.text == STOP or index - begin == LONGEST:
            yield from _between(reading, begin, index)
            begin = index + (word.text == STOP)
    yield from _between(reading, begin, len(reading.words))


def _between(reading: Reading, begin: int, end: int) -> Iterator[Sentence]:
    words = tuple(symbol(word.text) for word in reading.words[begin:end])
    if any(word[0].isalpha() for word in words):
        yield Sentence(begin, end - 1, words)


def symbol(word: str) -> str:
    """Return the word as the model's table has it: figures and addresses are all alike."""
    if word[0].isdigit():
        return NUMBER
    if len(word) > 1 and not _ADDRESS_MARKS.isdisjoint(word):
        return ADDRESS
    return word
