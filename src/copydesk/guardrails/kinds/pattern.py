"""Rules that look for a pattern of characters, where words do not say it: code, markup."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from pydantic import Field, field_validator

from copydesk.guardrails.case import Case, Hit
from copydesk.guardrails.literals import Sieve, needs
from copydesk.guardrails.patterns import bounded
from copydesk.guardrails.phrases import Lists
from copydesk.guardrails.rule import Find, RuleBase
from copydesk.variants import Slot


class PatternRule(RuleBase):
    """Flags what its regular expressions match, case being ignored."""

    kind: Literal["pattern"]
    patterns: tuple[str, ...] = Field(min_length=1)
    on: Literal["source", "reading"] = "source"
    """The original, or the text with masks taken off."""

    @field_validator("patterns")
    @classmethod
    def _patterns_are_bounded(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            bounded(pattern)
        return patterns

    def finder(self, lists: Lists) -> Find:
        """Return a function that searches the slots for the expressions."""
        del lists
        compiled = [bounded(pattern) for pattern in self.patterns]
        sieve = Sieve(map(needs, self.patterns))

        def find(case: Case) -> Iterator[Hit]:
            lowered = case.lowered_source if self.on == "source" else case.lowered_reading
            likely = [compiled[number] for number in sorted(n for _, n in sieve.likely(lowered))]
            for slot in self.slots if likely else ():
                yield from self._hits(case, slot, likely)

        return find

    def _hits(self, case: Case, slot: Slot, patterns: Sequence[re.Pattern[str]]) -> Iterator[Hit]:
        reading = case.readings[slot]
        text = reading.source if self.on == "source" else reading.folded.text
        for pattern in patterns:
            for found in pattern.finditer(text):
                span = found.span()
                yield Hit(slot, *(span if self.on == "source" else reading.span_of_text(*span)))
