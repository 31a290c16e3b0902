"""Approved copy to learn from: the brand's own, nearest to a brief first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from copydesk.brand_voice import Brand
from copydesk.briefs import Brief
from copydesk.publishing.likeness import BY_LETTERS, Likeness
from copydesk.ranking.duplicates import ALIKE_FROM, similarity
from copydesk.variants import Copy

EXAMPLES = 3


class Example(NamedTuple):
    """Approved copy with what it was written for."""

    brand: str
    """Name of the brand."""
    brief: Brief
    copy: Copy
    clicked: float | None = None
    """Share of its recipients that clicked, where enough have got it to tell."""


class Lessons(NamedTuple):
    """Copies that a prompt may show, and how they were chosen."""

    copies: tuple[Copy, ...] = ()
    by: str = BY_LETTERS.name
    """Name of the comparison."""

    @property
    def told(self) -> str | None:
        """How many there are and how they were chosen, for provenance; None for none."""
        return f"{len(self.copies)}, nearest by {self.by}" if self.copies else None


def nearest(
    brief: Brief,
    brand: Brand,
    approved: Iterable[Example],
    at_most: int = EXAMPLES,
    like: Likeness = BY_LETTERS,
) -> Lessons:
    """Return the approved copies that teach most for this brief.

    Only those of the same brand, by its name, and in the same language. Briefs that are nearest
    come first, as `like` compares them; among copies of one brief the one that was clicked most.
    Copy for this very brief is left out, since it would be repeated, and so is copy that repeats
    another example.
    """
    own = [one for one in approved if _may_teach(one, brief, brand)]
    near = zip(like.to(brief, [one.brief for one in own]), own, strict=True)
    ordered = sorted(near, key=lambda pair: (-pair[0], -(pair[1].clicked or 0.0)))
    return Lessons(_distinct((one.copy for _, one in ordered), at_most), like.name)


def _may_teach(one: Example, brief: Brief, brand: Brand) -> bool:
    same_brand = one.brand.strip().casefold() == brand.name.strip().casefold()
    return same_brand and _language(one.brief) == _language(brief) and one.brief != brief


def _language(brief: Brief) -> str:
    return brief.locale.partition("-")[0].casefold()


def _distinct(copies: Iterable[Copy], at_most: int) -> tuple[Copy, ...]:
    kept: list[Copy] = []
    for copy in copies:
        if len(kept) == at_most:
            break
        if all(similarity(copy, other) < ALIKE_FROM for other in kept):
            kept.append(copy)
    return tuple(kept)
