"""The review queue as its users know it: what waits, and deciding on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from copydesk.access import Actor, Role
from copydesk.desk.facts import Facts, facts_now, on_facts, stand
from copydesk.desk.parts import (
    DECIDERS,
    READERS,
    Checks,
    Clock,
    checked_and_bound,
    must_stand_at,
    record,
)
from copydesk.desk.standards import Standards
from copydesk.desk.trusting import settle
from copydesk.errors import BlockedCopy, Conflict, StaleVersion
from copydesk.guardrails import Severity, Submission, Verdict
from copydesk.publishing import ApprovedCopy, approval_hash
from copydesk.review_queue import (
    Act,
    AuditEvent,
    Deed,
    Policy,
    Reviewer,
    ReviewItem,
    ReviewQuery,
    State,
    allow,
    move,
    with_facts,
)
from copydesk.storage import Store, Transaction
from copydesk.variants import Copy

PAST = {
    Act.CLAIM: "review.claimed",
    Act.APPROVE: "review.approved",
    Act.EDIT: "review.edited",
    Act.REJECT: "review.rejected",
    Act.ESCALATE: "review.escalated",
    Act.RELEASE: "review.released",
}


class Reviewing:
    """Reads and moves review items.

    Every act raises Forbidden without the role reviewer or approver, NotFound, VersionRequired,
    StaleVersion, and what `review_queue.allow` raises.
    """

    def __init__(
        self,
        store: Store,
        checker: Checks,
        policy: Policy,
        clock: Clock,
        lease: timedelta = timedelta(minutes=15),
    ) -> None:
        self._store = store
        self._checker = checker
        self._policy = policy
        self._clock = clock
        self._lease = lease
        self._standards = Standards(store, policy, checker, clock)

    def find(self, query: ReviewQuery, actor: Actor) -> Sequence[ReviewItem]:
        """Return a page of items, oldest first; a claim that ran out counts as waiting."""
        actor.must_be(*READERS)
        with self._store.transaction() as tx:
            return list(islice(_matching(tx, query, self._clock()), query.limit))

    def count(self, actor: Actor) -> dict[State, int]:
        """Return how many items are in each state, zeros included."""
        actor.must_be(*READERS)
        with self._store.transaction() as tx:
            return tx.reviews.count()

    def get(self, item_id: str, actor: Actor) -> ReviewItem:
        """Return the item. Raises NotFound."""
        actor.must_be(*READERS)
        with self._store.transaction() as tx:
            return tx.reviews.get(item_id)

    def siblings(self, item: ReviewItem) -> Sequence[ReviewItem]:
        """Return the other items of the same generation: what else was written for the brief."""
        query = ReviewQuery(generation_id=item.generation_id)
        with self._store.transaction() as tx:
            return [other for other in tx.reviews.find(query) if other.id != item.id]

    def history(self, item_id: str, actor: Actor) -> Sequence[AuditEvent]:
        """Return what the record says about the item, in order."""
        actor.must_be(*READERS)
        with self._store.transaction() as tx:
            return tx.audit.about(item_id)

    def claim(self, item_id: str, actor: Actor, version: int | None) -> ReviewItem:
        """Hold the item for the time of a lease; claim again to hold it longer."""
        return self._act(item_id, Act.CLAIM, actor, version, Deed(lease=self._lease))

    def release(self, item_id: str, actor: Actor, version: int | None) -> ReviewItem:
        """Give the item back."""
        return self._act(item_id, Act.RELEASE, actor, version, Deed())

    def escalate(
        self, item_id: str, actor: Actor, version: int | None, note: str | None
    ) -> ReviewItem:
        """Leave the item to an approver. Raises InputError without a note."""
        return self._act(item_id, Act.ESCALATE, actor, version, Deed(note=note))

    def reject(
        self,
        item_id: str,
        actor: Actor,
        version: int | None,
        reason: str,
        note: str | None = None,
    ) -> ReviewItem:
        """Turn the copy down for good; an earlier approval of it is withdrawn.

        Raises InputError when the reason is not a `Reason`, or is `other` without a note.
        """
        by = _reviewer(actor)
        with self._store.transaction() as tx:
            item = _read(tx, item_id, version)
            moved = self._move(tx, item, Act.REJECT, by, Deed(note=note, reason=reason))
            if any(copy.id == item.variant.id for copy in tx.library.served(item.campaign)):
                tx.library.withdraw(item.campaign, item.variant.id, f"rejected: {reason}")
            return moved

    def edit(
        self,
        item_id: str,
        actor: Actor,
        version: int | None,
        copy: Copy,
        note: str | None = None,
    ) -> ReviewItem:
        """Change the copy: it is checked again, on the campaign's facts of now.

        The editor is an author from then on and cannot approve it. A blocking finding does not
        stop the edit; the copy then waits for another one.
        """
        by = _reviewer(actor)
        self._checker.consider_now(self._to_check(item_id, version, copy))
        with self._store.transaction() as tx:
            item = _read(tx, item_id, version)
            facts = facts_now(item, tx.campaigns.get(item.campaign))
            checked = checked_and_bound(self._checker, Submission(copy, *facts))
            deed = Deed(note=note, copy=copy, checked=checked)
            return self._move(tx, on_facts(item, facts), Act.EDIT, by, deed)

    def approve(
        self, item_id: str, actor: Actor, version: int | None, note: str | None = None
    ) -> ReviewItem:
        """Sign the copy; from then on it is served.

        Nobody signs what they have not read: when the campaign's facts changed since the item was
        checked, the item is brought up to date first, and the signature refused.

        Raises:
            SelfApproval: the actor asked for the copy, or edited it.
            BlockedCopy: a blocking finding stands.
            StaleVersion: the item changed, or its campaign did.
        """
        by, now = _reviewer(actor), self._clock()
        self._checker.consider_now(self._to_check(item_id, version))
        self._standards.noted()
        with self._store.transaction() as tx:
            item = _read(tx, item_id, version)
            allow(item, Act.APPROVE, by, now)
            facts = facts_now(item, tx.campaigns.get(item.campaign))
            if stand(item, facts):
                return self._sign(tx, item, facts, by, note)
            refusal = self._bring_up_to_date(tx, item, facts)
        raise refusal

    def _to_check(
        self, item_id: str, version: int | None, copy: Copy | None = None
    ) -> Iterator[Submission]:
        """Yield what an act is about to check: other copy, or the same on other facts."""
        with self._store.transaction() as tx:
            item = _read(tx, item_id, version)
            facts = facts_now(item, tx.campaigns.get(item.campaign))
        if copy is not None or not stand(item, facts):
            yield Submission(copy or item.copy_now, *facts)

    def _sign(
        self, tx: Transaction, item: ReviewItem, facts: Facts, by: Reviewer, note: str | None
    ) -> ReviewItem:
        signed = approval_hash(item.copy_now, *facts, self._policy.sha256)
        deed = Deed(note=note, approval_hash=signed)
        in_force = self._standards.hashes._asdict()
        approved = self._move(tx, on_facts(item, facts), Act.APPROVE, by, deed, **in_force)
        tx.library.add(
            ApprovedCopy(
                id=approved.variant.id,
                campaign=approved.campaign,
                audience_id=approved.audience.id,
                copy_=approved.copy_now,
                approval_hash=signed,
                approved_by=by.name,
                approved_at=approved.updated_at,
                review_id=approved.id,
                generation_id=approved.generation_id,
            )
        )
        return approved

    def _bring_up_to_date(self, tx: Transaction, item: ReviewItem, facts: Facts) -> Conflict:
        """Store the item on the campaign's facts of now, and return why it was not signed."""
        checked = checked_and_bound(self._checker, Submission(item.copy_now, *facts))
        now = self._clock()
        fresh = with_facts(item, facts, checked, now)
        tx.reviews.save(fresh, item.version)
        details = {"version": fresh.version, "verdict": checked.verdict.value}
        record(tx, item.id, "review.rechecked", "copydesk", now, **details)
        if checked.verdict is Verdict.BLOCK:
            found = [f.message for f in checked.findings if f.severity is Severity.BLOCK]
            return BlockedCopy(f"The campaign changed, and this copy no longer fits: {found[0]}")
        return StaleVersion(
            "The campaign changed since this item was checked. It was checked again and shows the "
            "facts of now: read it, then decide."
        )

    def _act(
        self, item_id: str, act: Act, actor: Actor, version: int | None, deed: Deed
    ) -> ReviewItem:
        by = _reviewer(actor)
        with self._store.transaction() as tx:
            return self._move(tx, _read(tx, item_id, version), act, by, deed)

    def _move(
        self,
        tx: Transaction,
        item: ReviewItem,
        act: Act,
        by: Reviewer,
        deed: Deed,
        **more: object,
    ) -> ReviewItem:
        now = self._clock()
        moved = move(item, act, by, now, deed)
        tx.reviews.save(moved, item.version)
        details = {**_details(item, moved), "role": by.role, **more}
        record(tx, item.id, PAST[act], by.name, now, **details)
        settle(tx, moved, self._policy)
        return moved


