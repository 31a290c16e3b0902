"""`/v1/generations`: asking for variants."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Body, Header, Path, Query, Response

from copydesk.api.examples import GENERATION
from copydesk.api.parts import AllParts, Caller, Desk, MayAsk
from copydesk.api.problems import responses
from copydesk.briefs import Noun
from copydesk.generations import Generation, GenerationRequest, GenerationState

router = APIRouter(prefix="/v1", tags=["generations"], responses=responses(401))

ENDED = frozenset({GenerationState.DONE, GenerationState.FAILED})
WAIT_S_MAX = 60

GenerationId = Annotated[
    str,
    Path(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="As `gen_...`, from the answer to POST."),
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        description=(
            "Any text of your own. The same key with the same body gives the same generation, "
            "however often it is sent; with another body, 409."
        ),
        pattern=r"^[\x21-\x7e]{1,200}$",
        examples=["spring-trail-2026-03-06"],
    ),
]


class Links(Noun):
    """Where to look next."""

    self: str
    page: str
    """The same for people, in a browser."""


class Accepted(Noun):
    """The request is kept, and will be seen to its end."""

    id: str
    state: GenerationState
    links: Links


class GenerationList(Noun):
    """Generations, newest first."""

    items: tuple[Generation, ...]


@router.post(
    "/generations",
    status_code=HTTPStatus.ACCEPTED,
    response_model=None,
    responses={
        200: {"model": Generation, "description": "Finished within `wait` seconds"},
        202: {
            "model": Accepted,
            "description": "Accepted, and not lost from here on",
            "headers": {"Location": {"schema": {"type": "string"}}},
        },
        **responses(403, 409, 413, 415, 422),
    },
)
async def ask(
    parts: AllParts,
    caller: MayAsk,
    wanted: Annotated[GenerationRequest, Body(examples=[GENERATION])],
    response: Response,
    idempotency_key: IdempotencyKey = None,
    wait: Annotated[
        int,
        Query(ge=0, le=WAIT_S_MAX, description="Seconds to wait for the finished generation."),
    ] = 0,
) -> Generation | Accepted:
    """Ask for variants: they are written, checked, repaired, ranked, and sent where policy says.

    A failed generation is answered like any finished one: its `error` says what went wrong.
    """
    asking = parts.copydesk.asking
    generation = await run_sync(asking.accept, wanted, caller, idempotency_key)
    if generation.state not in ENDED:
        parts.runner.submit(generation.id)
        if wait:
            await parts.runner.wait(generation.id, wait)
            generation = await run_sync(asking.get, generation.id, caller)
    where = f"/v1/generations/{generation.id}"
    response.headers["Location"] = where
    if wait and generation.state in ENDED:
        response.status_code = HTTPStatus.OK
        return generation
    links = Links(self=where, page=f"/generations/{generation.id}")
    return Accepted(id=generation.id, state=generation.state, links=links)


@router.get("/generations", responses=responses(403, 422))
def latest(
    desk: Desk, caller: Caller, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> GenerationList:
    """List generations, newest first: your own, or for reviewers and admins everyone's."""
    return GenerationList(items=tuple(desk.asking.latest(caller, limit)))


@router.get("/generations/{generation_id}", responses=responses(404, 422))
def read(desk: Desk, caller: Caller, generation_id: GenerationId) -> Generation:
    """Return a generation with its variants, best first, blocked ones last."""
    return desk.asking.get(generation_id, caller)
