"""`/v1/pushes`: approved copy put into tools that cannot pull."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path

from copydesk.api.parts import Caller, Desk, MayTake
from copydesk.api.problems import responses
from copydesk.briefs import Noun, Slug
from copydesk.desk.pushing import PushStanding

router = APIRouter(prefix="/v1", tags=["serving"], responses=responses(401, 403, 404, 422))

PushId = Annotated[str, Path(pattern=r"^psh_[0-9a-f]{20}$")]


class PushOrder(Noun):
    """What is to be pushed, and where to."""

    campaign: Slug
    target: Slug
    """As the operator's file of targets names it."""
    audience: Slug | None = None
    """Only copy for this audience; all of it when left out."""


@router.post("/pushes", status_code=HTTPStatus.ACCEPTED, responses=responses(409, 413, 415))
def push(desk: Desk, caller: MayTake, order: PushOrder) -> PushStanding:
    """Have approved copy that holds now put into a tool; it goes on by itself until it is there.

    What is there already, under the same approval, stays as it is: to ask again does no harm, and
    carries on what was left unfinished. Copy that holds no more later on is taken back by itself.
    409 where nothing may be pushed, or some of it cannot be written for the tool.
    """
    return desk.pushing.ask(order.campaign, order.target, caller, order.audience)


@router.get("/pushes/{push_id}")
def standing(desk: Desk, caller: Caller, push_id: PushId) -> PushStanding:
    """Return how a push stands, copy by copy."""
    return desk.pushing.get(push_id, caller)
