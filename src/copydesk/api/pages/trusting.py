"""Which segments have earned to leave review, and which a person still reads."""

from __future__ import annotations

from fastapi import APIRouter, Response

from copydesk.api.pages.rendering import page
from copydesk.api.pages.visits import Visitor
from copydesk.api.parts import Desk

router = APIRouter(include_in_schema=False)


@router.get("/trust")
def trust(desk: Desk, visit: Visitor) -> Response:
    """Show how every segment stands against the policy's bar."""
    standings = desk.trusting.standings(visit.actor)
    return page(visit, "trust.html", terms=desk.policy.trust, standings=standings)
