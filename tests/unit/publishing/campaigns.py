"""Campaigns and approved copy for tests: real approvals, by the real hash."""

from __future__ import annotations

from typing import Any

from copydesk.audiences import Audience
from copydesk.publishing import (
    ANYONE,
    ApprovedCopy,
    Campaign,
    Shelf,
    approval_hash,
    fallback_hash,
    recipient_key,
)
from copydesk.variants import Copy
from tests.factories import NOW, a_brand, a_brief, a_copy, an_audience

POLICY = "p" * 64
SECRET = b"0123456789abcdef"
GENERIC = a_copy(
    subject="Trail shoes are back", preheader="New season, same mud", body="Shop trail shoes"
)


def key_of(recipient: str) -> str:
    return recipient_key(SECRET, recipient)


def a_campaign(*audiences: Audience, **changes: Any) -> Campaign:
    given: dict[str, Any] = {
        "id": "spring",
        "owner": "mara",
        "brief": a_brief(),
        "brand": a_brand(),
        "audiences": {audience.id: audience for audience in audiences or (an_audience(),)},
        "updated_at": NOW,
    }
    return Campaign(**{**given, **changes})


def approved(
    campaign: Campaign, variant_id: str, audience_id: str = "lapsed-runners", **changes: Any
) -> ApprovedCopy:
    copy = a_copy(subject=f"{variant_id}: 20% off trail shoes")
    audience = campaign.audiences[audience_id]
    given: dict[str, Any] = {
        "id": variant_id,
        "campaign": campaign.id,
        "audience_id": audience_id,
        "copy_": copy,
        "approval_hash": approval_hash(copy, campaign.brief, campaign.brand, audience, POLICY),
        "approved_by": "axel",
        "approved_at": NOW,
    }
    return ApprovedCopy(**{**given, **changes})


def with_fallback(
    campaign: Campaign, copy: Copy = GENERIC, *, leans_on_offer: bool = False
) -> Campaign:
    fallback = ApprovedCopy(
        id="fallback",
        campaign=campaign.id,
        audience_id=ANYONE.id,
        copy_=copy,
        approval_hash=fallback_hash(copy, campaign, POLICY, leans_on_offer=leans_on_offer),
        approved_by="axel",
        approved_at=NOW,
    )
    return campaign.model_copy(update={"fallback": fallback})


def shelf(campaign: Campaign, *copies: ApprovedCopy) -> Shelf:
    return Shelf.of(campaign, copies, POLICY, key_of)
