"""Rules about orders hidden in data: what a signal told the model to write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal

from copydesk.guardrails.case import Case, Hit
from copydesk.guardrails.conditions import index_of
from copydesk.guardrails.names import capital_words, is_own, own_names
from copydesk.guardrails.normalise import Reading, read_plain
from copydesk.guardrails.phrase_index import PhraseIndex
from copydesk.guardrails.phrases import COMMON_WORDS, Lists, Phrases
from copydesk.guardrails.rule import Find, RuleBase
from copydesk.prompts import fixed_parts

WORDS_IN_A_ROW = 4
"""Words of an order that must come back in the copy, in a row, to show that it was obeyed."""
RECITED_WORDS = 8
"""Words of a prompt that no copy holds in a row by chance."""
SHARE = 0.7
"""Share of a sentence's own words that must come from an order, where they are not in a row."""
OWN_WORDS = 4
"""Words that a sentence must have, common ones left out, before its share is looked at."""


class InjectedRule(RuleBase):
    """Flags copy that obeys an order in a signal, or that repeats an order to a model."""

    kind: Literal["injected"]
    orders: Phrases
    """Phrases by which a signal is known to give orders."""

    def finder(self, lists: Lists) -> Find:
        """Return a function that compares the copy with the signals that give orders."""
        orders = index_of(self.orders, lists)
        spoken = index_of(_SPOKEN, {})

        def find(case: Case) -> Iterator[Hit]:
            signals = _orders_in(case, orders)
            named = _named_in(signals, orders)
            said = case.evidence.said if case.evidence else frozenset[str]()
            for slot in self.slots:
                reading = case.readings[slot]
                markers = _MARKERS.finditer(reading.source)
                yield from (Hit(slot, *marker.span()) for marker in markers)
                yield from (Hit(slot, *span) for span in _recited(reading))
                for _, start, end in spoken.search(reading):
                    yield case.hit_in_line(slot, start, end)
                yield from (Hit(slot, *span) for span in _marks(reading, signals, case))
                yield from (Hit(slot, *span) for span in _names(reading, named, case))
                for order in signals:
                    for first, last in _obeyed(reading, order, said):
                        yield Hit(slot, *reading.span_of_words(first, last))

        return find


_CAPITALS = re.compile(r"\b[A-Z][A-Z0-9]{4,30}\b")
_ACRONYM = re.compile(r"[A-Z]{3,}")
_SPOKEN = (
    "ignore|disregard|forget [all|any] [of] [the|your|my] previous|prior|above instructions|rules",
    "ignore|disregard|forget [all|any] [of] [the|your|my] earlier|other instructions|rules",
    "system prompt",
    "(note|message|instructions) (to|for) [the] (copywriter|assistant|language model|ai)",
    "from now on you are ...3 (assistant|model|ai|bot|chatbot)",
    "(when|before) you (write|draft) this (email|e mail|mail|copy|newsletter)",
    "write (one|two|three|a|exactly <number>) variant~ that",
    "system|assistant , from now on",
    (
        "(reply|answer|respond|text|write back) ...2 with ...3 (number|pin|code) (of|on|for) your "
        "(card|account)"
    ),
    (
        "(reply|answer|respond|text|write back) ...2 with your ...2 (password|pin|card number|"
        "account number)"
    ),
)
_MARKERS = re.compile(r"</?data>|<\|im_(?:start|end)\|>|\[/?INST\]|<</?SYS>>", re.IGNORECASE)
"""What parts prompts into rounds and fences: no copy has a use for it."""


def _orders_in(case: Case, orders: PhraseIndex[None]) -> list[Reading]:
    audience = case.submission.audience
    values = audience.signals.values() if audience else ()
    texts = [value for value in values if isinstance(value, str)]
    readings = [read_plain(text) for text in texts if len(text.split()) >= WORDS_IN_A_ROW]
    return [reading for reading in readings if any(True for _ in orders.search(reading))]


