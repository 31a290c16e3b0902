"""What sentences mean at run time: a first look at every sentence, a reading of the doubtful."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache, cached_property, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal

from copydesk.guardrails.meaning.glance import Glance
from copydesk.guardrails.meaning.reader import Reader
from copydesk.guardrails.meaning.sentences import Sentence, sentences
from copydesk.guardrails.normalise import PAUSE, Reading

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

Level = Literal["sure", "likely", "maybe"]
"""How certain: `maybe` is enough for a fact of the brief, whose author has nothing to hide."""

Scores = Mapping[str, float]

REMEMBERED = 10_000
"""Facts whose scores are remembered."""
MOST_READ = 40
"""Sentences of a text that are read, the most suspicious first: several times a long mail's."""
SHORTEST = 4
"""Words of a sentence below which it says too little to be judged alone."""
KEPT, FEWEST = 1.0, 3
"""Raw score that a part may lose, and the words it has at least, to stand for the whole."""


class Meaning:
    """Scores sentences for the categories that the models were trained for.

    `load()` returns the shipped models; every call returns the same ones.
    """

    def __init__(self, parts: Mapping[str, Any], reader: Reader) -> None:
        self.card: dict[str, Any] = json.loads(bytes(parts["card"]).decode())
        """What they are: categories, thresholds, day of training, hash of the corpus."""
        self.categories: tuple[str, ...] = tuple(self.card["categories"])
        self.glance, self.reader = Glance(parts), reader
        self._parts = parts
        self._remembered: dict[str, Scores] = {}

    @classmethod
    @cache
    def load(cls) -> Meaning:
        """Return the shipped models. Takes some 0.2 s the first time, imports included."""
        import numpy as np

        file = resources.files("copydesk.guardrails.meaning").joinpath("model.npz")
        with resources.as_file(file) as path, np.load(path, allow_pickle=False) as stored:
            return cls({name: stored[name] for name in stored.files}, Reader.load())

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

        logits = self.reader.logits(rows)
        slope, offset = self._parts["slope"], self._parts["offset"]
        probabilities: Floats = 1 / (1 + np.exp(-(logits * slope + offset)))
        return probabilities

    def judged(self, rows: Sequence[Sequence[str]]) -> list[dict[str, Level]]:
        """Return for each sentence the categories that it reaches, each with the level.

        Only sentences that are worth it at first look are read. A sentence rarely makes two
        claims: the category counts that is furthest above its threshold.
        """
        import numpy as np

        reached: list[dict[str, Level]] = [{} for _ in rows]
        read = self._worth_reading(rows)
        if read:
            likely, sure = self._bars
            logits = _logits(self.probabilities([rows[index] for index in read]))
            above = logits - likely
            counts = (above >= 0) & (above >= above.max(axis=1, keepdims=True))
            for row, column in np.argwhere(counts).tolist():
                level: Level = "sure" if logits[row, column] >= sure[column] else "likely"
                reached[read[row]][self.categories[column]] = level
        return reached

    def _worth_reading(self, rows: Sequence[Sequence[str]]) -> list[int]:
        if not rows:
            return []
        above = (self.glance.logits(rows) - self._parts["worth"]).max(axis=1).tolist()
        worth = [
            index
            for index, words in enumerate(rows)
            if above[index] >= 0 and len(words) >= SHORTEST
        ]
        return sorted(worth, key=lambda index: -above[index])[:MOST_READ]

    @cached_property
    def _bars(self) -> tuple[Floats, Floats]:
        """The thresholds of all categories as log odds: of `likely`, and of `sure`."""
        import numpy as np

        likely, sure = (
            _logits(
                np.array(
                    [self.threshold(name, level) for name in self.categories], dtype=np.float32
                )
            )
            for level in ("likely", "sure")
        )
        return likely, sure

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


def _logits(probabilities: Floats) -> Floats:
    """Return log odds, kept finite."""
    import numpy as np

    inside = np.clip(np.asarray(probabilities, dtype=np.float64), 1e-6, 1 - 1e-6)
    odds: Floats = np.log(inside / (1 - inside)).astype(np.float32)
    return odds


@lru_cache(maxsize=4096)
def narrowed(sentence: Sentence, category: str) -> tuple[int, int]:
    """Return the first and last word of the part of a sentence that carries the claim.

    Words are taken off both ends as long as the rest scores nearly as high at first look.
    """
    model, words = Meaning.load(), sentence.words
    column = model.categories.index(category)
    enough = float(model.glance.logits([words])[0, column]) - KEPT
    starts = range(max(1, len(words) - FEWEST + 1))
    tails = model.glance.logits([words[start:] for start in starts])[:, column]
    start = _last_of_run(tails >= enough)
    ends = range(len(words), min(len(words), start + FEWEST) - 1, -1)
    heads = model.glance.logits([words[start:end] for end in ends])[:, column]
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
