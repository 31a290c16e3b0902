"""`GET /v1/pull/{campaign}`: approved copy, at the moment of sending."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Response

from copydesk.api.parts import MAY_PULL, AllParts
from copydesk.api.problems import responses
from copydesk.briefs import Noun
from copydesk.errors import CopydeskError
from copydesk.publishing import DIALECTS, Pulled, PullQuery, Source
from copydesk.variants import Slot

router = APIRouter(prefix="/v1", tags=["serving"], responses=responses(401, 403, 404, 409, 422))

NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"
SLOTS = r"^(subject|preheader|body)(,(subject|preheader|body)){0,2}$"


class PullAnswer(Noun):
    """Approved copy in the campaign tool's own merge tags; only the slots that were asked for."""

    subject: str | None = None
    preheader: str | None = None
    body: str | None = None
    variant_id: str
    """Report it back with outcomes."""
    approval_hash: str
    """Names the signature that this copy is served under."""
    source: Source
    """`approved`, or `fallback` when nothing approved fits this recipient."""


def _query(
    campaign: Annotated[str, Path(pattern=NAME)],
    r: Annotated[
        str | None,
        Query(
            pattern=r"^[\x21-\x7e]{1,128}$",
            description="The recipient's key: the same recipient gets the same variant.",
        ),
    ] = None,
    audience: Annotated[
        str | None,
        Query(pattern=NAME, description="Needed where the campaign has several segments."),
    ] = None,
    slot: Annotated[
        str, Query(pattern=SLOTS, description="Slots, separated by commas.")
    ] = "subject,preheader,body",
    dialect: Annotated[
        str,
        Query(
            json_schema_extra={"enum": [*DIALECTS]},
            description="Whose merge tags the copy is written in.",
        ),
    ] = "neutral",
) -> PullQuery:
    slots = tuple(dict.fromkeys(Slot(name) for name in slot.split(",")))
    return PullQuery(campaign, r, audience, slots, dialect)


@router.get(
    "/pull/{campaign}",
    response_model=PullAnswer,
    dependencies=[MAY_PULL],
    responses={
        200: {
            "description": "Copy whose approval holds at this moment",
            "headers": {
                name: {"schema": {"type": "string"}}
                for name in ("ETag", "Cache-Control", "X-Copydesk-Approval")
            },
        },
        304: {"description": "The same answer as the one that If-None-Match names"},
    },
)
def pull(
    parts: AllParts,
    query: Annotated[PullQuery, Depends(_query)],
    if_none_match: Annotated[str | None, Header(max_length=1_000)] = None,
) -> Response:
    """Return approved copy for a recipient.

    The approval is checked again at this moment: copy whose facts have changed, or whose offer has
    ended, is not served, whoever signed it. When nothing approved fits, the campaign's fallback
    is; without one the answer is 404, with the reasons.
    """
    try:
        pulled = parts.copydesk.serving.pull(query)
    except CopydeskError:
        parts.metrics.pulls.labels("none").inc()
        raise
    parts.metrics.pulls.labels(pulled.source.value).inc()
    body = _body(pulled)
    headers = _headers(pulled, body, parts.copydesk.settings.pull_max_age_s)
    if if_none_match is not None and headers["ETag"] in if_none_match:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


def _body(pulled: Pulled) -> bytes:
    texts = {slot.value: text for slot, text in pulled.texts.items()}
    answer = PullAnswer(
        **texts,
        variant_id=pulled.variant_id,
        approval_hash=pulled.approval_hash,
        source=pulled.source,
    )
    return answer.model_dump_json(exclude_none=True).encode()


def _headers(pulled: Pulled, body: bytes, max_age_s: int) -> dict[str, str]:
    caching = "private, no-store" if pulled.individual else f"private, max-age={max_age_s}"
    return {
        "ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        "Cache-Control": caching,
        "Vary": "Authorization",
        "X-Copydesk-Approval": pulled.approval_hash,
    }