def _reviewer(actor: Actor) -> Reviewer:
    actor.must_be(*DECIDERS)
    return Reviewer(actor.name, may_approve=Role.APPROVER in actor.roles)


def _read(tx: Transaction, item_id: str, version: int | None) -> ReviewItem:
    item = tx.reviews.get(item_id)
    must_stand_at(item, version)
    return item


def _details(before: ReviewItem, after: ReviewItem) -> dict[str, object]:
    """Return what the record keeps of an act: enough to explain it without the item."""
    decision = after.decisions[-1]
    details: dict[str, object] = {
        "version": after.version,
        "campaign": after.campaign,
        "variant": after.variant.id,
        "note": decision.note,
        "reason": decision.reason,
        "approval_hash": after.approval_hash,
    }
    if after.copy_now != before.copy_now:
        details["before"] = before.copy_now.model_dump(mode="json")
        details["after"] = after.copy_now.model_dump(mode="json")
        details["verdict"] = after.checked.verdict.value
    return {name: value for name, value in details.items() if value is not None}


def _matching(tx: Transaction, query: ReviewQuery, now: datetime) -> Iterator[ReviewItem]:
    """Yield the items that a query means: one whose lease ran out is waiting, not claimed."""
    wanted = query._replace(states=_stored_states(query.states))
    while page := tx.reviews.find(wanted):
        for item in page:
            if not query.states or item.state_at(now) in query.states:
                yield item
        wanted = wanted._replace(after=page[-1].id)


def _stored_states(states: tuple[State, ...]) -> tuple[State, ...]:
    return (*states, State.CLAIMED) if State.WAITING in states else states
