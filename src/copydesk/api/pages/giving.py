"""Taking approved copy out by hand: as a file, or into a tool."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from copydesk.api.campaigns import CampaignId
from copydesk.api.pages.publishing import campaign_page
from copydesk.api.pages.visits import OwnForm, Visitor
from copydesk.api.parts import Desk
from copydesk.errors import Conflict, Forbidden, InputError
from copydesk.publishing.formats import Format, as_file

router = APIRouter(include_in_schema=False)


@router.post("/campaigns/{campaign_id}/export")
def export(desk: Desk, visit: Visitor, campaign_id: CampaignId, form: OwnForm) -> Response:
    """Answer with the file; what cannot be exported is said on the page."""
    wanted = form.text("format")
    kind = Format(wanted) if wanted in set(Format) else Format.CSV
    try:
        found = desk.exporting.export(campaign_id, visit.actor, form.text("dialect") or "neutral")
        file = as_file(found, kind)
    except (Conflict, Forbidden, InputError) as error:
        return campaign_page(desk, visit, campaign_id, error=error)
    named = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return Response(file.content, media_type=file.media_type, headers=named)


@router.post("/campaigns/{campaign_id}/push")
def push(desk: Desk, visit: Visitor, campaign_id: CampaignId, form: OwnForm) -> Response:
    """Have the campaign's copy pushed; what cannot be pushed is said on the page."""
    try:
        desk.pushing.ask(campaign_id, form.text("target"), visit.actor)
    except (Conflict, Forbidden, InputError) as error:
        return campaign_page(desk, visit, campaign_id, error=error)
    return RedirectResponse(f"/campaigns/{campaign_id}?done=push#given", HTTPStatus.SEE_OTHER)