def _recited(reading: Reading) -> Iterator[tuple[int, int]]:
    """Yield where copy recites what the model was told, as one does that gives its rules away."""
    words = [word.text for word in reading.words]
    for first in range(len(words) - RECITED_WORDS + 1):
        if tuple(words[first : first + RECITED_WORDS]) in _told():
            yield reading.span_of_words(first, first + RECITED_WORDS - 1)
            return


@cache
def _told() -> frozenset[tuple[str, ...]]:
    """Return every row of words in the parts of prompts that are the same for all."""
    rows: set[tuple[str, ...]] = set()
    for text in fixed_parts():
        words = [word.text for word in read_plain(text).words]
        starts = range(len(words) - RECITED_WORDS + 1)
        rows |= {tuple(words[first : first + RECITED_WORDS]) for first in starts}
    return frozenset(rows)


def _marks(reading: Reading, orders: list[Reading], case: Case) -> Iterator[tuple[int, int]]:
    """Yield words in capitals that an order asks for and the brief does not hold."""
    said = case.evidence.said if case.evidence else frozenset[str]()
    wanted = {m.lower() for order in orders for m in _CAPITALS.findall(order.source)} - said
    return ((word.start, word.end) for word in reading.words if word.text in wanted)


def _named_in(signals: list[Reading], orders: PhraseIndex[None]) -> frozenset[str]:
    """Return the names that orders speak of; those before an order are of the signal itself."""
    names: set[str] = set()
    for signal in signals:
        first = min(signal.word_at(start) for _, start, _ in orders.search(signal))
        last = len(signal.words) - 1
        places = {*capital_words(signal, first, last), *_further_names(signal, first, last)}
        before = {word.text for word in signal.words[:first]}
        names |= {signal.words[at].text for at in places} - before - COMMON_WORDS
    return frozenset(names)


def _further_names(reading: Reading, first: int, last: int) -> list[int]:
    """Return the places of words in capitals, as DAN, and of capital words between commas."""
    words = [(at, reading.words[at]) for at in range(first, last + 1)]
    written = {at: reading.source[word.start : word.end] for at, word in words}
    after_comma = {at for at, _ in words if at > first and reading.words[at - 1].text == ","}
    named = [
        at
        for at, text in written.items()
        if _ACRONYM.fullmatch(text) or (at in after_comma and text[:1].isupper())
    ]
    return named if len(named) < len(words) / 2 else []


def _names(reading: Reading, named: frozenset[str], case: Case) -> Iterator[tuple[int, int]]:
    """Yield names that an order asks for and the brief does not hold."""
    said = case.evidence.said if case.evidence else frozenset[str]()
    own = own_names(case) | said
    for word in reading.words:
        # At the beginning of a sentence as well: an order has named it.
        if not reading.source[word.start : word.start + 1].isupper():
            continue
        if word.text in named and not is_own(word.text, own, case):
            yield word.start, word.end


def _obeyed(reading: Reading, order: Reading, said: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Yield the words of the copy, first and last, that carry out the order."""
    words = [word.text for word in reading.words]
    ordered = [word.text for word in order.words]
    beginnings = range(len(ordered) - WORDS_IN_A_ROW + 1)
    rows = {tuple(ordered[place : place + WORDS_IN_A_ROW]) for place in beginnings}
    for first in range(len(words) - WORDS_IN_A_ROW + 1):
        row = tuple(words[first : first + WORDS_IN_A_ROW])
        if row in rows and not said.issuperset(word for word in row if word.isalpha()):
            yield reading.sentence(first)
            return
    yield from _mostly_ordered(reading, frozenset(ordered), said)


def _mostly_ordered(
    reading: Reading, ordered: frozenset[str], said: frozenset[str]
) -> Iterator[tuple[int, int]]:
    index = 0
    while index < len(reading.words):
        first, last = reading.sentence(index)
        own = {word.text for word in reading.words[first : last + 1]} - COMMON_WORDS - said
        own = {word for word in own if word.isalpha()}
        if len(own) >= OWN_WORDS and len(own & ordered) >= SHARE * len(own):
            yield first, last
        index = last + 2
