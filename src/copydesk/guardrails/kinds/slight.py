"""Rules about what is said of groups of people, whoever they are and however it is worded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from copydesk.guardrails.case import Case, Hit
from copydesk.guardrails.conditions import index_of
from copydesk.guardrails.frames import frames
from copydesk.guardrails.phrases import Lists, PhraseIndex, Phrases, compile_phrase
from copydesk.guardrails.rule import Find, RuleBase
from copydesk.variants import Slot

_DENIALS = frozenset(("no", "not", "never", "nor", "none", "nobody", "nothing", "hardly"))


class SlightRule(RuleBase):
    """Flags phrases over roles (see `roles`), unless the sentence denies or condemns them."""

    kind: Literal["slight"]
    phrases: Phrases = Field(min_length=1)
    """Phrases in which `+group`, `+vile` and the like stand for any words of that role."""
    exceptions: Phrases = ()
    """Phrases over roles that clear a hit which overlaps them."""

    def finder(self, lists: Lists) -> Find:
        """Return a function that reads each slot in roles and searches it for the phrases."""
        wanted = PhraseIndex((_denies(line), compile_phrase(line, lists)) for line in self.phrases)
        spared = index_of(self.exceptions, lists)
        return lambda case: (
            hit for slot in self.slots for hit in _find(case, slot, wanted, spared)
        )


def _denies(line: str) -> bool:
    """Return whether words that deny belong to the phrase itself, as in `no place for`."""
    return not _DENIALS.isdisjoint(re.findall(r"\w+", line))


def _find(
    case: Case, slot: Slot, wanted: PhraseIndex[bool], spared: PhraseIndex[None]
) -> Iterator[Hit]:
    in_roles = case.roles[slot]
    if in_roles is None:
        return
    fine = [(start, end) for _, start, end in spared.search(in_roles)]
    for denies, start, end in wanted.search(in_roles):
        if any(first < end and start < last for first, last in fine):
            continue
        if not denies and not _DENIALS.isdisjoint(in_roles.line[start:end].split()):
            continue
        span = in_roles.span(start, end)
        if not frames().spare(case.readings[slot], span):
            yield Hit(slot, *span)
