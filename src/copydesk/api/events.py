"""`POST /v1/events`: what recipients do, which calls the copy of a campaign for them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import Field

from copydesk.api.batches import Batch
from copydesk.api.examples import EVENTS
from copydesk.api.parts import Desk, MayPull
from copydesk.api.problems import responses
from copydesk.briefs import Noun
from copydesk.publishing.triggers import Occurrence

router = APIRouter(prefix="/v1", tags=["serving"], responses=responses(401, 403))


class EventBatch(Batch):
    """Events together; a bare list of them is the same."""

    events: tuple[Occurrence, ...] = Field(min_length=1, max_length=1_000)


class EventsTaken(Noun):
    """What became of the events."""

    accepted: int
    new: int
    """How many were not known before: an event may be sent again without harm."""
    ignored: int
    """Of a kind that no rule names, or older than what is remembered."""


@router.post("/events", status_code=HTTPStatus.ACCEPTED, responses=responses(413, 415, 422))
def take(
    desk: Desk,
    caller: MayPull,
    sent: Annotated[EventBatch, Body(examples=[EVENTS])],
) -> EventsTaken:
    """Report what recipients did: the rules of triggers say which copy a pull for them gets.

    The time at which it happened decides, so order does not matter, and each event counts once. Of
    the recipient the key is kept, and of signals those that are allowed by name, with consent.
    """
    return EventsTaken(**desk.triggering.receive(sent.events, caller)._asdict())
