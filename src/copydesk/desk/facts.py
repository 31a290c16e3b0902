"""Holding review items and approvals against the campaign as it stands now."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from copydesk.audiences import Audience
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief
from copydesk.desk.parts import SYSTEM, Checks, checked_and_bound, record
from copydesk.errors import Conflict
from copydesk.guardrails import Checked, Submission
from copydesk.publishing import ApprovedCopy, Campaign, approval_hash, holds
from copydesk.ranking import Scored
from copydesk.review_queue import OPEN, ReviewItem, ReviewQuery, with_facts
from copydesk.review_queue.effects import with_author
from copydesk.storage import Transaction
from copydesk.variants import Variant

PAGE = 200
REQUEUED_BY = "facts-changed"
VOID = "The campaign changed: the approval by {0.approved_by} is void."

Facts = tuple[Brief, Brand, Audience]


def facts_now(item: ReviewItem, campaign: Campaign) -> Facts:
    """Return brief, brand and audience as the campaign has them.

    Raises:
        Conflict: the campaign has no such audience any more.
    """
    audience = campaign.audiences.get(item.audience.id)
    if audience is None:
        raise Conflict(
            f"Campaign {campaign.id} has no audience {item.audience.id} any more: this copy would "
            "never be served. Reject it, or ask for copy for that audience again."
        )
    return campaign.brief, campaign.brand, audience


def on_facts(item: ReviewItem, facts: Facts) -> ReviewItem:
    """Return the item on these facts, with its check as it was.

    What was dismissed on other facts is dismissed no more.
    """
    brief, brand, audience = facts
    dismissed = item.dismissed if stand(item, facts) else ()
    update = {"brief": brief, "brand": brand, "audience": audience, "dismissed": dismissed}
    return item.model_copy(update=update)


def stand(item: ReviewItem, facts: Facts) -> bool:
    """Return whether the item was checked against these facts, as far as an approval binds them."""
    seen = approval_hash(item.copy_now, item.brief, item.brand, item.audience, "")
    return seen == approval_hash(item.copy_now, *facts, "")


def open_items(tx: Transaction, campaign_id: str) -> Iterator[ReviewItem]:
    """Yield every item of the campaign that still needs a decision, oldest first."""
    query = ReviewQuery(states=OPEN, campaign=campaign_id, limit=PAGE)
    while page := tx.reviews.find(query):
        yield from page
        query = query._replace(after=page[-1].id)


def authored(
    tx: Transaction, campaign_id: str, audience_id: str, name: str, now: datetime
) -> list[str]:
    """Make whoever changed an audience an author of what is in review for it, as of a brief.

    The next who wants to sign it is shown the new facts first. Returns the ids of those items.
    """
    found = []
    for item in list(open_items(tx, campaign_id)):
        if item.audience.id == audience_id and name not in item.authors:
            update = {
                "editors": with_author(item.editors, name),
                "undoable": None,
                "version": item.version + 1,
                "updated_at": now,
            }
            tx.reviews.save(item.model_copy(update=update), item.version)
            found.append(item.id)
    return found


class Origin(NamedTuple):
    """Where approved copy came from, as a new review of it needs to know."""

    generation_id: str
    requester: str
    variant: Variant
    score: Scored | None
    editors: tuple[str, ...]
    checked: Checked
    """As whoever signed it saw it."""


@dataclass(frozen=True, slots=True)
class Recheck:
    """Brings a campaign's items and approvals up to date with its facts."""

    tx: Transaction
    checks: Checks
    policy: str
    """Hash of the routing policy."""
    campaign: Campaign
    """As it stands, after the change."""
    actor: str
    """Who changed it: an author from now on of all that leans on it."""
    now: datetime

    def open_items(self) -> frozenset[str]:
        """Check every open item against the new facts; return the ids of their variants.

        Their versions grow, so nobody can sign them without reading the new facts.
        """
        variants = set()
        for item in list(open_items(self.tx, self.campaign.id)):
            variants.add(item.variant.id)
            if item.audience.id in self.campaign.audiences:
                self._refresh(item)
        return frozenset(variants)

    def submissions(self) -> Iterator[Submission]:
        """Yield all that will be checked: open items, and approved copy that is void."""
        reviewed = set()
        for item in list(open_items(self.tx, self.campaign.id)):
            reviewed.add(item.variant.id)
            if item.audience.id in self.campaign.audiences:
                facts = facts_now(item, self.campaign)
                if not stand(item, facts):
                    yield Submission(item.copy_now, *facts)
        for approved in self.void():
            audience = self.campaign.audiences.get(approved.audience_id)
            if audience is not None and approved.id not in reviewed:
                facts = (self.campaign.brief, self.campaign.brand, audience)
                yield Submission(approved.copy_, *facts)

    def void(self) -> Sequence[ApprovedCopy]:
        """Return the approvals that do not hold any more."""
        served = self.tx.library.served(self.campaign.id)
        return [copy for copy in served if not holds(copy, self.campaign, self.policy)]

    def checked_when_signed(self, approved: ApprovedCopy) -> Checked | None:
        """Return the check that its signature was put under, or None where none is kept."""
        origin = self._origin(approved)
        return origin.checked if origin is not None else None

    def requeue(self, approved: ApprovedCopy, because: str | None = None) -> str | None:
        """Put copy whose approval is void back to review, and return the new item's id.

        None when there is nothing to go by: no audience, or neither review nor generation; and
        when it was put back before on these facts.
        """
        audience, origin = self.campaign.audiences.get(approved.audience_id), self._origin(approved)
        if audience is None or origin is None:
            return None
        item = self._new_item(approved, origin, audience, because or VOID.format(approved))
        try:
            self.tx.reviews.add(item)
        except Conflict:
            return None
        details = {"variant": approved.id, "was": approved.review_id, "verdict": _verdict(item)}
        record(self.tx, item.id, "review.requeued", self.actor, self.now, **details)
        return item.id

    def _refresh(self, item: ReviewItem) -> None:
        facts = facts_now(item, self.campaign)
        if stand(item, facts):
            return
        checked = checked_and_bound(self.checks, Submission(item.copy_now, *facts))
        fresh = with_facts(item, facts, checked, self.now, self.actor)
        self.tx.reviews.save(fresh, item.version)
        details = {"version": fresh.version, "verdict": _verdict(fresh)}
        record(self.tx, item.id, "review.rechecked", self.actor, self.now, **details)

    def _origin(self, approved: ApprovedCopy) -> Origin | None:
        if approved.review_id is not None:
            item = self.tx.reviews.get(approved.review_id)
            known = (item.generation_id, item.requester, item.variant, item.score, item.editors)
            return Origin(*known, item.checked)
        if approved.generation_id is None:
            return None
        generation = self.tx.generations.get(approved.generation_id)
        routed = next((one for one in generation.variants if one.variant.id == approved.id), None)
        if routed is None:
            return None
        by, checked = generation.requester, routed.checked
        return Origin(generation.id, by, routed.variant, routed.score, (), checked)

    def _new_item(
        self, approved: ApprovedCopy, origin: Origin, audience: Audience, because: str
    ) -> ReviewItem:
        facts = (self.campaign.brief, self.campaign.brand, audience)
        new_hash = approval_hash(approved.copy_, *facts, self.policy)
        return ReviewItem(
            id=_requeued_id(approved.review_id or approved.id, new_hash),
            generation_id=origin.generation_id,
            campaign=self.campaign.id,
            requester=origin.requester,
            variant=origin.variant,
            copy_now=approved.copy_,
            brief=self.campaign.brief,
            brand=self.campaign.brand,
            audience=audience,
            checked=checked_and_bound(self.checks, Submission(approved.copy_, *facts)),
            score=origin.score,
            routed_by=REQUEUED_BY,
            routed_because=because,
            editors=with_author(origin.editors, self.actor if self.actor != SYSTEM else None),
            created_at=self.now,
            updated_at=self.now,
        )


def _verdict(item: ReviewItem) -> str:
    return item.checked.verdict.value


def _requeued_id(old_id: str, new_hash: str) -> str:
    """Return the same id for the same copy on the same facts, so that nothing is queued twice."""
    return "rev_" + hashlib.sha256(f"{old_id}\x00{new_hash}".encode()).hexdigest()[:20]
