"""`POST /v1/outcomes`: what recipients did, as the campaign tool saw it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Annotated

from anyio import current_time, sleep
from anyio.to_thread import run_sync
from fastapi import APIRouter, Body, Path, Request, Response
from pydantic import Field

from copydesk.api.batches import Batch
from copydesk.api.examples import OUTCOMES
from copydesk.api.parts import Desk, MayPull
from copydesk.api.problems import responses
from copydesk.briefs import Noun
from copydesk.desk.sorting import Sorting
from copydesk.errors import StoreUnavailable
from copydesk.feedback import Outcome

log = logging.getLogger(__name__)

SORT_EVERY_S = 0.5
"""Between two looks for deliveries of campaign tools, when there was none."""
FORGET_EVERY_S = 3_600.0

router = APIRouter(prefix="/v1", tags=["serving"], responses=responses(401, 403))
delivered = APIRouter(prefix="/v1", tags=["serving"])
"""For bodies of others: signed byte for byte, they are taken as they are."""


class OutcomeBatch(Batch):
    """Events together; a bare list of them is the same."""

    outcomes: tuple[Outcome, ...] = Field(min_length=1, max_length=1_000)


class Delivered(Noun):
    """What became of a tool's delivery: it is kept, and read soon."""

    delivery: str
    """Its id; the same delivery again has the same."""
    repeated: bool
    """It was known already, and changed nothing."""
    handshake: bool = False
    """It held no events: the tool asked whether this address is wanted."""


class Counted(Noun):
    """What became of the events."""

    accepted: int
    new: int
    """How many were not known before: an event may be sent again without harm."""


@router.post("/outcomes", status_code=HTTPStatus.ACCEPTED, responses=responses(404, 413, 415, 422))
def record(
    desk: Desk,
    caller: MayPull,
    sent: Annotated[OutcomeBatch, Body(examples=[OUTCOMES])],
) -> Counted:
    """Report opens, clicks, conversions, unsubscribes and complaints; each event counts once."""
    new = desk.serving.record(sent.outcomes, caller)
    return Counted(accepted=len(sent.outcomes), new=new)


@delivered.post(
    "/outcomes/{tool}",
    status_code=HTTPStatus.ACCEPTED,
    responses=responses(400, 401, 404, 413, 422),
    openapi_extra={
        "requestBody": {"content": {"application/json": {"schema": {}}}},
        "security": [],
    },
)
async def deliver(
    desk: Desk, request: Request, answer: Response, tool: Annotated[str, Path(max_length=40)]
) -> Delivered:
    """Take the campaign tool's own webhook; the tool's signature is the credential.

    The answer comes when the delivery is stored; its events are read after that. A delivery that
    comes again is taken, and changes nothing.
    """
    body = await request.body()
    receive = partial(desk.receiving.receive, tool, body, dict(request.headers))
    receipt = await run_sync(receive)
    if receipt.handshake:  # Salesforce wants just this status
        answer.status_code = HTTPStatus.OK
    return Delivered(**receipt._asdict())


async def sort(sorting: Sorting) -> None:
    """Read what campaign tools delivered, soon after it came, and what a crash left to be read."""
    forget_at = 0.0
    while True:
        more = await run_sync(_sorted, sorting.some)
        if current_time() >= forget_at:
            await run_sync(_sorted, sorting.forget)
            forget_at = current_time() + FORGET_EVERY_S
        if not more:
            await sleep(SORT_EVERY_S)


def _sorted(call: Callable[[], object]) -> bool:
    """Make a call; return whether there may be more to do."""
    try:
        return bool(call())
    except StoreUnavailable:  # /readyz tells of it, and what came in waits
        return False
    except Exception:  # a delivery that breaks the code must not end the reading of all others
        log.exception("outcomes.unsorted")
        return False
