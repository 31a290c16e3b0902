"""Words cut into the pieces that the reader knows: WordPiece, longest piece first.

Wu et al. 2016, arXiv:1609.08144, section 4.1, as BERT uses it (a piece inside a word begins
with `##`). Words come from a reading, so case and masks are gone already.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from copydesk.guardrails.meaning.sentences import ADDRESS, LONGEST, NUMBER

BEGIN, END, UNKNOWN = "[CLS]", "[SEP]", "[UNK]"
LONGEST_WORD = 40
"""Letters of a word; what is longer is no word."""
MOST = 2 * LONGEST
"""Pieces of a sentence that are read."""
REMEMBERED = 50_000
"""Words whose pieces are kept: more than anyone uses, and not all that anyone may make up."""
_STANDS_FOR = {NUMBER: "7", ADDRESS: "link"}
_PARTS = re.compile(r"\w+|[^\w\s]")


class Pieces:
    """The pieces that a reader knows, in the order of its table."""

    def __init__(self, pieces: Sequence[str]) -> None:
        self.pieces = tuple(pieces)
        self._rows = {piece: row for row, piece in enumerate(pieces)}
        self._of_word: dict[str, tuple[int, ...]] = {}

    def rows(self, words: Sequence[str]) -> list[int]:
        """Return the rows of the pieces of a sentence, with its edges."""
        rows = [row for word in words for row in self._word(word)]
        return [self._rows[BEGIN], *rows[: MOST - 2], self._rows[END]]

    def _word(self, word: str) -> tuple[int, ...]:
        known = self._of_word.get(word)
        if known is None:
            plain = _without_accents(_STANDS_FOR.get(word, word))
            known = tuple(row for part in _PARTS.findall(plain) for row in self._cut(part))
            if len(self._of_word) < REMEMBERED:
                self._of_word[word] = known
        return known

    def _cut(self, word: str) -> list[int]:
        if len(word) > LONGEST_WORD:
            return [self._rows[UNKNOWN]]
        cut = list(self._longest_first(word))
        return [self._rows[UNKNOWN]] if None in cut else [row for row in cut if row is not None]

    def _longest_first(self, word: str) -> Iterator[int | None]:
        begin = 0
        while begin < len(word):
            mark = "##" if begin else ""
            ends = range(len(word), begin, -1)
            end = next((end for end in ends if mark + word[begin:end] in self._rows), None)
            yield None if end is None else self._rows[mark + word[begin:end]]
            begin = len(word) if end is None else end


def _without_accents(word: str) -> str:
    if word.isascii():
        return word
    spread = unicodedata.normalize("NFD", word)
    return "".join(letter for letter in spread if unicodedata.category(letter) != "Mn")
