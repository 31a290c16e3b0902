"""One submission, read once: every rule looks at the same readings, claims and evidence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from copydesk.brand_voice import Brand
from copydesk.briefs import Brief
from copydesk.guardrails.binding import Bound, bind
from copydesk.guardrails.claims import Claim, extract
from copydesk.guardrails.evidence import Evidence, evidence
from copydesk.guardrails.guard import Submission
from copydesk.guardrails.literals import lower
from copydesk.guardrails.meaning import Level, Meaning, Sentence, sentences, symbol
from copydesk.guardrails.normalise import Marked, Reading, marked, read, read_plain
from copydesk.guardrails.roles import roles
from copydesk.variants import Slot, Text

LONGEST = 10_000
"""Characters of a slot that rules look at: several times the longest mail that anyone sends."""

Words = tuple[str, ...]

_DIGIT = re.compile(r"\d")


class Hit(NamedTuple):
    """What a rule found: a span of a slot's source, with words for the message."""

    slot: Slot
    start: int
    end: int
    suggestion: str | None = None
    """What would be right in its place, where the rule knows."""
    details: Mapping[str, str] = {}
    """Values for the placeholders of the rule's message."""


class Meant(NamedTuple):
    """A sentence that the model reads as a claim of some category, likely at least."""

    slot: Slot
    sentence: Sentence
    sure: bool


@dataclass(frozen=True)
class Case:
    """A submission with everything that rules look at.

    Of a slot longer than LONGEST only the beginning is read: `format.length` flags the slot.
    """

    submission: Submission
    readings: Mapping[Slot, Reading] = field(repr=False)

    @classmethod
    def of(cls, submission: Submission) -> Case:
        """Read a submission."""
        return cls(submission, {slot: read(_short(t)) for slot, t in submission.copy.slots()})

    @property
    def brief(self) -> Brief | None:
        """The brief, where there is one."""
        return self.submission.brief

    @property
    def brand(self) -> Brand | None:
        """The brand, where there is one."""
        return self.submission.brand

    @cached_property
    def evidence(self) -> Evidence | None:
        """What the brief says, or None without a brief."""
        return evidence(self.submission.brief) if self.submission.brief else None

    @cached_property
    def lowered_source(self) -> str:
        """The slots as they are written, in one text, as a `literals.Sieve` takes it."""
        return lower("\n\n".join(reading.source for reading in self.readings.values()))

    @cached_property
    def lowered_reading(self) -> str:
        """The slots with their masks taken off, in one text, as a `literals.Sieve` takes it."""
        return lower("\n\n".join(reading.folded.text for reading in self.readings.values()))

    @cached_property
    def digits(self) -> Mapping[Slot, int]:
        """How many digits each slot has, its masks taken off."""
        return {slot: len(_DIGIT.findall(r.folded.text)) for slot, r in self.readings.items()}

    @cached_property
    def marked(self) -> Mapping[Slot, Sequence[Marked]]:
        """In each slot the pieces between blanks that hold digits or signs, as `sh1t`."""
        return {slot: tuple(marked(reading)) for slot, reading in self.readings.items()}

    @cached_property
    def claims(self) -> Mapping[Slot, list[Claim]]:
        """Every figure, date, code and link that the copy asserts."""
        return {slot: extract(reading) for slot, reading in self.readings.items()}

    @cached_property
    def roles(self) -> Mapping[Slot, Reading | None]:
        """Each slot in roles: who is spoken of and what is said; None where of no group."""
        return {slot: roles().read(reading) for slot, reading in self.readings.items()}

    @cached_property
    def meanings(self) -> Mapping[str, list[Meant]]:
        """The sentences that likely make a claim, by the category of the claim."""
        found = [
            (slot, sentence)
            for slot, reading in self.readings.items()
            for sentence in sentences(reading)
        ]
        meant: dict[str, list[Meant]] = {}
        judged = self._judged([sentence.words for _, sentence in found])
        for (slot, sentence), levels in zip(found, judged, strict=True):
            for category, level in levels.items():
                meant.setdefault(category, []).append(Meant(slot, sentence, level == "sure"))
        return meant

    def _judged(self, rows: Sequence[Words]) -> list[dict[str, Level]]:
        """Return what the rows claim with the product's name, and without: a name says nothing."""
        model = Meaning.load()
        judged = model.judged(rows)
        named = [
            (at, plain)
            for at, row in enumerate(rows)
            if judged[at] and (plain := _replaced(row, self._name)) != row
        ]
        again = model.judged([plain for _, plain in named])
        for (at, _), levels in zip(named, again, strict=True):
            judged[at] = {name: level for name, level in judged[at].items() if name in levels}
        return judged

    @cached_property
    def _name(self) -> Words:
        """The words of the product's name, as the model reads them."""
        name = self.brief.product.name if self.brief else ""
        return tuple(symbol(word.text) for word in read_plain(name).words)

    def claims_in(self, hit: Hit) -> list[Claim]:
        """Return the claims within the words of a hit."""
        words = self.readings[hit.slot].words
        return [
            claim
            for claim in self.claims[hit.slot]
            if words[claim.first].start < hit.end and words[claim.last].end > hit.start
        ]

    @cached_property
    def bounds(self) -> Mapping[Slot, list[Bound]]:
        """Every claim of the copy with what it rests on; empty without a brief."""
        if self.evidence is None:
            return {slot: [] for slot in self.readings}
        return {
            slot: bind(self.claims[slot], reading, self.evidence)
            for slot, reading in self.readings.items()
        }

    def hit_in_line(self, slot: Slot, start: int, end: int) -> Hit:
        """Return a hit for a span of the slot's line of words."""
        return Hit(slot, *self.readings[slot].span(start, end))


def _replaced(words: Words, name: Words) -> Words:
    """Return the words with `it` in each place of the name."""
    size, replaced, at = len(name), list[str](), 0
    while at < len(words):
        is_name = size > 0 and words[at : at + size] == name
        replaced.append("it" if is_name else words[at])
        at += size if is_name else 1
    return tuple(replaced)


def _short(text: Text) -> Text:
    return text if len(text.source) <= LONGEST else Text(text.source[:LONGEST])
