"""Recall by rules: what was approved is checked again when the rules or the policy are others.

Rules change with a new pack, and by the calendar: a law enters into force. Neither is bound by an
approval, so what they find is withdrawn here, and goes back to review. An approval that another
policy voids goes back, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from copydesk.desk.facts import Recheck, open_items
from copydesk.desk.parts import SYSTEM, Checks, Clock, record
from copydesk.desk.standards import Standards
from copydesk.guardrails import Finding, Severity, Submission
from copydesk.publishing import ApprovedCopy, Campaign, holds
from copydesk.publishing.leaning import worse
from copydesk.review_queue import AuditQuery, Policy
from copydesk.storage import Store, Transaction

RECHECKED, RECALLED = "rules.rechecked", "copy.recalled"
GRAVE = (Severity.BLOCK, Severity.REVIEW)


class Swept(NamedTuple):
    """What a sweep found."""

    checked: int = 0
    """Approved copies that were held against the rules of now."""
    recalled: tuple[str, ...] = ()
    """Ids of those that are served no longer."""

    def plus(self, other: Swept) -> Swept:
        """Return both together."""
        return Swept(self.checked + other.checked, (*self.recalled, *other.recalled))


class Sweeping:
    """Holds all approved copy against the rules and the policy in force, once a day and change."""

    def __init__(self, store: Store, checks: Checks, policy: Policy, clock: Clock) -> None:
        self._store = store
        self._checks = checks
        self._policy = policy
        self._clock = clock
        self._standards = Standards(store, policy, checks, clock)

    def steps(self) -> Iterator[Swept]:
        """Sweep if it is due, and yield what was found so far after each campaign."""
        swept = Swept()
        for campaign_id in self._due() or ():
            swept = swept.plus(self._of_campaign(campaign_id))
            yield swept
        self._done(swept)

    def _due(self) -> Sequence[str] | None:
        """Return the ids of the campaigns to sweep, or None when that was done for today."""
        with self._store.transaction() as tx:
            if tx.audit.entries(AuditQuery((self._subject(),), RECHECKED, limit=1)):
                return None
            return [campaign.id for campaign in tx.campaigns.all()]

    def _of_campaign(self, campaign_id: str) -> Swept:
        """Check all that is approved for a campaign again, in one transaction."""
        self._checks.consider_now(self._submissions(campaign_id))
        with self._store.transaction() as tx:
            return self._one(tx, tx.campaigns.get(campaign_id))

    def _done(self, swept: Swept) -> None:
        """Put a whole sweep on the record, unless there was nothing to check."""
        if not swept.checked and not swept.recalled:
            return
        self._standards.noted()
        details = {"checked": swept.checked, "recalled": list(swept.recalled)}
        with self._store.transaction() as tx:
            record(tx, self._subject(), RECHECKED, SYSTEM, self._clock(), **details)

    def _subject(self) -> str:
        policy, rules = self._standards.hashes
        return f"sweep:{self._clock().date()}:{policy}:{rules}"

    def _submissions(self, campaign_id: str) -> Iterator[Submission]:
        with self._store.transaction() as tx:
            campaign = tx.campaigns.get(campaign_id)
            held = [self._submission(copy, campaign) for copy in self._held(tx, campaign)]
        yield from held

    def _held(self, tx: Transaction, campaign: Campaign) -> Iterator[ApprovedCopy]:
        for copy in tx.library.served(campaign.id):
            if holds(copy, campaign, self._policy.sha256):
                yield copy

    def _submission(self, copy: ApprovedCopy, campaign: Campaign) -> Submission:
        audience = campaign.audiences[copy.audience_id]
        return Submission(copy.copy_, campaign.brief, campaign.brand, audience)

    def _one(self, tx: Transaction, campaign: Campaign) -> Swept:
        now = self._clock()
        recheck = Recheck(tx, self._checks, self._policy.sha256, campaign, SYSTEM, now)
        reviewed = frozenset(item.variant.id for item in open_items(tx, campaign.id))
        void = _Void(tx, recheck, reviewed)
        held = list(self._held(tx, campaign))
        for copy in held:
            if found := self._found(recheck, copy, campaign, now):
                void.withdraw(copy, found)
        for copy in recheck.void():
            void.requeue(copy)
        void.tell(campaign, now)
        return Swept(len(held), tuple(void.recalled))

    def _found(
        self, recheck: Recheck, copy: ApprovedCopy, campaign: Campaign, now: datetime
    ) -> tuple[Finding, ...]:
        """Return what the rules of now find, and those of the signature did not."""
        signed = recheck.checked_when_signed(copy)
        if signed is None:
            return ()
        submission = self._submission(copy, campaign)
        found = worse(signed, self._checks.check(submission))
        return found or self._found_by_date(submission, campaign, now)

    def _found_by_date(
        self, submission: Submission, campaign: Campaign, now: datetime
    ) -> tuple[Finding, ...]:
        """Return what rules find that entered into force after the planned day of sending."""
        since, today = campaign.brief.send_at.date(), now.date()
        begun = {
            rule.id
            for rule in self._standards.book or ()
            if rule.in_force_from is not None and since < rule.in_force_from <= today
        }
        if not begun:
            return ()
        brief = campaign.brief.model_copy(update={"send_at": now})
        checked = self._checks.check(replace(submission, brief=brief))
        return tuple(f for f in checked.findings if f.rule in begun and f.severity in GRAVE)


@dataclass(slots=True)
class _Void:
    """What of a campaign is not served any more."""

    tx: Transaction
    recheck: Recheck
    reviewed: frozenset[str]
    """Ids of the variants that are in review already."""
    recalled: list[str] = field(default_factory=list)
    requeued: list[str] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)

    def withdraw(self, copy: ApprovedCopy, found: Sequence[Finding]) -> None:
        """Stop serving copy for what the rules of now find in it."""
        names = list(dict.fromkeys(finding.rule for finding in found))
        because = f"The rules changed since: {', '.join(names)}"
        self.tx.library.withdraw(copy.campaign, copy.id, because)
        self.rules += [name for name in names if name not in self.rules]
        self.recalled.append(copy.id)
        self._requeue(copy, f"{because}. The approval by {copy.approved_by} is void.")

    def requeue(self, copy: ApprovedCopy) -> None:
        """Put copy back whose approval holds no more, unless it was put back already."""
        if self._requeue(copy, None):
            self.recalled.append(copy.id)

    def tell(self, campaign: Campaign, at: datetime) -> None:
        """Put it on the record, with what became of it; who must know is told."""
        if self.recalled:
            details = {"voided": self.recalled, "requeued": self.requeued, "rules": self.rules}
            record(self.tx, campaign.id, RECALLED, SYSTEM, at, **details)

    def _requeue(self, copy: ApprovedCopy, because: str | None) -> bool:
        if copy.id in self.reviewed:
            return False
        item_id = self.recheck.requeue(copy, because)
        self.requeued += [item_id] if item_id is not None else []
        return item_id is not None
