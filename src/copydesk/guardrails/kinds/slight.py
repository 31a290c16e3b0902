"""Rules about what is said of groups of people, whoever they are and however it is worded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from copydesk.guardrails.case import Case, Hit
from copydesk.guardrails.conditions import index_of
from copydesk.guardrails.frames import frames
from copydesk.guardrails.phrases import Lists, PhraseIndex, Phrases
from copydesk.guardrails.rule import Find, RuleBase
from copydesk.variants import Slot


class SlightRule(RuleBase):
    """Flags phrases over roles (see `roles`), unless the sentence denies or condemns them."""

    kind: Literal["slight"]
    phrases: Phrases = Field(min_length=1)
    """Phrases in which `+group`, `+vile` and the like stand for any words of that role."""
    exceptions: Phrases = ()
    """Phrases over roles that clear a hit which overlaps them."""

    def finder(self, lists: Lists) -> Find:
        """Return a function that reads each slot in roles and searches it for the phrases."""
        wanted, spared = index_of(self.phrases, lists), index_of(self.exceptions, lists)
        return lambda case: (
            hit for slot in self.slots for hit in _find(case, slot, wanted, spared)
        )


def _find(
    case: Case, slot: Slot, wanted: PhraseIndex[None], spared: PhraseIndex[None]
) -> Iterator[Hit]:
    in_roles = case.roles[slot]
    if in_roles is None:
        return
    fine = [(start, end) for _, start, end in spared.search(in_roles)]
    for _, start, end in wanted.search(in_roles):
        if any(first < end and start < last for first, last in fine):
            continue
        span = in_roles.span(start, end)
        if not frames().spare(case.readings[slot], span):
            yield Hit(slot, *span)
