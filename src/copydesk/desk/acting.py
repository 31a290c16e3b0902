"""What every act on a review item goes through: who acts, on which version, and the record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from copydesk.access import Actor, Role
from copydesk.desk.facts import Facts, facts_now, stand
from copydesk.desk.parts import DECIDERS, READERS, Checks, Clock, must_stand_at, record
from copydesk.desk.standards import Standards
from copydesk.desk.trusting import settle
from copydesk.errors import StaleVersion
from copydesk.guardrails import Finding, Severity, Submission
from copydesk.publishing import approval_hash
from copydesk.review_queue import Act, Case, Deed, Demands, Policy, Reviewer, ReviewItem, move
from copydesk.review_queue.effects import told
from copydesk.review_queue.signing import seen_by
from copydesk.storage import Store, Transaction
from copydesk.storage.stored import missing
from copydesk.variants import Copy

PAST = {
    Act.CLAIM: "review.claimed",
    Act.APPROVE: "review.approved",
    Act.EDIT: "review.edited",
    Act.REJECT: "review.rejected",
    Act.ESCALATE: "review.escalated",
    Act.RELEASE: "review.released",
    Act.APPROVE_WITH_EDIT: "review.approved_with_edit",
    Act.REQUEST_CHANGES: "review.changes_requested",
    Act.ANSWER: "review.answered",
    Act.DISMISS: "review.dismissed",
}

Also = Callable[[Transaction, ReviewItem], None]
"""What else happens in the transaction of an act."""


def nothing_else(_: Transaction, __: ReviewItem) -> None:
    """Do nothing more."""


class Acting:
    """Moves items, for the services that know why."""

    def __init__(
        self,
        store: Store,
        checker: Checks,
        policy: Policy,
        clock: Clock,
        reviewers: Mapping[str, str],
    ) -> None:
        self.store = store
        self.checker = checker
        self.policy = policy
        self.clock = clock
        self.reviewers = reviewers
        """By its id, the reviewer role that each rule in force names which names one."""
        self.standards = Standards(store, policy, checker, clock)

    def reviewer(self, actor: Actor, item: ReviewItem) -> Reviewer:
        """Return the actor as one who decides on copy of the item's brand. Raises Forbidden."""
        brand = item.brand.name
        actor.must_be(*DECIDERS, brand=brand)
        return Reviewer(
            actor.name,
            may_approve=actor.may(Role.APPROVER, brand=brand),
            speaks_for=self.policy.speaks_for(actor.reviews_as),
        )

    def reviewer_of(self, item_id: str, actor: Actor) -> Reviewer:
        """Return the actor as one who decides on the item; the brand of an item never changes.

        Raises:
            NotFound: there is no such item, or it is not the actor's to see.
            Forbidden: the actor may see it, and not decide on it.
        """
        actor.brands(*DECIDERS)
        with self.store.transaction() as tx:
            return self.reviewer(actor, readable(tx, item_id, actor))

    def role_of(self, finding: Finding) -> str | None:
        """Return the reviewer role that the finding's rule names, or None."""
        return self.reviewers.get(finding.rule)

    def demands(self, item: ReviewItem) -> Demands:
        """Return whose signatures the item needs; a dismissed finding still asks for its role."""
        grave = (Severity.BLOCK, Severity.REVIEW)
        found = [one for one in item.checked.findings if one.severity in grave]
        named = [role for one in found if (role := self.role_of(one)) is not None]
        case = Case(item.brief, item.audience, item.brand, item.checked)
        return self.policy.signed_by(case, named)

    def hash_of(self, item: ReviewItem, facts: Facts | None = None) -> str:
        """Return what an approval of the item binds, on these facts or on its own."""
        own = (item.brief, item.brand, item.audience)
        return approval_hash(item.copy_now, *(facts or own), self.policy.sha256)

    def to_check(
        self, item_id: str, version: int | None, copy: Copy | None = None
    ) -> Iterator[Submission]:
        """Yield what an act is about to check: other copy, or the same on other facts."""
        with self.store.transaction() as tx:
            item = read(tx, item_id, version)
            facts = facts_now(item, tx.campaigns.get(item.campaign))
        if copy is not None or not stand(item, facts):
            yield Submission(copy or item.copy_now, *facts)

    def move(
        self,
        tx: Transaction,
        item: ReviewItem,
        act: Act,
        by: Reviewer,
        deed: Deed,
        past: str | None = None,
        **more: object,
    ) -> ReviewItem:
        """Store the item after the act, with the event `past` on the record."""
        now = self.clock()
        moved = move(item, act, by, now, deed)
        tx.reviews.save(moved, item.version)
        details = {**_details(item, moved), "role": by.role, **more}
        record(tx, item.id, past or PAST[act], by.name, now, **details)
        settle(tx, moved, self.policy)
        return seen_by(by.name, moved)


def read(tx: Transaction, item_id: str, version: int | None) -> ReviewItem:
    """Return the item at the version that the caller read.

    Raises:
        NotFound, VersionRequired
        StaleVersion: it changed since, with what was done to it meanwhile.
    """
    item = tx.reviews.get(item_id)
    try:
        must_stand_at(item, version)
    except StaleVersion as error:
        raise StaleVersion(f"{error.message}{told(item)}") from None
    return item


def readable(tx: Transaction, item_id: str, actor: Actor) -> ReviewItem:
    """Return the item for a reader of its brand's queue, or for the one who asked for the copy.

    Raises:
        Forbidden: the actor reads no queue and asks for nothing.
        NotFound: there is no such item, or it is not the actor's to see.
    """
    actor.brands(*READERS, Role.REQUESTER)
    item = tx.reviews.get(item_id)
    if not may_read(item, actor):
        raise missing("review item", item_id)
    return item


def may_read(item: ReviewItem, actor: Actor) -> bool:
    """Return whether the item is the actor's to see."""
    brand = item.brand.name
    is_own = item.requester == actor.name and actor.may(Role.REQUESTER, brand=brand)
    return is_own or actor.may(*READERS, brand=brand)


def _details(before: ReviewItem, after: ReviewItem) -> dict[str, object]:
    """Return what the record keeps of an act: enough to explain it without the item."""
    new = after.decisions[len(before.decisions) :]
    details: dict[str, object] = {
        "version": after.version,
        "campaign": after.campaign,
        "variant": after.variant.id,
        "note": new[-1].note if new else None,
        "reason": new[-1].reason if new else None,
        "approval_hash": after.approval_hash,
    }
    if after.copy_now != before.copy_now:
        details["before"] = before.copy_now.model_dump(mode="json")
        details["after"] = after.copy_now.model_dump(mode="json")
        details["verdict"] = after.checked.verdict.value
    return {name: value for name, value in details.items() if value is not None}
