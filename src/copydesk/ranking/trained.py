"""The trained model of lines: how much a line's style, its wording and its meaning add.

A score is the sum of two models', one of words and pieces of words, one a reader of whole lines.
What measures of style explain of the score is told under their names, and left out of the meaning.

Learned from randomised headline experiments (Upworthy Research Archive, Matias et al. 2021,
Scientific Data 8:195, CC BY 4.0); made by `python -m training.ranking.train`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from io import BytesIO
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from copydesk.ranking import ngrams, style
from copydesk.ranking.measures import visible_length
from copydesk.ranking.reader import LineReader

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Table = NDArray[np.float32]

MODEL = "trained.npz"
WORDING, MEANING = "wording", "meaning"
REMEMBERED = 5_000
"""Lines whose parts are kept."""


class Card(BaseModel):
    """What is known of the model beside its numbers. Scores are differences of log-odds."""

    model_config = ConfigDict(frozen=True)

    trained: str
    arms: int
    sha256: str
    slope: float
    steeper: float = 0.0
    """P(a beats b) is the logistic function of d * (slope + steeper * |d|), d the difference of
    their scores: the further apart the model puts two lines, the likelier it knows them well."""
    spread: float
    """Standard deviation of a line's true log-odds around its score."""
    shortest: int
    longest: int
    """Visible characters of all but two in a thousand lines learned from."""
    strange: float
    """Share of unknown words that all but one in two hundred lines not learned from stay under."""
    language: str

    def chance(self, ahead: float) -> float:
        """Return the probability that a line does better than one it is `ahead` of in score."""
        return logistic(ahead * (self.slope + self.steeper * abs(ahead)))

    def ahead(self, chance: float) -> float:
        """Return the difference of scores that this probability is stated for, within (0, 1)."""
        odds = math.log(chance / (1 - chance))
        reach = math.sqrt(self.slope**2 + 4 * self.steeper * abs(odds))
        return 2 * odds / (self.slope + reach)


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of one line: parts of its score by name, and how far it is from those seen."""

    parts: dict[str, float]
    measures: tuple[float, ...]
    """What each measure of style explains of the score, in the order of `style.names`."""
    characters: int
    unknown: float
    """Share of its words that were not seen twice in training."""

    @property
    def score(self) -> float:
        """The sum of the parts: log-odds above those of an average line learned from."""
        return math.fsum(self.parts.values())


class TrainedModel:
    """Scores lines. Equal lines get equal scores, whatever their company."""

    def __init__(
        self, parts: dict[str, NDArray[np.float32]], card: Card, reader: LineReader
    ) -> None:
        self.card = card
        self._parts, self._reader = parts, reader
        self._grams = ngrams.Grams()
        self._gains: list[bool] = [weight > 0 for weight in parts["style_weights"].tolist()]
        self._style_groups = [name.partition(".")[0] for name in style.names()]
        self._remembered: dict[str, Told] = {}

    @classmethod
    @cache
    def load(cls) -> TrainedModel:
        """Return the shipped model. Takes some 0.2 s the first time, imports included."""
        file = resources.files("copydesk.ranking").joinpath(MODEL)
        return cls.of(file.read_bytes(), LineReader.load())

    @classmethod
    def of(cls, model: bytes, reader: LineReader) -> TrainedModel:
        """Return the model whose tables are given as a file of numpy's."""
        import numpy as np

        with np.load(BytesIO(model), allow_pickle=False) as stored:
            card = Card.model_validate_json(bytes(stored["card"]).decode())
            parts = {name: stored[name] for name in stored.files if name != "card"}
        return cls({**parts, **_unpacked(parts)}, card, reader)

    def told(self, line: str) -> Told:
        """Return the parts of the score of a line."""
        known = self._remembered.get(line)
        if known is None:
            known = self._tell(line)
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            self._remembered[line] = known
        return known

    def read(self, lines: Iterable[str]) -> None:
        """Have the reader score lines that will be told soon: it is faster without pauses."""
        for line in lines:
            self._reader.score(line)

    def more(self, measure: int, told: Told) -> bool:
        """Return whether a line has more of a measure of style than lines have on average."""
        return (told.measures[measure] > 0) == self._gains[measure]

    def beats(self, one: float, other: float) -> float:
        """Return the probability that a line of score `one` does better than one of `other`."""
        return self.card.chance(one - other)

    def _tell(self, line: str) -> Told:
        measures = self._measures(line)
        parts = dict.fromkeys(style.groups(), 0.0)
        for group, value in zip(self._style_groups, measures, strict=True):
            parts[group] += value
        parts[WORDING] = self._wording(line)
        parts[MEANING] = self._read(line) - math.fsum(measures)
        return Told(parts, measures, visible_length(line), self._unknown(line))

    def _measures(self, line: str) -> tuple[float, ...]:
        values = (style.style(line) - self._parts["style_mean"]) * self._parts["style_weights"]
        return tuple(values.tolist())

    def _read(self, line: str) -> float:
        weight, centre = self._parts["reader"]
        return float(weight) * (self._reader.score(line) - float(centre))

    def _wording(self, line: str) -> float:
        import numpy as np

        word_rows, words, piece_rows, pieces = self._grams.of(line)
        found = -float(self._parts["wording_mean"])
        for name, rows, counts in (("words", word_rows, words), ("pieces", piece_rows, pieces)):
            rarity = counts * self._parts[f"{name}_rarity"][rows]
            length = float(np.sqrt(rarity @ rarity))
            if length:
                found += float(rarity @ self._parts[f"{name}_weights"][rows]) / length
        return found

    def _unknown(self, line: str) -> float:
        words = [word for word in ngrams.tokens(line) if word[0].isalpha()]
        if not words:
            return 1.0
        rarity = self._parts["words_rarity"]
        return sum(not rarity[ngrams.word_row(word)] for word in words) / len(words)


def logistic(value: float) -> float:
    """Return 1 / (1 + exp(-value)), for any value."""
    return 0.5 * (1 + math.tanh(value / 2))


def packed(tables: dict[str, Table]) -> dict[str, NDArray[np.generic]]:
    """Return tables of grams in whole numbers of eight bits, each with its step."""
    import numpy as np

    found: dict[str, NDArray[np.generic]] = {}
    for name, table in tables.items():
        step = float(np.abs(table).max()) / 127 or 1.0
        found[f"{name}_q"] = np.round(table / step).astype(np.int8)
        found[f"{name}_step"] = np.array(step, dtype=np.float32)
    return found


def _unpacked(parts: dict[str, NDArray[np.float32]]) -> dict[str, Table]:
    names = [name.removesuffix("_q") for name in parts if name.endswith("_q")]
    return {name: parts[f"{name}_q"] * parts[f"{name}_step"] for name in names}


def card_bytes(card: Card) -> bytes:
    """Return a card as it is kept in the model's file."""
    return json.dumps(card.model_dump()).encode()
