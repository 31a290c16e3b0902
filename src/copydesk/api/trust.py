"""`/v1/trust`: which segments have earned to leave review."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from copydesk.api.parts import Caller, Desk
from copydesk.api.problems import responses
from copydesk.briefs import Noun
from copydesk.review_queue import Standing, Terms

router = APIRouter(prefix="/v1", tags=["reviews"], responses=responses(401, 403, 422))


class TrustList(Noun):
    """How every segment stands, in order of their names."""

    terms: Terms | None
    """Of the policy in force; null when it trusts nobody, and then no segment is listed."""
    items: tuple[Standing, ...]


@router.get("/trust")
def standings(
    desk: Desk,
    caller: Caller,
    brand: Annotated[
        str | None,
        Query(pattern=r"^[^\u0000]+$", max_length=2_000, description="Only of this brand."),
    ] = None,
) -> TrustList:
    """List segments: how often people approve their copy as written, and who still reads it."""
    return TrustList(terms=desk.policy.trust, items=tuple(desk.trusting.standings(caller, brand)))
