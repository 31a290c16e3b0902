"""Rules that hold figures, dates, codes and links to the brief: grounding."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from copydesk.guardrails.binding import Bound
from copydesk.guardrails.case import Case, Hit
from copydesk.guardrails.claims import ClaimKind
from copydesk.guardrails.phrases import Lists
from copydesk.guardrails.rule import Find, RuleBase
from copydesk.variants import Slot


class ClaimRule(RuleBase):
    """Flags claims of some kinds that rest on nothing in the brief.

    Details for the message: {instead} says what the brief says of the same sort, or that it
    says nothing.
    """

    kind: Literal["claim"]
    claims: tuple[ClaimKind, ...] = Field(min_length=1)

    def finder(self, lists: Lists) -> Find:
        """Return a function that looks through the bound claims of a case."""
        del lists

        def find(case: Case) -> Iterator[Hit]:
            for slot in self.slots:
                for bound in case.bounds[slot]:
                    if not bound.rests_on and bound.claim.kind in self.claims:
                        yield _hit(case, slot, bound)

        return find


def _hit(case: Case, slot: Slot, bound: Bound) -> Hit:
    reading = case.readings[slot]
    start, end = reading.span_of_words(bound.claim.first, bound.claim.last)
    if bound.instead is None:
        return Hit(slot, start, end, None, {"instead": "the brief has nothing like it"})
    instead = f"the brief says {bound.instead.text} ({bound.instead.source})"
    return Hit(slot, start, end, bound.instead.text, {"instead": instead})
