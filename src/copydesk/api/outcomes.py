"""`POST /v1/outcomes`: what recipients did, as the campaign tool saw it."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Body, Path, Request
from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from copydesk.api.examples import OUTCOMES
from copydesk.api.parts import Desk, MayPull
from copydesk.api.problems import responses
from copydesk.briefs import Noun
from copydesk.feedback import Outcome

router = APIRouter(prefix="/v1", tags=["serving"], responses=responses(401, 403))


class OutcomeBatch(Noun):
    """Events together; a bare list of them is the same."""

    outcomes: tuple[Outcome, ...] = Field(min_length=1, max_length=1_000)

    @model_validator(mode="before")
    @classmethod
    def _bare_list(cls, data: object) -> object:
        return {"outcomes": data} if isinstance(data, list) else data

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Say that a list will do."""
        batch = handler.resolve_ref_schema(handler(schema))
        bare = batch["properties"]["outcomes"]
        return {"anyOf": [batch, bare]}


class Delivered(Noun):
    """What became of a tool's delivery."""

    accepted: int
    new: int
    """How many were not known before: a delivery may be repeated without harm."""
    skipped: int
    """Events of other mail than Copydesk's."""


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


@router.post(
    "/outcomes/{tool}",
    status_code=HTTPStatus.ACCEPTED,
    responses=responses(401, 404, 413, 422),
    openapi_extra={
        "requestBody": {"content": {"application/json": {"schema": {}}}},
        "security": [],
    },
)
async def deliver(
    desk: Desk, request: Request, tool: Annotated[str, Path(max_length=40)]
) -> Delivered:
    """Take the campaign tool's own webhook; the tool's signature is the credential."""
    body = await request.body()
    receive = partial(desk.receiving.receive, tool, body, dict(request.headers))
    return Delivered(**(await run_sync(receive))._asdict())
