"""`GET /v1/export/{campaign}`: approved copy as a file, for tools that cannot pull."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from copydesk.api.campaigns import CampaignId
from copydesk.api.parts import Desk, MayTake
from copydesk.api.problems import responses
from copydesk.api.pulls import NAME, NEUTRAL, InDialect
from copydesk.publishing.annotations import HTTPS
from copydesk.publishing.formats import MEDIA, Format, as_file

router = APIRouter(prefix="/v1", tags=["serving"], responses=responses(401, 403, 404, 409, 422))

CONTENT: dict[str, object] = {media.partition(";")[0]: {} for media in MEDIA.values()}


@router.get(
    "/export/{campaign_id}",
    response_class=Response,
    responses={200: {"description": "The rows, as a file", "content": CONTENT}},
)
def export(
    desk: Desk,
    caller: MayTake,
    campaign_id: CampaignId,
    dialect: InDialect = NEUTRAL,
    format: Annotated[Format, Query(description="Kind of file.")] = Format.JSON,  # noqa: A002 - of the wire
    audience: Annotated[
        str | None, Query(pattern=NAME, description="Only copy for this audience.")
    ] = None,
    image: Annotated[
        str | None,
        Query(pattern=HTTPS, max_length=2_000, description="A picture, for Gmail's card."),
    ] = None,
) -> Response:
    """Return approved copy that holds at this moment, one row for each variant.

    What is returned counts as served: its approval cannot be undone any more. In CSV, a cell that
    a spreadsheet would run begins with an apostrophe. Copy that cannot be written in the dialect
    is 409, and nothing is exported.
    """
    found = desk.exporting.export(campaign_id, caller, dialect, audience, image)
    file = as_file(found, format)
    headers = {
        "Content-Disposition": f'attachment; filename="{file.name}"',
        "Cache-Control": "no-store",
    }
    return Response(file.content, media_type=file.media_type, headers=headers)
