"""A campaign: what is true of it now, and what is served for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from http import HTTPStatus
from typing import Literal

import yaml
from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from copydesk import documents
from copydesk.api.campaigns import CampaignId
from copydesk.api.pages.rendering import page
from copydesk.api.pages.visits import OwnForm, SentForm, Visit, Visitor
from copydesk.api.parts import Desk
from copydesk.bootstrap import Copydesk
from copydesk.briefs import Brief
from copydesk.desk.browsing import next_ending
from copydesk.errors import Conflict, CopydeskError, Forbidden, InputError
from copydesk.feedback import OutcomeCount
from copydesk.publishing import DIALECTS, Shelf
from copydesk.publishing.searching import LibraryCount
from copydesk.review_queue import ReviewQuery
from copydesk.review_queue.states import OPEN
from copydesk.variants import Copy, Text

Thing = Literal["brief", "fallback"]
Done = Thing | Literal["push"]

router = APIRouter(include_in_schema=False)


@router.get("/campaigns/{campaign_id}")
def campaign(
    desk: Desk, visit: Visitor, campaign_id: CampaignId, done: Done | None = None
) -> Response:
    """Show what is true of a campaign now, and what is served for it."""
    return campaign_page(desk, visit, campaign_id, done=done)


@router.post("/campaigns/{campaign_id}/{thing}")
def change(
    desk: Desk, visit: Visitor, campaign_id: CampaignId, thing: Thing, form: OwnForm
) -> Response:
    """Change the brief or the fallback; what cannot be done is said, nothing typed lost."""
    try:
        if thing == "brief":
            brief = documents.parse(form.text("brief"), Brief, source="brief")
            desk.serving.set_brief(campaign_id, brief, visit.actor, form.number("version"))
        else:
            copy = _copy_of(form)
            desk.serving.set_fallback(campaign_id, copy, visit.actor, form.number("version"))
    except (Conflict, Forbidden, InputError) as error:
        return campaign_page(desk, visit, campaign_id, error=error, typed=form)
    return RedirectResponse(f"/campaigns/{campaign_id}?done={thing}", HTTPStatus.SEE_OTHER)


def _copy_of(form: SentForm) -> Copy:
    return Copy(
        subject=Text(form.text("subject")),
        preheader=Text(form.text("preheader")),
        body=Text(form.text("body")),
    )


def _by_machines(tally: Sequence[OutcomeCount]) -> Counter[str]:
    """Return by variant how many of its events machines did: they are in no other count."""
    counts: Counter[str] = Counter()
    for one in tally:
        if one.human == "no":
            counts[one.variant_id] += one.events
    return counts


def campaign_page(
    desk: Copydesk,
    visit: Visit,
    campaign_id: str,
    *,
    done: Done | None = None,
    error: CopydeskError | None = None,
    typed: SentForm | None = None,
) -> Response:
    """Return the campaign's page, with what was done or could not be."""
    found = desk.serving.campaign(campaign_id, visit.actor)
    with desk.store.transaction() as tx:
        served = tx.library.served(campaign_id)
        outcomes = tx.outcomes.count(campaign_id)
        machines = _by_machines(tx.outcomes.tally(campaign_id))
        pulls = tx.pulls.count(campaign_id)
        glance = tx.library.tally("campaign").get(campaign_id, LibraryCount())
        waiting = tx.reviews.find(ReviewQuery(OPEN, campaign=campaign_id))
    shelf = Shelf.of(found, served, desk.policy.sha256, desk.serving.recipient_key)
    brief = yaml.safe_dump(
        found.brief.model_dump(mode="json", exclude_none=True),
        sort_keys=False,
        allow_unicode=True,
        width=88,
    )
    return page(
        visit,
        "campaign.html",
        error.status if error else HTTPStatus.OK,
        campaign=found,
        shelf=shelf,
        outcomes=outcomes,
        machines=machines,
        pulls=pulls,
        glance=glance,
        ending=next_ending(found, desk.clock()),
        waiting=waiting,
        pushes=desk.pushing.of_campaign(campaign_id, visit.actor),
        exports=desk.pushing.exports_of(campaign_id, visit.actor),
        targets=sorted(desk.pushing.targets.targets),
        dialects=sorted(DIALECTS),
        brief=typed.text("brief") if typed and typed.text("brief") else brief,
        typed=typed,
        done=done,
        error=error,
        now=desk.clock(),
    )
