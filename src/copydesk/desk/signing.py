"""Approving, rejecting, and taking it back."""

from __future__ import annotations

from datetime import timedelta

from copydesk.access import Actor
from copydesk.desk.acting import Acting, Also, nothing_else, read
from copydesk.desk.facts import Facts, facts_now, on_facts, stand
from copydesk.desk.parts import checked_and_bound, record
from copydesk.desk.speaking import must_speak
from copydesk.desk.trusting import settle
from copydesk.errors import BlockedCopy, Conflict, Forbidden, StaleVersion
from copydesk.guardrails import Severity, Submission, Verdict
from copydesk.publishing import ApprovedCopy
from copydesk.publishing.marks import wrote
from copydesk.review_queue import (
    Act,
    Deed,
    Demands,
    Reviewer,
    ReviewItem,
    State,
    allow,
    with_facts,
)
from copydesk.review_queue.effects import may_undo, undone
from copydesk.review_queue.items import Undoable
from copydesk.review_queue.signing import Needs, must_add, needs, seen_by, signed, weigh
from copydesk.review_queue.states import Weighed
from copydesk.storage import Transaction


class Signing:
    """Takes decisions, counts the signatures that are needed, and undoes what was just done."""

    def __init__(self, acting: Acting, undo: timedelta) -> None:
        self._acting = acting
        self._undo = undo

    def approve(
        self,
        item_id: str,
        by: Reviewer,
        version: int | None,
        note: str | None = None,
        also: Also = nothing_else,
    ) -> ReviewItem:
        """Sign the copy; approved once nobody else is needed, from then on it is served.

        Raises Contradiction when a dialect of the campaign cannot write it.
        """
        desk, now = self._acting, self._acting.clock()
        desk.checker.consider_now(desk.to_check(item_id, version))
        desk.standards.noted()
        with desk.store.transaction() as tx:
            item = read(tx, item_id, version)
            allow(item, Act.APPROVE, by, now)
            campaign = tx.campaigns.get(item.campaign)
            must_speak(item.copy_now, campaign)
            facts = facts_now(item, campaign)
            if stand(item, facts):
                moved = self._sign(tx, on_facts(item, facts), by, note)
                also(tx, moved)
                return moved
            refusal = self._bring_up_to_date(tx, item, facts)
        raise refusal

    def reject(
        self,
        item_id: str,
        by: Reviewer,
        version: int | None,
        reason: str,
        note: str | None = None,
        also: Also = nothing_else,
    ) -> ReviewItem:
        """Turn the copy down; where two read it blind, only if both do."""
        desk = self._acting
        in_force = desk.standards.noted()._asdict()
        with desk.store.transaction() as tx:
            item = read(tx, item_id, version)
            allow(item, Act.REJECT, by, desk.clock())
            deed = self._rejection(tx, item, by, reason, note)
            past, signatures = _told(deed.weighed)
            moved = desk.move(tx, item, Act.REJECT, by, deed, past, **signatures, **in_force)
            if moved.state is State.REJECTED and deed.withdrew is not None:
                tx.library.withdraw(item.campaign, item.variant.id, deed.withdrew)
            also(tx, moved)
            return moved

    def needs(self, item: ReviewItem) -> Needs:
        """Return what stands and what is missing before the item is approved."""
        desk = self._acting
        return needs(item, desk.demands(item), desk.hash_of(item))

    def undo(self, item_id: str, actor: Actor, version: int | None) -> ReviewItem:
        """Take back the last act, if it was the actor's own and only just done.

        Raises:
            WrongMove, Forbidden, Conflict: as `effects.may_undo`; and Conflict where the approved
                copy was pulled meanwhile.
        """
        desk, now = self._acting, self._acting.clock()
        by = desk.reviewer_of(item_id, actor)
        with desk.store.transaction() as tx:
            item = read(tx, item_id, version)
            last = may_undo(item, by.name, now, self._undo)
            restored = undone(item, by.name, now, self._undo)
            tx.reviews.save(restored, item.version)
            if item.state is State.APPROVED:
                _take_back(tx, item)
            if last.withdrew is not None:
                _put_back(tx, item, last.withdrew)
            details = {"version": restored.version, "undid": last.act, **_taken_back(item, last)}
            record(tx, item.id, "review.undone", by.name, now, **details)
            settle(tx, restored, desk.policy)
        return seen_by(by.name, restored)

    def _sign(
        self, tx: Transaction, item: ReviewItem, by: Reviewer, note: str | None
    ) -> ReviewItem:
        desk = self._acting
        demands, bound = desk.demands(item), desk.hash_of(item)
        deed = Deed(note=note, approval_hash=bound)
        if demands.asked:
            weighed = self._weighed(item, by, demands, note=note)
            deed = Deed(note=note, approval_hash=bound, weighed=weighed)
        in_force = desk.standards.hashes._asdict()
        past, signatures = _told(deed.weighed)
        moved = desk.move(tx, item, Act.APPROVE, by, deed, past, **signatures, **in_force)
        if moved.state is State.APPROVED:
            tx.library.add(_approved(moved, bound, by))
        return moved

    def _rejection(
        self, tx: Transaction, item: ReviewItem, by: Reviewer, reason: str, note: str | None
    ) -> Deed:
        demands = self._acting.demands(item)
        blind = demands.blind and not item.blind_over and by.name not in item.authors
        weighed = None
        if blind and item.state is not State.CHANGES_REQUESTED:
            weighed = self._weighed(item, by, demands, note=note, reason=reason)
        served = any(copy.id == item.variant.id for copy in tx.library.served(item.campaign))
        is_final = weighed is None or weighed.state is State.REJECTED
        withdrew = f"rejected: {reason}" if served and is_final else None
        return Deed(note=note, reason=reason, weighed=weighed, withdrew=withdrew)

    def _weighed(
        self,
        item: ReviewItem,
        by: Reviewer,
        demands: Demands,
        *,
        note: str | None = None,
        reason: str | None = None,
    ) -> Weighed:
        if demands.blind and not by.may_approve:
            # A reviewer could only reject: that they have read it would tell what they decided.
            raise Forbidden("Two approvers decide on this copy, each without the other's decision.")
        bound = self._acting.hash_of(item)
        must_add(item, by, demands, bound)
        at = self._acting.clock()
        return weigh(item, signed(by, at, demands, bound, note=note, reason=reason), demands)

    def _bring_up_to_date(self, tx: Transaction, item: ReviewItem, facts: Facts) -> Conflict:
        """Store the item on the campaign's facts of now, and return why it was not signed."""
        desk = self._acting
        checked = checked_and_bound(desk.checker, Submission(item.copy_now, *facts))
        now = desk.clock()
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


