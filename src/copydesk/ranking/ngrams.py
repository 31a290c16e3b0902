"""Words, pairs of words and pieces of words of a line, as rows of a hashed table.

Each gram's row is its CRC-32 modulo ROWS, so that no list of grams ships and every process agrees.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, pairwise
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Rows = NDArray[np.int64]
    Counts = NDArray[np.float32]

ROWS = 2**18
"""Rows of the table: 3 in 10 grams of 35,000 headlines share theirs with a rarer one."""
SHORTEST, LONGEST = 2, 5
"""Characters of a piece of a word, its edges counted."""
REMEMBERED = 50_000
"""Words whose pieces are kept: more than anyone uses, and not all that anyone may make up."""
_TOKEN = re.compile(r"\w+(?:'\w+)?|[?!\u2026\"':$%#*]|\.\.\.")


class Grams:
    """Turns lines into rows of the table; remembers the pieces of words."""

    def __init__(self) -> None:
        self._pieces: dict[str, tuple[int, ...]] = {}

    def of(self, text: str) -> tuple[Rows, Counts, Rows, Counts]:
        """Return rows and damped counts (1 + log) of words and pairs, then of pieces."""
        words = tokens(text)
        pieces = chain.from_iterable(map(self._of_word, words))
        return *_counted(_words_and_pairs(words)), *_counted(pieces)

    def _of_word(self, word: str) -> tuple[int, ...]:
        known = self._pieces.get(word)
        if known is None:
            known = tuple(_row(piece) for piece in _pieces(word))
            if len(self._pieces) < REMEMBERED:
                self._pieces[word] = known
        return known


def tokens(text: str) -> list[str]:
    """Return the words and telling marks of a line, in lower case."""
    return _TOKEN.findall(text.casefold().replace("\u2019", "'"))


def word_row(word: str) -> int:
    """Return the row of a word by itself."""
    return _row(f"w {word}")


def _words_and_pairs(words: list[str]) -> Iterator[int]:
    yield from map(word_row, words)
    yield from (_row(f"p {one} {two}") for one, two in pairwise(words))


def _pieces(word: str) -> Iterator[str]:
    edged = f" {word} "
    for size in range(SHORTEST, LONGEST + 1):
        yield from (f"c{edged[at : at + size]}" for at in range(len(edged) - size + 1))


def _row(gram: str) -> int:
    return crc32(gram.encode()) % ROWS


def _counted(rows: Iterable[int]) -> tuple[Rows, Counts]:
    import numpy as np

    counts = Counter(rows)
    found = np.fromiter(counts, np.int64, len(counts))
    often = np.fromiter(counts.values(), np.float64, len(counts))
    return found, (1 + np.log(often)).astype(np.float32)
