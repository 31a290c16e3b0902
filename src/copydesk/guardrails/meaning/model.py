"""The model at run time: a table of words and a small convolutional network, in numpy."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache, cached_property, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal

from copydesk.guardrails.meaning.sentences import BEGIN, END, Sentence, sentences
from copydesk.guardrails.normalise import PAUSE, Reading

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

Level = Literal["sure", "likely"]
"""`sure` is enough alone; `likely` is enough together with a word that points the same way."""

Scores = Mapping[str, float]

GAP = 2
"""Empty places between sentences, so that no filter of the network sees two at once."""
PAD, UNKNOWN = 0, 1
"""Rows of the table for no word and for a word that is not in it."""
REMEMBERED = 10_000
"""Facts whose scores are remembered."""
KEPT, FEWEST = 0.9, 3
"""Share of the score that a part must keep, and the words it has at least, to stand for all."""
_ENDINGS = ("s", "es", "ed", "d", "ing", "ly", "er", "est", "ness", "able")


class Meaning:
    """Scores sentences for the categories that the model was trained for.

    `load()` returns the shipped model; every call returns the same one.
    """

    def __init__(self, parts: Mapping[str, Any]) -> None:
        self.card: dict[str, Any] = json.loads(bytes(parts["card"]).decode())
        """What the model is: categories, thresholds, day of training, hash of its corpus."""
        self.categories: tuple[str, ...] = tuple(self.card["categories"])
        words = bytes(parts["words"]).decode().split("\n")
        self._rows = {word: row for row, word in enumerate(words, UNKNOWN + 1)}
        self._parts = parts
        self._remembered: dict[str, Scores] = {}

    @classmethod
    @cache
    def load(cls) -> Meaning:
        """Return the shipped model. Takes some 50 ms the first time, numpy's import included."""
        import numpy as np

        file = resources.files("copydesk.guardrails.meaning").joinpath("model.npz")
        with resources.as_file(file) as path, np.load(path, allow_pickle=False) as stored:
            return cls({name: stored[name] for name in stored.files})

    @property
    def state(self) -> str:
        """What takes part, in words."""
        card = self.card
        return (
            f"{len(self.categories)} categories, trained {card['trained']},"
            f" corpus {card['corpus'][:12]}"
        )

    def threshold(self, category: str, level: Level) -> float:
        """Return the score from which a sentence counts. Raises KeyError: no such category."""
        threshold: float = self.card["thresholds"][category][level]
        return threshold

    def scores(self, rows: Sequence[Sequence[str]]) -> list[Scores]:
        """Return for each sentence, given as words of a reading, the score of each category.

        A score is a probability, calibrated on sentences that the model had not seen. Text in
        general holds far fewer claims than the training corpus, so compare it with `threshold`.
        """
        if not rows:
            return []
        table = self.probabilities(rows).tolist()
        return [dict(zip(self.categories, row, strict=True)) for row in table]

    def probabilities(self, rows: Sequence[Sequence[str]]) -> Floats:
        """Return the same as an array: one row a sentence, one column a category."""
        import numpy as np

        logits = self._network.logits([self._ids(words) for words in rows])
        slope, offset = self._parts["slope"], self._parts["offset"]
        probabilities: Floats = 1 / (1 + np.exp(-(logits * slope + offset)))
        return probabilities

    def judged(self, rows: Sequence[Sequence[str]]) -> list[dict[str, Level]]:
        """Return for each sentence the categories that it reaches, each with the level."""
        import numpy as np

        reached: list[dict[str, Level]] = [{} for _ in rows]
        if rows:
            probabilities = self.probabilities(rows)
            sure, likely = self._bars
            for row, column in np.argwhere(probabilities >= likely).tolist():
                level: Level = "sure" if probabilities[row, column] >= sure[column] else "likely"
                reached[row][self.categories[column]] = level
        return reached

    @cached_property
    def _bars(self) -> tuple[Floats, Floats]:
        """The thresholds of all categories: of `sure`, and of `likely`."""
        import numpy as np

        sure, likely = (
            np.array([self.threshold(name, level) for name in self.categories], dtype=np.float32)
            for level in ("sure", "likely")
        )
        return sure, likely

    def says(self, reading: Reading, category: str, level: Level) -> bool:
        """Return whether any sentence of a text, as a fact, makes a claim of this category."""
        said = self._remembered.get(reading.line)
        if said is None:
            said = self.best(reading)
            if len(self._remembered) < REMEMBERED:
                self._remembered[reading.line] = said
        return said[category] >= self.threshold(category, level)

    def best(self, reading: Reading) -> dict[str, float]:
        """Return the best score of each category in any sentence of a reading."""
        scored = self.scores([sentence.words for sentence in sentences(reading)])
        return {name: max((row[name] for row in scored), default=0.0) for name in self.categories}

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


@lru_cache(maxsize=4096)
def narrowed(sentence: Sentence, category: str) -> tuple[int, int]:
    """Return the first and last word of the part of a sentence that carries the claim.

    Words are taken off both ends as long as the rest scores nearly as high as the whole.
    """
    model, words = Meaning.load(), sentence.words
    column = model.categories.index(category)
    enough = KEPT * float(model.probabilities([words])[0, column])
    starts = range(max(1, len(words) - FEWEST + 1))
    tails = model.probabilities([words[start:] for start in starts])[:, column]
    start = _last_of_run(tails >= enough)
    ends = range(len(words), min(len(words), start + FEWEST) - 1, -1)
    heads = model.probabilities([words[start:end] for end in ends])[:, column]
    end = len(words) - _last_of_run(heads >= enough)
    return _without_pauses(sentence, start, end - 1)


def _last_of_run(flags: NDArray[np.bool_]) -> int:
    """Return the index of the last flag of those that stand, all true, at the beginning."""
    run = 0
    while run + 1 < len(flags) and flags[run + 1]:
        run += 1
    return run


def _without_pauses(sentence: Sentence, start: int, end: int) -> tuple[int, int]:
    while start < end and sentence.words[start] == PAUSE:
        start += 1
    while start < end and sentence.words[end] == PAUSE:
        end -= 1
    return sentence.first + start, sentence.first + end