def _told(weighed: Weighed | None) -> tuple[str | None, dict[str, object]]:
    """Return the event's name, None for that of the act, and the signatures that it tells of.

    What a blind reader decided is in no event before the other has decided, too.
    """
    if weighed is None:
        return None, {}
    if not weighed.opened:
        return "review.read_blind", {}
    told = [one.model_dump(mode="json", exclude_none=True) for one in weighed.opened]
    opened: dict[str, object] = {"signatures": told}
    if weighed.state is State.ESCALATED and not weighed.signatures:
        return "review.disagreed", opened
    is_over = weighed.state in {State.APPROVED, State.REJECTED}
    return (None if is_over else "review.signed"), opened


def _approved(item: ReviewItem, bound: str, by: Reviewer) -> ApprovedCopy:
    return ApprovedCopy(
        id=item.variant.id,
        campaign=item.campaign,
        audience_id=item.audience.id,
        copy_=item.copy_now,
        approval_hash=bound,
        approved_by=by.name,
        approved_at=item.updated_at,
        review_id=item.id,
        generation_id=item.generation_id,
        brand=item.brand.name,
        kind=item.brief.kind,
        locale=item.brief.locale,
        **wrote(item.variant, item.copy_now)._asdict(),
    )


def _take_back(tx: Transaction, item: ReviewItem) -> None:
    served = tx.library.served(item.campaign)
    for copy in [one for one in served if one.review_id == item.id]:
        if not tx.library.take_back(copy, "the approval was undone"):
            raise Conflict(
                "It is too late to undo the approval: the copy was pulled already. To stop it, "
                "change the campaign's brief, or reject it when it is asked for again."
            )


def _put_back(tx: Transaction, item: ReviewItem, reason: str) -> None:
    """Serve again what the rejection withdrew; its own hash still decides whether it holds."""
    for copy in tx.library.of_variant(item.variant.id):
        if copy.campaign == item.campaign and copy.withdrawn_because == reason:
            tx.library.add(copy.model_copy(update={"withdrawn_because": None}))


def _taken_back(item: ReviewItem, last: Undoable) -> dict[str, object]:
    """Return what the record keeps of a dismissal that was taken back: tuning counts it no more."""
    gone = item.dismissed[len(last.dismissed) :] if last.act == Act.DISMISS else ()
    return {"rule": gone[0].finding.rule, "reason": gone[0].reason} if gone else {}
