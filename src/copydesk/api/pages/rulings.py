"""What became of each finding of an item, and whether the person who looks may dismiss it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from copydesk.api.pages.rechecking import remedied
from copydesk.bootstrap import Copydesk
from copydesk.errors import Forbidden
from copydesk.guardrails import Finding
from copydesk.review_queue import Dismissal, Reviewer, ReviewItem
from copydesk.review_queue.signing import must_be_dismissible


class Ruling(NamedTuple):
    """How a finding stands."""

    place: int
    """Its place in `checked.findings`, from zero."""
    dismissal: Dismissal | None
    why_not: str | None
    """Why the person who looks may not dismiss it, where it is their roles that say so."""
    remedied: str | None = None
    """The text of its slot with the suggestion put in; None where there is none that fits."""


def rulings(desk: Copydesk, item: ReviewItem, by: Reviewer | None) -> Mapping[Finding, Ruling]:
    """Return how each finding stands; `by` is None for who does not decide."""
    dismissed = {one.finding: one for one in item.dismissed}
    found: dict[Finding, Ruling] = {}
    for place, finding in enumerate(item.checked.findings):
        why_not = None if by is None else _why_not(desk, finding, by)
        fixed = remedied(item.copy_now, finding)
        found.setdefault(finding, Ruling(place, dismissed.get(finding), why_not, fixed))
    return found


def _why_not(desk: Copydesk, finding: Finding, by: Reviewer) -> str | None:
    try:
        must_be_dismissible(finding, by, desk.reviewing.role_of(finding))
    except Forbidden as error:
        return error.message
    return None
