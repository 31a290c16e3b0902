"""How near a text is to a brand's own copy: 0 to 100, calibrated on the brand's own samples.

50 means that a sentence would as likely be the brand's as another sender's. For the
calibration each sentence of the brand is held against the other samples, never against its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from copydesk.brand_voice.tone import fitting, meaning
from copydesk.brand_voice.tone.background import (
    Buckets,
    Counts,
    background,
    buckets,
    counted,
)
from copydesk.brand_voice.tone.fitting import Fitted, Floats
from copydesk.brand_voice.tone.symbols import PARTS, listed, sentences, tokens
from copydesk.brand_voice.tone.telling import why
from copydesk.briefs import Noun

Indices = npt.NDArray[np.int64]

SENTENCES_LEAST = 60
"""With fewer of the brand's own the score tells little: see the how-to for what was measured."""
FOLDS = 5
APART_LEAST = 0.75
"""A score that tells the brand's own sentences from others less often than this is not given."""
ENGLISH_LEAST = 0.15
"""Share of function words below which the samples are not English, and not measured."""
USUAL = (10, 90)


class ToneShare(Noun):
    """What one part of the tone says."""

    name: str
    log_odds: float
    """What it adds for the brand, or takes, in log-odds: all of them and `start` make the score."""
    why: str


class SentenceTone(Noun):
    """The score of one sentence."""

    text: str
    score: float


class ToneScore(Noun):
    """A text's score, from 0 to 100, or why there is none."""

    score: float | None
    usual: tuple[float, float] | None = None
    """Between these lie eight in ten of the brand's own sentences."""
    breakdown: tuple[ToneShare, ...] = ()
    """The parts, the one that says most against the brand first."""
    sentences: tuple[SentenceTone, ...] = ()
    """In the order of the text."""
    abstained: str | None = None
    """Why there is no score, and what would help."""


@dataclass(frozen=True)
class Tone:
    """A brand's tone, ready to score with."""

    weights: dict[str, Floats]
    """By part, how much oftener the brand writes what falls into a bucket, as a logarithm."""
    fitted: Fitted
    usual: tuple[float, float]
    told_apart: float
    """Chance that a sentence of the brand scores above one of another sender."""
    own: tuple[str, ...]
    embedder: meaning.Embedder | None
    vectors: tuple[meaning.Vectors, meaning.Vectors] | None
    """Of the brand's own sentences and of others', where there is an embedder."""

    @classmethod
    def of(cls, samples: Sequence[str], embedder: meaning.Embedder | None = None) -> Tone | str:
        """Return the tone of these samples, or in words why it cannot be told."""
        found = {s: at for at, text in enumerate(samples) for s in sentences(text)}
        own, sample_of = tuple(found), np.array(list(found.values()), dtype=np.int64)
        if lacking := _lacking(own):
            return lacking
        tone = calibrated(own, sample_of, embedder)
        if tone.told_apart < APART_LEAST:
            return (
                "the samples sound like anyone's: their sentences are told from those of other "
                f"senders {tone.told_apart:.0%} of the time, and {APART_LEAST:.0%} is needed; "
                "add samples that show the voice"
            )
        return tone

    def score(self, text: str) -> ToneScore:
        """Return the score of a text: the mean of its sentences', by their words."""
        found = sentences(text)
        if not found:
            return ToneScore(
                score=None, abstained="the text has no sentence of three words or more"
            )
        features = self.features(found)
        scores = 100 * fitting.sigmoid(self.fitted.log_odds(features))
        heft = np.array([len(tokens(sentence)) for sentence in found], dtype=np.float64)
        shares = np.average(self.fitted.shares(features), axis=0, weights=heft)
        return ToneScore(
            score=round(float(np.average(scores, weights=heft)), 1),
            usual=self.usual,
            breakdown=tuple(self._breakdown(found, shares)),
            sentences=tuple(
                SentenceTone(text=sentence, score=round(float(score), 1))
                for sentence, score in zip(found, scores, strict=True)
            ),
        )

    def scores(self, texts: Sequence[str]) -> Floats:
        """Return the score of each sentence, unrounded."""
        return 100 * fitting.sigmoid(self.fitted.log_odds(self.features(texts)))

    def features(self, texts: Sequence[str]) -> Floats:
        """Return a row for each sentence: what each part says of it."""
        columns = [_evidence(_rows(texts, part.name), self.weights[part.name]) for part in PARTS]
        if self.embedder is not None and self.vectors is not None:
            near = meaning.nearness(self.embedder.vectors(texts), *self.vectors)
            columns.append(near.astype(np.float64))
        return np.column_stack(columns)

    def _breakdown(self, found: Sequence[str], shares: Floats) -> Iterator[ToneShare]:
        names = [part.name for part in PARTS] + ["meaning"] * (self.embedder is not None)
        for name, share in sorted(zip(names, shares, strict=True), key=lambda pair: pair[1]):
            because = why(name, found, self.own, self.weights.get(name))
            yield ToneShare(name=name, log_odds=round(float(share), 2), why=because)


