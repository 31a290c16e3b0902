"""`POST /v1/outcomes`: what recipients did, as the campaign tool saw it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import Field

from copydesk.api.examples import OUTCOMES
from copydesk.api.parts import Desk, MayPull
from copydesk.api.problems import responses
from copydesk.briefs import Noun
from copydesk.feedback import Outcome

router = APIRouter(prefix="/v1", tags=["serving"], responses=responses(401, 403))

Events = Annotated[tuple[Outcome, ...], Field(min_length=1, max_length=1_000)]


class OutcomeBatch(Noun):
    """Events together."""

    outcomes: Events


class Counted(Noun):
    """What became of the events."""

    accepted: int
    new: int
    """How many were not known before: an event may be sent again without harm."""


@router.post("/outcomes", status_code=HTTPStatus.ACCEPTED, responses=responses(404, 413, 415, 422))
def record(
    desk: Desk,
    caller: MayPull,
    sent: Annotated[OutcomeBatch | Events, Body(examples=[OUTCOMES])],
) -> Counted:
    """Report opens, clicks, conversions, unsubscribes and complaints; each event counts once."""
    events = sent.outcomes if isinstance(sent, OutcomeBatch) else sent
    return Counted(accepted=len(events), new=desk.serving.record(events, caller))
