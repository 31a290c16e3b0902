"""A campaign: what is true of it now, and what is served for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any, Literal

import yaml
from fastapi import APIRouter, Query, Response
from fastapi.responses import RedirectResponse

from copydesk import documents
from copydesk.api.campaigns import CampaignId
from copydesk.api.pages.brief_form import TOOLS
from copydesk.api.pages.rendering import page
from copydesk.api.pages.visits import OwnForm, SentForm, Visit, Visitor
from copydesk.api.parts import Desk
from copydesk.bootstrap import Copydesk
from copydesk.briefs import Brief
from copydesk.desk.browsing import next_ending
from copydesk.errors import Conflict, CopydeskError, Forbidden, InputError
from copydesk.feedback import OutcomeCount
from copydesk.publishing import Shelf
from copydesk.publishing.searching import LibraryCount
from copydesk.review_queue import ReviewQuery
from copydesk.review_queue.states import OPEN
from copydesk.storage import Transaction
from copydesk.variants import Copy, Text

Thing = Literal["brief", "fallback", "dialects"]
Done = Thing | Literal["push"]
Count = Annotated[int, Query(ge=0, le=1_000_000)]

router = APIRouter(include_in_schema=False)


@router.get("/campaigns/{campaign_id}")
def campaign(
    desk: Desk,
    visit: Visitor,
    campaign_id: CampaignId,
    done: Done | None = None,
    voided: Count = 0,
    kept: Count = 0,
) -> Response:
    """Show what is true of a campaign now, what is served for it, and what a change did to that."""
    return campaign_page(desk, visit, campaign_id, done=done, after=(voided, kept))


@router.post("/campaigns/{campaign_id}/{thing}")
def change(
    desk: Desk, visit: Visitor, campaign_id: CampaignId, thing: Thing, form: OwnForm
) -> Response:
    """Change what is true, or how it is sent; what cannot be done is said, nothing typed lost."""
    version, did = form.number("version"), ""
    try:
        if thing == "brief":
            brief = documents.parse(form.text("brief"), Brief, source="brief")
            changed = desk.serving.set_brief(campaign_id, brief, visit.actor, version)
            did = f"&voided={len(changed.voided)}&kept={len(changed.kept)}"
        elif thing == "fallback":
            desk.serving.set_fallback(campaign_id, _copy_of(form), visit.actor, version)
        else:
            named = [one for one in TOOLS if form.text(f"dialects.{one}")]
            desk.serving.set_dialects(campaign_id, named, visit.actor, version)
    except (Conflict, Forbidden, InputError) as error:
        return campaign_page(desk, visit, campaign_id, error=error, typed=form)
    return RedirectResponse(f"/campaigns/{campaign_id}?done={thing}{did}", HTTPStatus.SEE_OTHER)


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
    after: tuple[int, int] = (0, 0),
    error: CopydeskError | None = None,
    typed: SentForm | None = None,
) -> Response:
    """Return the campaign's page, with what was done or could not be.

    `after` counts the copy that a changed brief took back, and that which is served on.
    """
    found = desk.serving.campaign(campaign_id, visit.actor)
    with desk.store.transaction() as tx:
        served = tx.library.served(campaign_id)
        stored = _stored(tx, campaign_id)
    shelf = Shelf.of(found, served, desk.policy.sha256, desk.serving.recipient_key)
    return page(
        visit,
        "campaign.html",
        error.status if error else HTTPStatus.OK,
        campaign=found,
        shelf=shelf,
        ending=next_ending(found, desk.clock()),
        pushes=desk.pushing.of_campaign(campaign_id, visit.actor),
        exports=desk.pushing.exports_of(campaign_id, visit.actor),
        targets=sorted(desk.pushing.targets.of(found.brand.name)),
        dialects=TOOLS,
        brief=(typed.text("brief") if typed else "") or _as_yaml(found.brief),
        typed=typed,
        done=done,
        voided=after[0],
        kept=after[1],
        error=error,
        now=desk.clock(),
        **stored,
    )


def _stored(tx: Transaction, campaign_id: str) -> dict[str, Any]:
    """Return what is counted of a campaign, what waits for people, and what divides recipients."""
    return {
        "outcomes": tx.outcomes.count(campaign_id),
        "machines": _by_machines(tx.outcomes.tally(campaign_id)),
        "pulls": tx.pulls.count(campaign_id),
        "glance": tx.library.tally("campaign").get(campaign_id, LibraryCount()),
        "waiting": tx.reviews.find(ReviewQuery(OPEN, campaign=campaign_id)),
        "experiments": tx.experiments.in_force(campaign_id),
    }


def _as_yaml(brief: Brief) -> str:
    plain = brief.model_dump(mode="json", exclude_none=True)
    return yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=88)