@lru_cache(maxsize=32)
def tone_of(samples: tuple[str, ...], embedding_model: str | None = None) -> Tone | str:
    """Return the tone of these samples, kept for the next time. Raises ModelMisconfigured."""
    return Tone.of(samples, meaning.embedder(embedding_model) if embedding_model else None)


def score(text: str, samples: tuple[str, ...], embedding_model: str | None = None) -> ToneScore:
    """Return how near a text is to the samples; without a score where that cannot be told."""
    tone = tone_of(samples, embedding_model)
    return ToneScore(score=None, abstained=tone) if isinstance(tone, str) else tone.score(text)


def _lacking(own: Sequence[str]) -> str | None:
    if len(own) < SENTENCES_LEAST:
        return (
            f"the brand has {len(own)} sentences of samples and {SENTENCES_LEAST} are needed: "
            f"add {SENTENCES_LEAST - len(own)} of approved copy"
        )
    found = [token for sentence in own for token in tokens(sentence) if token[0].isalpha()]
    share = sum(token in listed("function_words") for token in found) / max(1, len(found))
    return (
        None
        if share >= ENGLISH_LEAST
        else "the samples are not in English, the one language measured"
    )


def calibrated(
    own: tuple[str, ...], sample_of: Indices, embedder: meaning.Embedder | None = None
) -> Tone:
    """Return the tone of these sentences, each with the number of the sample it stands in.

    However few they are: `Tone.of` is what refuses too few.
    """
    other = background()
    held_out = np.empty((len(own), len(PARTS)))
    beside = np.empty((len(other.others), len(PARTS)))
    weights: dict[str, Floats] = {}
    for at, part in enumerate(PARTS):
        rows = _rows(own, part.name)
        held_out[:, at] = _held_out(rows, sample_of, other.shares[part.name], part.prior)
        weights[part.name] = _weights(counted(rows), other.shares[part.name], part.prior)
        beside[:, at] = _evidence(_other_rows(part.name), weights[part.name])
    vectors = None
    if embedder is not None:
        mine, theirs = embedder.vectors(own), embedder.vectors(other.others)
        vectors = (mine, theirs)
        held_out = np.column_stack([held_out, meaning.nearness(mine, mine, theirs, among=True)])
        beside = np.column_stack([beside, -meaning.nearness(theirs, theirs, mine, among=True)])
    fitted = fitting.fit(held_out, beside)
    ours, others = fitted.log_odds(held_out), fitted.log_odds(beside)
    low, high = np.percentile(100 * fitting.sigmoid(ours), USUAL)
    usual = (round(float(low), 1), round(float(high), 1))
    return Tone(weights, fitted, usual, fitting.told_apart(ours, others), own, embedder, vectors)


def _held_out(rows: Sequence[Buckets], sample_of: Indices, shares: Counts, prior: float) -> Floats:
    """Return the evidence of each sentence by weights that never saw the sample it stands in."""
    found = np.empty(len(rows))
    for fold in range(FOLDS):
        out = np.flatnonzero(sample_of % FOLDS == fold)
        rest = counted(rows[int(at)] for at in np.flatnonzero(sample_of % FOLDS != fold))
        found[out] = _evidence([rows[int(at)] for at in out], _weights(rest, shares, prior))
    return found


def _weights(counts: Counts, shares: Counts, prior: float) -> Floats:
    own = (counts + prior * shares) / (counts.sum() + prior)
    return np.asarray(np.log(own / shares))


def _evidence(rows: Sequence[Buckets], weights: Floats) -> Floats:
    """Return the sum of each row's weights, over the root of their number: long rows vary more."""
    return np.array([weights[row].sum() / np.sqrt(max(1, len(row))) for row in rows])


def _rows(texts: Sequence[str], name: str) -> list[Buckets]:
    part = next(part for part in PARTS if part.name == name)
    return [buckets(part.symbols(text)) for text in texts]


@lru_cache(maxsize=len(PARTS))
def _other_rows(name: str) -> list[Buckets]:
    return _rows(background().others, name)
