"""The variants of a request side by side, for whoever decides which of them to send."""

from __future__ import annotations

from typing import NamedTuple

from fastapi import APIRouter, Response

from copydesk.api.pages.rendering import page
from copydesk.api.pages.scoring import is_learned
from copydesk.api.pages.visits import Visitor
from copydesk.api.parts import Desk
from copydesk.api.reviews import ItemId
from copydesk.errors import NotFound
from copydesk.generations import Generation, RoutedVariant
from copydesk.guardrails import Checked, Finding, Severity, Verdict
from copydesk.ranking import Scored
from copydesk.review_queue import ReviewItem
from copydesk.variants import Copy

OPENING = 220
"""Characters of a body that are shown before it is opened."""

router = APIRouter(include_in_schema=False)


class Side(NamedTuple):
    """One variant among its like."""

    id: str
    copy: Copy
    checked: Checked
    verdict: Verdict
    score: Scored | None
    state: str
    """Of its review, or where the policy sent it."""
    item: ReviewItem | None
    is_edited: bool
    ranker: str | None

    @property
    def standing(self) -> tuple[Finding, ...]:
        """Findings that nobody dismissed, worst first."""
        gone = [one.finding for one in self.item.dismissed] if self.item else []
        found = (one for one in self.checked.findings if one not in gone)
        return tuple(sorted(found, key=lambda one: list(Severity).index(one.severity)))


@router.get("/reviews/{item_id}/variants")
def variants_page(desk: Desk, visit: Visitor, item_id: ItemId) -> Response:
    """Show all that was written for the same request, best first."""
    item = desk.reviewing.get(item_id, visit.actor)
    items = [*desk.reviewing.siblings(item, visit.actor), item]
    try:
        generation = desk.asking.get(item.generation_id, visit.actor)
    except NotFound:  # copy that somebody brought to review without asking for it
        generation = None
    sides = _sides(generation, items)
    return page(
        visit,
        "variants.html",
        item=item,
        sides=sides,
        abstained=generation.abstained if generation else None,
        learned=any(is_learned(side.ranker) for side in sides),
        opening=OPENING,
        now=desk.clock(),
    )


def _sides(generation: Generation | None, items: list[ReviewItem]) -> tuple[Side, ...]:
    """Return every variant once; of several reviews of one, the newest."""
    newest = {one.variant.id: one for one in sorted(items, key=lambda one: one.created_at)}
    asked = generation.variants if generation else ()
    ranked = [_side(one, newest.pop(one.variant.id, None)) for one in asked]
    return (*ranked, *map(_of_item, newest.values()))


def _side(routed: RoutedVariant, item: ReviewItem | None) -> Side:
    if item is not None:
        return _of_item(item)
    variant, checked = routed.variant, routed.checked
    verdict, state, ranker = checked.verdict, routed.route.value, variant.provenance.ranker
    return Side(
        variant.id, variant.copy_, checked, verdict, routed.score, state, None, False, ranker
    )


def _of_item(item: ReviewItem) -> Side:
    return Side(
        item.variant.id,
        item.copy_now,
        item.checked,
        item.verdict_now,
        item.score,
        item.state.value,
        item,
        item.copy_now != item.variant.copy_,
        item.variant.provenance.ranker,
    )
