"""How a sentence stands to what is said in it: whether it denies it, quotes it or condemns it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from copydesk.guardrails.normalise import PAUSE, STOP, Reading
from copydesk.guardrails.phrase_index import PhraseIndex
from copydesk.guardrails.phrases import compile_phrase
from copydesk.guardrails.roles import lines_of, vocabulary

LOOK_BACK = 7
"""Words before a hit among which a negation turns it round."""

_QUOTED = re.compile(r"\"[^\"\n]{2,400}\"|(?<!\w)'(?!\s)(?:[^'\n]|(?<=\w)'(?=\w)){2,400}'(?!\w)")

_NEW_CLAUSE = frozenset((PAUSE, "and", "but", "so", "because", "therefore", "then"))

Span = tuple[int, int]


@dataclass(frozen=True)
class Frames:
    """The phrases by which a sentence shows how it stands to what is said in it."""

    speech: PhraseIndex[None]
    condemns: PhraseIndex[None]
    endorses: PhraseIndex[None]
    negates: PhraseIndex[None]
    asserts: PhraseIndex[None]

    def spare(
        self, reading: Reading, hit: Span, *, minds_negation: bool = True, may_quote: bool = True
    ) -> bool:
        """Return whether the words of `hit`, a span of the source, are not the sender's view."""
        sentence = _sentence(reading, hit)
        is_quoted = may_quote and self._is_quoted(reading, hit, sentence)
        if is_quoted or self._is_condemned(reading, hit, sentence):
            return not _occurs(self.endorses, reading, sentence)
        return minds_negation and self._is_negated(reading, hit)

    def _is_quoted(self, reading: Reading, hit: Span, sentence: Span) -> bool:
        """Return whether the hit stands in quotation marks that the sentence talks about."""
        quote = next((span for span in _quotes(reading) if _within(hit, span)), None)
        if quote is None:
            return False
        around = min(sentence[0], quote[0]), max(sentence[1], quote[1])
        return any(
            not _overlap(found, quote)
            for index in (self.condemns, self.speech)
            for found in _found(index, reading, _widened(reading, around))
        )

    def _is_condemned(self, reading: Reading, hit: Span, sentence: Span) -> bool:
        return all(
            any(not hit[0] <= start < hit[1] for start, _ in _found(index, reading, sentence))
            for index in (self.speech, self.condemns)
        )

    def _is_negated(self, reading: Reading, hit: Span) -> bool:
        at = _word_from(reading, hit[0])
        sentence, _ = reading.sentence(at)
        first = max(sentence, at - LOOK_BACK)
        breaks = [i + 1 for i in range(first, at) if reading.words[i].text in _NEW_CLAUSE]
        first = max([first, *breaks])
        if first >= at:
            return False
        before = reading.words[first].start, reading.words[at - 1].end
        asserted = list(_found(self.asserts, reading, _sentence(reading, hit)))
        return any(
            not any(_overlap(found, other) for other in asserted)
            for found in _found(self.negates, reading, before)
        )


@cache
def frames() -> Frames:
    """Return the shipped phrases."""
    written = vocabulary()["frames"]
    return Frames(
        **{
            name: PhraseIndex((None, compile_phrase(line)) for line in lines_of(block))
            for name, block in written.items()
        }
    )


def _found(index: PhraseIndex[None], reading: Reading, within: Span) -> Iterator[Span]:
    for _, start, end in index.search(reading):
        span = reading.span(start, end)
        if _within(span, within):
            yield span


def _occurs(index: PhraseIndex[None], reading: Reading, within: Span) -> bool:
    return any(True for _ in _found(index, reading, within))


def _quotes(reading: Reading) -> Iterator[Span]:
    for found in _QUOTED.finditer(reading.folded.text):
        yield reading.span_of_text(*found.span())


def _sentence(reading: Reading, hit: Span) -> Span:
    first, last = reading.sentence(_word_from(reading, hit[0]))
    return reading.words[first].start, reading.words[last].end


def _widened(reading: Reading, span: Span) -> Span:
    """Return the sentences that a span reaches into, from the first word to the last."""
    return _sentence(reading, span)[0], max(span[1], _sentence(reading, (span[1] - 1,) * 2)[1])


def _word_from(reading: Reading, place: int) -> int:
    """Return the index of the first word that ends after `place` of the source."""
    found = (i for i, word in enumerate(reading.words) if word.end > place and word.text != STOP)
    return next(found, len(reading.words) - 1)


def _within(inner: Span, outer: Span) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]
