"""Rules that measure a slot: its length, its marks, its capitals, what it repeats."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

from copydesk.guardrails.case import Case, Hit
from copydesk.guardrails.fields import longest_rendering
from copydesk.guardrails.normalise import Reading
from copydesk.guardrails.phrases import COMMON_WORDS, Lists
from copydesk.guardrails.rule import Find, RuleBase
from copydesk.guardrails.signs import CONTROL, EMOJI, EXCLAMATION, MARK
from copydesk.variants import MergeTag, Slot, Words

Measure = Literal[
    "length",
    "characters",
    "longest",
    "words",
    "exclamations",
    "marks",
    "emoji",
    "controls",
    "capitals",
    "repetition",
]

LETTERS_TO_SHOUT = 8
"""Letters that a text must have before its capitals are looked at: `NEW IN` is no shouting."""


class Measured(NamedTuple):
    """A measure of a slot, with the span of the original that shows it."""

    amount: float
    start: int
    end: int


class MeasureRule(RuleBase):
    """Flags a slot whose measure lies outside its bounds."""

    kind: Literal["measure"]
    measure: Measure
    at_least: float = 0
    at_most: float = float("inf")

    def finder(self, lists: Lists) -> Find:
        """Return a function that measures each slot of the rule."""
        del lists
        measure = _MEASURES[self.measure]

        def find(case: Case) -> Iterator[Hit]:
            for slot in self.slots:
                amount, start, end = measure(case, slot)
                if not self.at_least <= amount <= self.at_most:
                    told = {"amount": f"{amount:,g}", "at_most": f"{self.at_most:g}"}
                    yield Hit(slot, start, end, None, {**told, "measure": self.measure})

        return find


def _length(case: Case, slot: Slot) -> Measured:
    """Count every character of the original, seen or not."""
    length = len(case.submission.copy[slot].source)
    return Measured(length, 0, len(case.readings[slot].source))


def _characters(case: Case, slot: Slot) -> Measured:
    """Count what a reader sees: a merge tag as its fallback, invisible characters not at all."""
    seen = "".join(_seen(node) for node in case.submission.copy[slot].nodes)
    return Measured(_room(seen), 0, len(case.readings[slot].source))


def _longest(case: Case, slot: Slot) -> Measured:
    """Count what the recipient with the longest values sees; 0 without a merge tag."""
    text = case.submission.copy[slot]
    if not text.tags:
        return Measured(0, 0, 0)
    seen = longest_rendering(text, case.submission.audience)
    return Measured(_room(seen), 0, len(case.readings[slot].source))


def _room(seen: str) -> int:
    """Return how many characters take room."""
    if seen.isascii():
        return len(seen.strip())
    hidden = {"Cf", "Mn", "Me", "Cc"}
    return sum(unicodedata.category(c) not in hidden for c in seen.strip())


def _seen(node: MergeTag | Words) -> str:
    return node.fallback or "" if isinstance(node, MergeTag) else node.text


def _words(case: Case, slot: Slot) -> Measured:
    reading = case.readings[slot]
    amount = sum(word.text[0].isalnum() for word in reading.words)
    return Measured(amount, 0, len(reading.source))


def _count_of(
    pattern: re.Pattern[str], in_ascii: str | None = None
) -> Callable[[Case, Slot], Measured]:
    """Return what counts the matches; of ASCII characters it holds only those of `in_ascii`."""

    def count(case: Case, slot: Slot) -> Measured:
        source = case.readings[slot].source
        if in_ascii is not None and source.isascii() and not any(c in source for c in in_ascii):
            return Measured(0, 0, 0)
        found = list(pattern.finditer(case.readings[slot].source))
        if not found:
            return Measured(0, 0, 0)
        return Measured(len(found), found[0].start(), found[-1].end())

    return count


def _capitals(case: Case, slot: Slot) -> Measured:
    """Return the share of capitals among the letters of the words, tags and links left out."""
    nodes = case.submission.copy[slot].nodes
    letters = [c for node in nodes if isinstance(node, Words) for c in node.text if c.isalpha()]
    if len(letters) < LETTERS_TO_SHOUT:
        return Measured(0, 0, 0)
    share = sum(c.isupper() for c in letters) / len(letters)
    return Measured(share, 0, len(case.readings[slot].source))


def _repetition(case: Case, slot: Slot) -> Measured:
    """Return how much of the slot only says what the subject says, from 0 to 1."""
    own, subject = _content(case.readings[slot]), _content(case.readings[Slot.SUBJECT])
    if not own or not subject or slot is Slot.SUBJECT:
        return Measured(0, 0, 0)
    alike = len(own & subject) / len(own | subject)
    return Measured(alike, 0, len(case.readings[slot].source))


def _content(reading: Reading) -> frozenset[str]:
    return frozenset(
        word.rstrip("s") for word in reading.vocabulary.keys() - COMMON_WORDS if word[0].isalnum()
    )


_MEASURES: dict[Measure, Callable[[Case, Slot], Measured]] = {
    "length": _length,
    "characters": _characters,
    "longest": _longest,
    "words": _words,
    "exclamations": _count_of(EXCLAMATION, "!"),
    "marks": _count_of(MARK, "!?"),
    "emoji": _count_of(EMOJI, ""),
    "controls": _count_of(CONTROL),
    "capitals": _capitals,
    "repetition": _repetition,
}
