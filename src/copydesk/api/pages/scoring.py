"""A score as a marketer reads it: what each slot adds, and what in it, the weightiest first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from copydesk.access import Actor
from copydesk.bootstrap import Copydesk
from copydesk.errors import NotFound
from copydesk.ranking import Part, Scored
from copydesk.review_queue import ReviewItem

MOST = 6
"""Parts of a slot that are shown one by one, the weightiest; the others are summed up."""


class SlotScore(NamedTuple):
    """What a slot, or the brand's own sends, add to a score."""

    name: str
    points: float
    parts: Sequence[Part]
    """With what each goes by; the one that is the whole slot has no name of its own."""
    others: int
    """How many parts are not shown."""
    rest: float
    """What these add together."""


def by_slot(scored: Scored) -> tuple[SlotScore, ...]:
    """Return the parts of a score by slot, in the order of the breakdown."""
    slots: dict[str, list[Part]] = {}
    for part in scored.breakdown:
        slot, _, name = part.name.partition(".")
        slots.setdefault(slot, []).append(part.model_copy(update={"name": name}))
    return tuple(_slot(name, parts) for name, parts in slots.items())


def _slot(name: str, parts: Sequence[Part]) -> SlotScore:
    ordered = sorted(parts, key=lambda part: -abs(part.points))
    shown, others = ordered[:MOST], ordered[MOST:]
    points, rest = (math.fsum(part.points for part in some) for some in (parts, others))
    return SlotScore(name, points, shown, len(others), rest)


def is_learned(ranker: str | None) -> bool:
    """Return whether scores by this ranker, as provenance names it, were learned from headlines."""
    return ranker is not None and ranker.startswith("learned")


def abstained(desk: Copydesk, item: ReviewItem, actor: Actor) -> str | None:
    """Return why the order of an item's request should not be relied upon, or None."""
    try:
        return desk.asking.get(item.generation_id, actor).abstained
    except NotFound:  # copy that somebody brought to review without asking for it
        return None
