"""The first look: a table of words and a small convolutional network, in numpy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from copydesk.guardrails.meaning.sentences import BEGIN, END

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from threadpoolctl import ThreadpoolController

    Floats = NDArray[np.float32]

GAP = 2
"""Empty places between sentences, so that no filter of the network sees two at once."""
PAD, UNKNOWN = 0, 1
"""Rows of the table for no word and for a word that is not in it."""
_ENDINGS = ("s", "es", "ed", "d", "ing", "ly", "er", "est", "ness", "able")


class Glance:
    """Scores sentences in a fraction of a millisecond, to tell which are worth reading."""

    def __init__(self, parts: Mapping[str, Any]) -> None:
        words = bytes(parts["words"]).decode().split("\n")
        self._rows = {word: row for row, word in enumerate(words, UNKNOWN + 1)}
        self._parts = parts

    def logits(self, rows: Sequence[Sequence[str]]) -> Floats:
        """Return one row of raw scores, one column a category, for each sentence of words."""
        ids = [self._ids(words) for words in rows]
        with _single_threaded():
            return self._network.logits(ids)

    def _ids(self, words: Sequence[str]) -> list[int]:
        return [self._rows[BEGIN], *(self._row(word) for word in words), self._rows[END]]

    def _row(self, word: str) -> int:
        row = self._rows.get(word)
        return self._row_of_stem(word) if row is None else row

    def _row_of_stem(self, word: str) -> int:
        for ending in _ENDINGS:
            if word.endswith(ending):
                row = self._rows.get(word[: -len(ending)])
                if row is not None:
                    return row
        return UNKNOWN

    @cached_property
    def _network(self) -> Network:
        return Network(self._parts)


def _single_threaded() -> AbstractContextManager[object]:
    """Keep the matrices, which are small, on one thread.

    On a busy machine several take ten times as long, since they wait for each other.
    """
    limit: AbstractContextManager[object] = _libraries().limit(limits=1, user_api="blas")
    return limit


@cache
def _libraries() -> ThreadpoolController:
    import numpy as np
    from threadpoolctl import ThreadpoolController

    del np  # loaded, so that its library is found
    return ThreadpoolController()


class Network:
    """Two layers of filters over the words of a sentence, pooled, and two dense layers."""

    def __init__(self, parts: Mapping[str, Any]) -> None:
        import numpy as np

        def weights(name: str) -> Floats:
            values: Floats = np.ascontiguousarray(parts[name], dtype=np.float32)
            return values

        self.table, self.scale = parts["table"], weights("scale")
        self.near, self.near_bias = weights("near"), weights("near_bias")
        self.far, self.far_bias = weights("far"), weights("far_bias")
        self.hidden, self.hidden_bias = weights("hidden"), weights("hidden_bias")
        self.out, self.out_bias = weights("out"), weights("out_bias")

    def logits(self, rows: Sequence[Sequence[int]]) -> Floats:
        """Return one row of raw scores for each sentence, given as rows of the table."""
        import numpy as np

        places, lengths = _in_one_line(rows)
        is_word = np.not_equal(places, PAD)[:, None]
        words = self.table[places] * self.scale[places][:, None]
        first = np.maximum(_filtered(words, self.near, 1) + self.near_bias, 0) * is_word
        second = np.maximum(_filtered(first, self.far, GAP) + self.far_bias, 0) + first
        second *= is_word
        features = _pooled([second, words], lengths)
        hidden = np.maximum(features @ self.hidden + self.hidden_bias, 0)
        logits: Floats = hidden @ self.out + self.out_bias
        return logits


def _in_one_line(rows: Sequence[Sequence[int]]) -> tuple[NDArray[np.int64], list[int]]:
    """Return all sentences in a row, GAP empty places before each, and their lengths."""
    import numpy as np

    line: list[int] = []
    for row in rows:
        line += [PAD] * GAP
        line += row
    return np.array(line), [len(row) for row in rows]


def _filtered(line: Floats, filters: Floats, reach: int) -> Floats:
    """Return the filters applied to each place with the places `reach` before and after it."""
    import numpy as np

    before, after = np.zeros_like(line), np.zeros_like(line)
    before[reach:] = line[:-reach]
    after[:-reach] = line[reach:]
    filtered: Floats = np.concatenate([before, line, after], axis=1) @ filters
    return filtered


def _pooled(layers: Sequence[Floats], lengths: Sequence[int]) -> Floats:
    """Return for each sentence the greatest and the mean value of each feature of each layer."""
    import numpy as np

    starts = np.cumsum([0, *(length + GAP for length in lengths[:-1])]) + GAP
    edges = np.stack([starts, starts + lengths], axis=1).ravel()[:-1]
    counts = np.array(lengths, dtype=np.float32)[:, None]
    pooled = []
    for layer in layers:
        pooled += [
            np.maximum.reduceat(layer, edges)[::2],
            np.add.reduceat(layer, edges)[::2] / counts,
        ]
    return np.concatenate(pooled, axis=1)
