"""`/v1/pull/{campaign}`: approved copy, at the moment of sending; GET as it is, POST for one."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Depends, Header, Path, Query, Request, Response
from pydantic import Field, JsonValue

from copydesk.access import Actor, Role
from copydesk.api.parts import AllParts, MayPull, Parts
from copydesk.api.problems import responses
from copydesk.api.pulled import PullAnswer, Ready, answer_to
from copydesk.briefs import Noun
from copydesk.errors import CopydeskError
from copydesk.publishing import DIALECTS, Pulled, PullQuery
from copydesk.publishing.marks import HEADER
from copydesk.variants import Slot

ERRORS = responses(401, 403, 404, 409, 422)
router = APIRouter(prefix="/v1", tags=["serving"], responses=ERRORS)
rendering = APIRouter(prefix="/v1", tags=["serving"], responses=ERRORS)
"""Takes any text: what no store could keep is kept nowhere, and answered with a fallback."""

ROUTE = "/v1/pull/{campaign}"
ALL_SLOTS = ",".join(Slot)
NEUTRAL = "neutral"
InDialect = Annotated[
    str,
    Query(
        json_schema_extra={"enum": [*DIALECTS]},
        description="Whose merge tags the copy is written in.",
    ),
]
NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"
FIELDS_MAX = 100
RECIPIENT_KEY = r"^[\x21-\x7e]{1,128}$"
SLOTS = r"^(subject|preheader|body)(,(subject|preheader|body)){0,2}$"


Annotations = Annotated[
    Literal["gmail"] | None,
    Query(description="Add what Gmail shows beside a promotion, made from the offer."),
]


def slots_in(written: str) -> tuple[Slot, ...]:
    """Return the slots of a list as `subject,body`, each once."""
    return tuple(dict.fromkeys(Slot(name) for name in written.split(",")))


def _query(
    campaign: Annotated[str, Path(pattern=NAME)],
    r: Annotated[
        str | None,
        Query(
            pattern=RECIPIENT_KEY,
            description="The recipient's key: the same recipient gets the same variant.",
        ),
    ] = None,
    audience: Annotated[
        str | None,
        Query(pattern=NAME, description="Needed where the campaign has several segments."),
    ] = None,
    slot: Annotated[
        str, Query(pattern=SLOTS, description="Slots, separated by commas.")
    ] = ALL_SLOTS,
    dialect: InDialect = NEUTRAL,
    annotations: Annotations = None,
) -> PullQuery:
    asked = annotations is not None
    return PullQuery(campaign, r, audience, slots_in(slot), dialect, annotations=asked)


class Fields(Noun):
    """What the campaign tool knows of the recipient."""

    fields: dict[str, JsonValue] = Field(
        max_length=FIELDS_MAX,
        examples=[{"first_name": "Anna"}],
        description="Values by the names of merge tags. Others than the copy names are not read.",
    )


@router.get(
    "/pull/{campaign}",
    response_model=PullAnswer,
    responses={
        200: {
            "description": "Copy whose approval holds at this moment",
            "headers": {
                name: {"schema": {"type": "string"}}
                for name in ("ETag", "Cache-Control", "X-Copydesk-Approval", HEADER)
            },
        },
        304: {"description": "The same answer as the one that If-None-Match names"},
    },
)
def pull(
    request: Request,
    parts: AllParts,
    caller: MayPull,
    query: Annotated[PullQuery, Depends(_query)],
    if_none_match: Annotated[str | None, Header(max_length=1_000)] = None,
) -> Response:
    """Return approved copy for a recipient.

    The approval is checked again at this moment: copy whose facts have changed, or whose offer has
    ended, is not served, whoever signed it. When nothing approved fits, the campaign's fallback
    is; without one the answer is 409, with the reasons. 404 is a campaign that there is not.
    """
    _remember(request, parts, caller)
    ready = _ready(parts, lambda: parts.copydesk.serving.pull(query, caller))
    if if_none_match is not None and ready.tag in if_none_match:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=ready.headers)
    return Response(ready.body, headers=ready.headers, media_type="application/json")


@rendering.post(
    "/pull/{campaign}",
    response_model=PullAnswer,
    responses={
        200: {"description": "Copy for one recipient, without merge tags"},
        **responses(413),
    },
)
def render(
    request: Request,
    parts: AllParts,
    caller: MayPull,
    query: Annotated[PullQuery, Depends(_query)],
    given: Annotated[Fields, Body()],
) -> Response:
    """Return approved copy with a recipient's values in place of its merge tags.

    A value that is longer than was approved, is more than a name, or makes the copy say what
    nobody signed stays out; the tag's fallback stands there, and `fallbacks` tells why. So it is
    for all fields where consent is lacking, the recipient objects, or `r` is missing.
    Values are neither stored nor logged, and no cache may keep the answer.
    """
    _remember(request, parts, caller)
    ready = _ready(parts, lambda: parts.copydesk.serving.render(query, given.fields, caller))
    headers = {name: value for name, value in ready.headers.items() if name != "ETag"}
    return Response(ready.body, headers=headers, media_type="application/json")


def _remember(request: Request, parts: Parts, caller: Actor) -> None:
    """Know the key from now on, for those who answer without the store."""
    header = request.headers.get("authorization", "").encode("latin-1")
    brands = caller.brands(Role.PULLER)
    parts.keys.remember(header, request.state.as_of, brands, request.state.bucket)


def _ready(parts: Parts, pull: Callable[[], Pulled]) -> Ready:
    try:
        pulled = pull()
    except CopydeskError:
        parts.metrics.note_pull("none")
        raise
    parts.metrics.note_pull(pulled.source.value)
    return answer_to(pulled, parts.copydesk.settings.pull_max_age_s, parts.copydesk.clock())
