"""Recall: what leans on a change is void at once, and goes back to review; the rest holds.

An approval binds everything, and any change voids it. Copy that rests on nothing of what changed,
and in which the check finds nothing new, is bound anew in the same transaction, on its signer's
name and on the record. See docs/decisions/0017-recall-by-bindings.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from copydesk.briefs import Brief
from copydesk.desk.facts import Recheck
from copydesk.desk.parts import Checks, record
from copydesk.guardrails import Submission
from copydesk.guardrails.unavailable import UNAVAILABLE
from copydesk.publishing import (
    ANYONE,
    FALLBACK_ID,
    ApprovedCopy,
    Campaign,
    approval_hash,
    fallback_hash,
    fallback_holds,
    holds,
    without_offer,
)
from copydesk.publishing.leaning import leans, worse
from copydesk.storage import Transaction

REBOUND = "copy.rebound"


class Recalled(NamedTuple):
    """What a change did to approvals, by the ids of the copy."""

    voided: tuple[str, ...] = ()
    """Served until now, and no longer; `fallback` among them."""
    requeued: tuple[str, ...] = ()
    """Review items that void approvals were put back as."""
    kept: tuple[str, ...] = ()
    """Leans on nothing that changed: bound anew, and served on."""


@dataclass(frozen=True, slots=True)
class Recall:
    """Holds a campaign's approvals against a change of it, in one transaction."""

    tx: Transaction
    checks: Checks
    policy: str
    """Hash of the routing policy."""
    before: Campaign
    after: Campaign
    changed: Collection[str]
    """What changed, as bindings name it: see `publishing.leaning`."""
    actor: str
    now: datetime

    @property
    def recheck(self) -> Recheck:
        """What brings items and approvals up to the campaign after the change."""
        return Recheck(self.tx, self.checks, self.policy, self.after, self.actor, self.now)

    def submissions(self) -> Iterator[Submission]:
        """Yield all that will be checked."""
        yield from self.recheck.submissions()
        fallback = self.before.fallback
        if fallback is not None and self._fallback_is_void():
            for brief in (self._bound_brief(self.before), self._bound_brief(self.after)):
                yield Submission(fallback.copy_, brief, self.after.brand, ANYONE)

    def with_fallback(self) -> Campaign:
        """Return the campaign after the change, its fallback bound anew if it leans on nothing."""
        fallback = self.after.fallback
        if fallback is None or not self._fallback_is_void() or self._fallback_leans(fallback):
            return self.after
        signed = fallback_hash(
            fallback.copy_, self.after, self.policy, leans_on_offer=self._leans_on_offer()
        )
        self._rebound(fallback, signed, self.after.id)
        bound = fallback.model_copy(update={"approval_hash": signed})
        return self.after.model_copy(update={"fallback": bound})

    def run(self) -> Recalled:
        """Check what is in review, void what leans on the change, and bind the rest anew."""
        recheck = self.recheck
        reviewed = recheck.open_items()
        void = recheck.void()
        kept = [copy for copy in void if self._may_stay(copy)]
        for copy in kept:
            self._bind_anew(copy)
        lost = [copy for copy in void if copy not in kept]
        fresh = [recheck.requeue(copy) for copy in lost if copy.id not in reviewed]
        voided = [copy.id for copy in lost if holds(copy, self.before, self.policy)]
        if fallback_holds(self.before, self.policy) and not fallback_holds(self.after, self.policy):
            voided.append(FALLBACK_ID)
        requeued = tuple(item_id for item_id in fresh if item_id is not None)
        return Recalled(tuple(voided), requeued, tuple(copy.id for copy in kept))

    def _may_stay(self, copy: ApprovedCopy) -> bool:
        """Return whether it was served until now, leans on no change, and checks no worse."""
        audience = self.before.audiences.get(copy.audience_id)
        unchanged = audience is not None and audience == self.after.audiences.get(copy.audience_id)
        if audience is None or not unchanged or not holds(copy, self.before, self.policy):
            return False
        signed = self.recheck.checked_when_signed(copy)
        was = Submission(copy.copy_, self.before.brief, self.before.brand, audience)
        if signed is None or self._leans(was):
            return False
        now = Submission(copy.copy_, self.after.brief, self.after.brand, audience)
        return not worse(signed, self.checks.check(now))

    def _leans(self, was: Submission) -> bool:
        cta = was.brief.cta if was.brief is not None else None
        return leans(was.copy, self.checks.resolved(was), self.changed, cta)

    def _bind_anew(self, copy: ApprovedCopy) -> None:
        facts = (self.after.brief, self.after.brand, self.after.audiences[copy.audience_id])
        signed = approval_hash(copy.copy_, *facts, self.policy)
        self.tx.library.add(copy.model_copy(update={"approval_hash": signed}))
        self._rebound(copy, signed, copy.review_id or copy.id)

    def _rebound(self, copy: ApprovedCopy, signed: str, subject: str) -> None:
        details = {
            "campaign": self.after.id,
            "audience": copy.audience_id,
            "variant": copy.id,
            "was": copy.approval_hash,
            "hash": signed,
            "policy": self.policy,
            "changed": sorted(self.changed),
            "version": self.after.version,
        }
        record(self.tx, subject, REBOUND, self.actor, self.now, **details)

    def _fallback_is_void(self) -> bool:
        held = fallback_holds(self.before, self.policy)
        return held and not fallback_holds(self.after, self.policy)

    def _leans_on_offer(self) -> bool:
        fallback = self.before.fallback
        if fallback is None:
            return False
        bare = fallback_hash(fallback.copy_, self.before, self.policy, leans_on_offer=False)
        return bare != fallback.approval_hash

    def _bound_brief(self, campaign: Campaign) -> Brief:
        return campaign.brief if self._leans_on_offer() else without_offer(campaign.brief)

    def _fallback_leans(self, fallback: ApprovedCopy) -> bool:
        was = Submission(fallback.copy_, self._bound_brief(self.before), self.before.brand, ANYONE)
        if self._leans(was):
            return True
        now = Submission(fallback.copy_, self._bound_brief(self.after), self.after.brand, ANYONE)
        found = self.checks.check(now)
        failed = any(finding.category == UNAVAILABLE for finding in found.findings)
        return failed or bool(worse(self.checks.check(was), found))
