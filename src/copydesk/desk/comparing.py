"""What the copy of an item is held against: the draft, the last approval, the text before."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from copydesk.publishing import ApprovedCopy
from copydesk.review_queue import ReviewItem
from copydesk.storage import Transaction
from copydesk.variants import Copy

APPROVED_AMONG = 5
"""How many of the newest approvals are looked at: the item's own is passed over."""


class Replaced(NamedTuple):
    """Copy as it was before it was changed last."""

    copy: Copy
    by: str
    """Who changed it."""
    at: datetime


class Earlier(NamedTuple):
    """Copy that the copy of an item may be compared with."""

    written: Copy
    """As the model wrote it."""
    approved: ApprovedCopy | None
    """What was approved last for the same campaign and audience, under another review."""
    replaced: Replaced | None
    """None where nobody changed it."""


def earlier(tx: Transaction, item: ReviewItem) -> Earlier:
    """Return what the item's copy may be compared with."""
    found = tx.library.of_audience(item.campaign, item.audience.id, APPROVED_AMONG)
    approved = next((one for one in found if one.review_id != item.id), None)
    return Earlier(item.variant.copy_, approved, _replaced(tx, item))


def _replaced(tx: Transaction, item: ReviewItem) -> Replaced | None:
    for event in reversed(tx.audit.about(item.id)):
        if "before" in event.details:
            return Replaced(Copy.model_validate(event.details["before"]), event.actor, event.at)
    return None
