"""The rule about the brand's mechanics: one finding that names every measure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from copydesk.brand_voice.manners import SlotName, departures
from copydesk.guardrails.case import LONGEST, Case, Hit
from copydesk.guardrails.phrases import Lists
from copydesk.guardrails.rule import Find, RuleBase
from copydesk.variants import Slot, Text

_NO_PROSE = re.compile(r"\{\{[^{}]*\}\}|https?://\S+", re.IGNORECASE)
_NAMES: dict[Slot, SlotName] = {
    Slot.SUBJECT: "subject",
    Slot.PREHEADER: "preheader",
    Slot.BODY: "body",
}


class MechanicsRule(RuleBase):
    """Flags copy that departs from what the brand's style guide settles, once for all measures.

    The finding stands where the first departure does. Detail for the message: {measures}.
    """

    kind: Literal["mechanics"]

    def finder(self, lists: Lists) -> Find:
        """Return a function that measures the copy by the mechanics of the case's brand."""
        del lists

        def find(case: Case) -> Iterator[Hit]:
            if case.brand is None:
                return
            texts = {_NAMES[slot]: _blanked(case.submission.copy[slot]) for slot in self.slots}
            names = [case.brief.product.name] if case.brief else []
            found = departures(case.brand, texts, names)
            if found:
                told = "; ".join(f"{one.measure}: {one.words}" for one in found)
                first = found[0]
                yield Hit(Slot(first.slot), first.start, first.end, None, {"measures": told})

        return find


def _blanked(text: Text) -> str:
    """Return the source with merge tags and links as spaces, so that places stay."""
    return _NO_PROSE.sub(lambda found: " " * len(found[0]), str(text)[:LONGEST])
