"""Approved copy to learn from: the brand's own, nearest to a brief first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import sqrt
from typing import NamedTuple

from copydesk.brand_voice import Brand
from copydesk.briefs import Brief
from copydesk.ranking.duplicates import ALIKE_FROM, similarity
from copydesk.variants import Copy

EXAMPLES = 3
GRAM = 4
"""Letters in a row that two briefs are compared by: enough for a stem, too few for a sentence."""


class Example(NamedTuple):
    """Approved copy with what it was written for."""

    brand: str
    """Name of the brand."""
    brief: Brief
    copy: Copy
    clicked: float | None = None
    """Share of its recipients that clicked, where enough have got it to tell."""


def nearest(
    brief: Brief, brand: Brand, approved: Iterable[Example], at_most: int = EXAMPLES
) -> tuple[Copy, ...]:
    """Return the approved copies that teach most for this brief.

    Only those of the same brand, by its name, and in the same language. Briefs that are nearest
    come first, by the runs of letters that they share; among copies of one brief the one that was
    clicked most. Copy for this very brief is left out, since it would be repeated, and so is copy
    that repeats another example.
    """
    wanted = _grams(brief)
    own = [one for one in approved if _may_teach(one, brief, brand)]
    own.sort(key=lambda one: (-_nearness(wanted, _grams(one.brief)), -(one.clicked or 0.0)))
    return tuple(_distinct((one.copy for one in own), at_most))


def _may_teach(one: Example, brief: Brief, brand: Brand) -> bool:
    same_brand = one.brand.strip().casefold() == brand.name.strip().casefold()
    return same_brand and _language(one.brief) == _language(brief) and one.brief != brief


def _language(brief: Brief) -> str:
    return brief.locale.partition("-")[0].casefold()


def _distinct(copies: Iterable[Copy], at_most: int) -> Sequence[Copy]:
    kept: list[Copy] = []
    for copy in copies:
        if len(kept) == at_most:
            break
        if all(similarity(copy, other) < ALIKE_FROM for other in kept):
            kept.append(copy)
    return kept


def _grams(brief: Brief) -> Counter[str]:
    said = [brief.goal, brief.kind.value, brief.product.name, brief.cta or ""]
    said += [fact.text for fact in brief.facts]
    text = " ".join(" ".join(said).casefold().split())
    return Counter(text[at : at + GRAM] for at in range(len(text) - GRAM + 1))


def _nearness(one: Counter[str], other: Counter[str]) -> float:
    """Return the cosine of two counts: 1 for the same shares, 0 for nothing in common."""
    shared = sum(count * other[gram] for gram, count in one.items())
    lengths = sqrt(sum(c * c for c in one.values()) * sum(c * c for c in other.values()))
    return shared / lengths if lengths else 0.0
