"""`/v1/campaigns`: what is true of a campaign now. A change voids what leans on what it was."""

from __future__ import annotations

from typing import Annotated, TypeVar

from fastapi import APIRouter, Body, Path, Response

from copydesk.api.examples import BRAND, BRIEF, COPY, TIMING
from copydesk.api.parts import Caller, Desk, MayAsk, MaySign
from copydesk.api.problems import responses
from copydesk.api.reviews import DONE, READ
from copydesk.api.versions import IfMatch, etag
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief, Noun
from copydesk.desk.serving import CampaignChange
from copydesk.generations import DIALECTS_AT_MOST
from copydesk.publishing import Campaign, DialectName
from copydesk.publishing.timing import TimingChoice
from copydesk.variants import Copy

router = APIRouter(prefix="/v1", tags=["campaigns"], responses=responses(401, 403, 422))

CampaignId = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]


class CampaignList(Noun):
    """Campaigns, newest change first."""

    items: tuple[Campaign, ...]


@router.get("/campaigns")
def list_all(desk: Desk, caller: Caller) -> CampaignList:
    """List campaigns, newest change first."""
    return CampaignList(items=tuple(desk.serving.campaigns(caller)))


@router.get("/campaigns/{campaign_id}", responses=READ)
def read(desk: Desk, caller: Caller, campaign_id: CampaignId, response: Response) -> Campaign:
    """Return a campaign: its brief, brand and audiences as they are now, and its fallback."""
    return _versioned(desk.serving.campaign(campaign_id, caller), response)


@router.put("/campaigns/{campaign_id}/brief", responses=DONE)
def set_brief(
    desk: Desk,
    caller: MayAsk,
    campaign_id: CampaignId,
    response: Response,
    brief: Annotated[Brief, Body(examples=[BRIEF])],
    if_match: IfMatch,
) -> CampaignChange:
    """Change what is true: approved copy that leans on what changed is recalled at once.

    `voided` names the copy that was served until now and is no longer; `requeued` the review items
    that it was put back as; `kept` the copy that leans on nothing that changed, and is served on
    under a new approval hash.
    """
    changed = desk.serving.set_brief(campaign_id, brief, caller, if_match)
    return _versioned(changed, response)


@router.put("/campaigns/{campaign_id}/brand", responses=DONE)
def set_brand(
    desk: Desk,
    caller: MayAsk,
    campaign_id: CampaignId,
    response: Response,
    brand: Annotated[Brand, Body(examples=[BRAND])],
    if_match: IfMatch,
) -> CampaignChange:
    """Change the rules of the campaign's brand: approved copy that breaks them is recalled at once.

    A change of terms or footer recalls what its check objects to; a change of the voice, or of
    anything else that only a person can judge, recalls all of it. The name stays.
    """
    changed = desk.serving.set_brand(campaign_id, brand, caller, if_match)
    return _versioned(changed, response)


@router.put("/campaigns/{campaign_id}/dialects", responses=DONE)
def set_dialects(
    desk: Desk,
    caller: MayAsk,
    campaign_id: CampaignId,
    response: Response,
    dialects: Annotated[list[DialectName], Body(examples=[["braze"]], max_length=DIALECTS_AT_MOST)],
    if_match: IfMatch,
) -> Campaign:
    """Name the tools that the campaign is sent with: what one cannot write is not approved.

    Refused when copy that is served already, or the fallback, cannot be written in one of them.
    """
    changed = desk.serving.set_dialects(campaign_id, dialects, caller, if_match)
    return _versioned(changed, response)


@router.put("/campaigns/{campaign_id}/fallback", responses=DONE)
def set_fallback(
    desk: Desk,
    caller: MaySign,
    campaign_id: CampaignId,
    response: Response,
    fallback: Annotated[Copy, Body(examples=[COPY])],
    if_match: IfMatch,
) -> Campaign:
    """Sign the copy that is served when nothing approved fits."""
    changed = desk.serving.set_fallback(campaign_id, fallback, caller, if_match)
    return _versioned(changed, response)


@router.put("/campaigns/{campaign_id}/timing", responses=DONE)
def set_timing(
    desk: Desk,
    caller: MayAsk,
    campaign_id: CampaignId,
    response: Response,
    timing: Annotated[TimingChoice, Body(examples=[TIMING])],
    if_match: IfMatch,
) -> Campaign:
    """Say what pulls of the campaign tell of a recipient's hours and fatigue; nothing by default.

    `fatigue` is `tell`, `lower` (who has had enough gets the calmest variant) or `withhold` (who
    has had far too much gets the fallback). No approval hangs on it.
    """
    changed = desk.timing.set_timing(campaign_id, timing, caller, if_match)
    return _versioned(changed, response)


C = TypeVar("C", bound=Campaign)


def _versioned(campaign: C, response: Response) -> C:
    response.headers["ETag"] = etag(campaign.version)
    return campaign
