"""Rules that look for phrases: most of them do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from copydesk.guardrails.conditions import index_of
from copydesk.guardrails.phrases import Lists, Phrases
from copydesk.guardrails.rule import Find, RuleBase


class PhraseRule(RuleBase):
    """Flags any of its phrases, written in the phrase language (see `phrases`)."""

    kind: Literal["phrase"]
    phrases: Phrases = Field(min_length=1)
    exceptions: Phrases = ()
    """Phrases that clear a hit which overlaps them, as `feel free`."""
    compounds: Literal["flagged", "spared"] = "flagged"
    """Whether a hit that ends a hyphened word counts: `sugar-free` says nothing of a price."""
    negation: Literal["spares", "ignored"] = "spares"
    """Whether a negation shortly before the hit clears it: `never guaranteed`."""

    @property
    def own_phrases(self) -> Sequence[str]:
        """The phrases that the claim is made with."""
        return self.phrases

    def finder(self, lists: Lists) -> Find:
        """Return a function that searches each slot for the phrases."""
        index = index_of(self.phrases, lists)
        return lambda case: (
            case.hit_in_line(slot, start, end)
            for slot, reading in case.readings.items()
            for _, start, end in index.search(reading)
        )
