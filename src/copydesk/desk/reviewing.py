"""The review queue as its users know it: what waits, and deciding on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice

from copydesk.access import Actor, actor_for
from copydesk.brand_voice import Brands
from copydesk.briefs import Noun
from copydesk.desk.acting import Acting, may_read, read, readable
from copydesk.desk.comparing import Earlier, earlier
from copydesk.desk.facts import facts_now, on_facts
from copydesk.desk.parts import DECIDERS, READERS, UNDO, Checks, Clock, checked_and_bound
from copydesk.desk.signing import Signing
from copydesk.desk.speaking import must_speak
from copydesk.errors import Contradiction, InputError, Problem
from copydesk.guardrails import Checked, Finding, Severity, Submission
from copydesk.review_queue import (
    Act,
    AuditEvent,
    AuditQuery,
    Deed,
    Dismissal,
    DismissalReason,
    Policy,
    Reviewer,
    ReviewItem,
    ReviewQuery,
    State,
    allow,
)
from copydesk.review_queue.signing import Needs, must_be_dismissible, seen_by
from copydesk.storage import Store, Transaction
from copydesk.variants import Copy

PAGE = 500


class DismissedRule(Noun):
    """How often people judged that what a rule found did not apply."""

    rule: str
    dismissed: int
    reasons: dict[str, int]
    """How often for each DismissalReason."""


class Reviewing:
    """Reads and moves review items.

    `lease` is how long a claim holds, `undo` for how long an act can be taken back. `reviewers`
    holds by its id the reviewer role that each of the checks' rules names which names one.

    Every act raises Forbidden without the role reviewer or approver, NotFound, VersionRequired,
    StaleVersion, and what `review_queue.allow` raises. Items come back as the actor may see them:
    while two people read one blind, neither sees the other's decision.
    """

    def __init__(
        self,
        store: Store,
        checker: Checks,
        policy: Policy,
        clock: Clock,
        lease: timedelta = timedelta(minutes=15),
        undo: timedelta = UNDO,
        reviewers: Mapping[str, str] | None = None,
    ) -> None:
        self.acting = Acting(store, checker, policy, clock, reviewers or {})
        self.signing = Signing(self.acting, undo)
        self._store = store
        self._checker = checker
        self._clock = clock
        self._lease = lease

    def find(self, query: ReviewQuery, actor: Actor) -> Sequence[ReviewItem]:
        """Return a page of items, oldest first; a claim that ran out counts as waiting."""
        own = query._replace(brands=actor.brands(*READERS))
        with self._store.transaction() as tx:
            found = list(islice(_matching(tx, own, self._clock()), query.limit))
        return [seen_by(actor.name, item) for item in found]

    def count(self, actor: Actor) -> dict[State, int]:
        """Return how many items of the actor's brands are in each state, zeros included."""
        brands = actor.brands(*READERS)
        with self._store.transaction() as tx:
            return tx.reviews.count(brands)

    def get(self, item_id: str, actor: Actor) -> ReviewItem:
        """Return the item, also to who asked for the copy.

        Raises NotFound where there is none, and where it is not the actor's to see.
        """
        with self._store.transaction() as tx:
            return seen_by(actor.name, readable(tx, item_id, actor))

    def siblings(self, item: ReviewItem, actor: Actor) -> Sequence[ReviewItem]:
        """Return the other items of the same generation: what else was written for the brief."""
        query = ReviewQuery(generation_id=item.generation_id)
        with self._store.transaction() as tx:
            found = [other for other in tx.reviews.find(query) if other.id != item.id]
        return [seen_by("", other) for other in found if may_read(other, actor)]

    def earlier(self, item: ReviewItem, actor: Actor) -> Earlier:
        """Return what the item's copy may be compared with, word by word. Raises NotFound."""
        with self._store.transaction() as tx:
            return earlier(tx, readable(tx, item.id, actor))

    def as_reviewer(self, actor: Actor, item: ReviewItem) -> Reviewer:
        """Return the actor as the table of moves knows them on this item. Raises Forbidden."""
        return self.acting.reviewer(actor, item)

    def role_of(self, finding: Finding) -> str | None:
        """Return the reviewer role that the finding's rule names, or None."""
        return self.acting.role_of(finding)

    def roles_held(self, brand: str) -> Sequence[str]:
        """Return the reviewer roles that somebody who decides for the brand holds, by name."""
        with self._store.transaction() as tx:
            return self._held(tx, brand)

    def needs(self, item_id: str, actor: Actor) -> Needs:
        """Return which signatures the item has, as the actor may see them, and which it lacks."""
        with self._store.transaction() as tx:
            item = readable(tx, item_id, actor)
        return self.signing.needs(seen_by(actor.name, item))

    def check(self, item_id: str, actor: Actor, copy: Copy) -> Checked:
        """Check copy on the item's own facts, as an edit would, and store nothing.

        Raises:
            Conflict: the campaign has no such audience any more.
        """
        with self._store.transaction() as tx:
            item = readable(tx, item_id, actor)
            facts = facts_now(item, tx.campaigns.get(item.campaign))
        submission = Submission(copy, *facts)
        self._checker.consider_now([submission])
        return checked_and_bound(self._checker, submission)

    def history(self, item_id: str, actor: Actor) -> Sequence[AuditEvent]:
        """Return what the record says about the item, in order."""
        actor.brands(*READERS)
        with self._store.transaction() as tx:
            item = readable(tx, item_id, actor)
            actor.must_be(*READERS, brand=item.brand.name)
            return tx.audit.about(item_id)

    def claim(self, item_id: str, actor: Actor, version: int | None) -> ReviewItem:
        """Hold the item for the time of a lease; claim again to hold it longer."""
        return self._act(item_id, Act.CLAIM, actor, version, Deed(lease=self._lease))

    def release(self, item_id: str, actor: Actor, version: int | None) -> ReviewItem:
        """Give the item back."""
        return self._act(item_id, Act.RELEASE, actor, version, Deed())

    def escalate(
        self,
        item_id: str,
        actor: Actor,
        version: int | None,
        note: str | None,
        role: str | None = None,
    ) -> ReviewItem:
        """Leave the item to an approver, or to who holds a reviewer role, as `legal`.

        Raises InputError without a note, Contradiction when nobody holds the role.
        """
        by = self.acting.reviewer_of(item_id, actor)
        with self._store.transaction() as tx:
            item = read(tx, item_id, version)
            if role is not None:
                self._must_be_held(tx, role, item.brand.name)
            deed = Deed(note=note, role=role)
            return self.acting.move(tx, item, Act.ESCALATE, by, deed, to=role or "approver")

    def reject(
        self,
        item_id: str,
        actor: Actor,
        version: int | None,
        reason: str,
        note: str | None = None,
    ) -> ReviewItem:
        """Turn the copy down for good; an earlier approval of it is withdrawn.

        Where two people read it blind, it is one of two decisions.

        Raises InputError when the reason is not a `Reason`, or is `other` without a note.
        """
        by = self.acting.reviewer_of(item_id, actor)
        return self.signing.reject(item_id, by, version, reason, note)

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
        stop the edit; the copy then waits for another one. Raises Contradiction when a dialect of
        the campaign cannot write it, with slot, dialect and remedy.
        """
        by = self.acting.reviewer_of(item_id, actor)
        return self._change(item_id, Act.EDIT, by, version, copy, note)

    def approve_with_edit(
        self,
        item_id: str,
        actor: Actor,
        version: int | None,
        copy: Copy,
        note: str | None = None,
    ) -> ReviewItem:
        """Change the copy and say that it is good so: another person still has to sign it.

        Raises:
            BlockedCopy: the changed copy has a blocking finding.
            SelfApproval: the actor is an author of it already.
        """
        by = self.acting.reviewer_of(item_id, actor)
        return self._change(item_id, Act.APPROVE_WITH_EDIT, by, version, copy, note)

    def approve(
        self, item_id: str, actor: Actor, version: int | None, note: str | None = None
    ) -> ReviewItem:
        """Sign the copy; approved once no other signature is needed, from then on it is served.

        Nobody signs what they have not read: when the campaign's facts changed since the item was
        checked, the item is brought up to date first, and the signature refused.

        Raises:
            SelfApproval: the actor asked for the copy, edited it, or answered for it.
            BlockedCopy: a blocking finding stands.
            Forbidden: signatures in reviewer roles are asked for, and the actor holds none.
            WrongMove: the actor has signed it already.
            Contradiction: a dialect of the campaign cannot write it.
            StaleVersion: the item changed, or its campaign did.
        """
        return self.signing.approve(item_id, self.acting.reviewer_of(item_id, actor), version, note)

    def undo(self, item_id: str, actor: Actor, version: int | None) -> ReviewItem:
        """Take back what the actor did a few seconds ago; see `Signing.undo`."""
        return self.signing.undo(item_id, actor, version)

    def dismiss(
        self,
        item_id: str,
        actor: Actor,
        version: int | None,
        finding: int,
        reason: str,
        note: str | None = None,
    ) -> ReviewItem:
        """Judge that a finding does not apply; `finding` is its place in `checked`, from zero.

        Raises:
            InputError: the reason is no DismissalReason.
            Contradiction: there is no such finding, or it is dismissed already; what blocks, and
                the reason `other`, need a note.
            Forbidden: it blocks, and the actor does not hold the reviewer role that its rule names.
            SelfApproval: the actor is an author.
        """
        by, desk = self.acting.reviewer_of(item_id, actor), self.acting
        with self._store.transaction() as tx:
            item = read(tx, item_id, version)
            allow(item, Act.DISMISS, by, self._clock())
            found = _finding(item, finding)
            role = desk.role_of(found)
            must_be_dismissible(found, by, role)
            _must_say_why(found, reason, note)
            dismissal = Dismissal(
                finding=found, by=by.name, at=self._clock(), reason=reason, note=note, role=role
            )
            deed = Deed(note=note, reason=reason, dismissal=dismissal)
            told = found.model_dump(mode="json", exclude_none=True)
            return desk.move(tx, item, Act.DISMISS, by, deed, rule=found.rule, finding=told)

    def dismissals(self, actor: Actor) -> Sequence[DismissedRule]:
        """Return which rules' findings were dismissed, most often first, and why: to tune them."""
        brands = actor.brands(*READERS)
        counts: Counter[tuple[str, str]] = Counter()
        with self._store.transaction() as tx:
            for event in _events(tx, "review.dismissed", brands):
                counts[event.details["rule"], event.details["reason"]] += 1
            for event in _events(tx, "review.undone", brands):
                if event.details["undid"] == Act.DISMISS:
                    counts[event.details["rule"], event.details["reason"]] -= 1
        return _by_rule(+counts)

    def _act(
        self, item_id: str, act: Act, actor: Actor, version: int | None, deed: Deed
    ) -> ReviewItem:
        by = self.acting.reviewer_of(item_id, actor)
        with self._store.transaction() as tx:
            return self.acting.move(tx, read(tx, item_id, version), act, by, deed)

    def _change(
        self,
        item_id: str,
        act: Act,
        by: Reviewer,
        version: int | None,
        copy: Copy,
        note: str | None,
    ) -> ReviewItem:
        self._checker.consider_now(self.acting.to_check(item_id, version, copy))
        with self._store.transaction() as tx:
            item = read(tx, item_id, version)
            campaign = tx.campaigns.get(item.campaign)
            must_speak(copy, campaign)
            facts = facts_now(item, campaign)
            checked = checked_and_bound(self._checker, Submission(copy, *facts))
            deed = Deed(note=note, copy=copy, checked=checked)
            return self.acting.move(tx, on_facts(item, facts), act, by, deed)

    def _must_be_held(self, tx: Transaction, role: str, brand: str) -> None:
        """Raise Contradiction when nobody could act on what is handed to this reviewer role."""
        held = self._held(tx, brand)
        if role not in held:
            there_are = ", ".join(held) or "nobody holds any yet"
            remedy = f"hand it to a role that somebody holds ({there_are}), or leave the role out"
            raise Contradiction([Problem("role", role, remedy)])

    def _held(self, tx: Transaction, brand: str) -> list[str]:
        people = [one for one in tx.users.all() if not one.disabled]
        deciding = [one for one in people if actor_for(one).may(*DECIDERS, brand=brand)]
        speaks_for = self.acting.policy.speaks_for
        return sorted({name for one in deciding for name in speaks_for(one.reviews_as)})


def _finding(item: ReviewItem, number: int) -> Finding:
    findings = item.checked.findings
    if not 0 <= number < len(findings):
        remedy = f"name a finding by its place, 0 to {len(findings) - 1}"
        raise Contradiction([Problem("finding", str(number), remedy)])
    if findings[number] in [one.finding for one in item.dismissed]:
        raise Contradiction([Problem("finding", str(number), "it is dismissed already")])
    return findings[number]


def _must_say_why(finding: Finding, reason: str, note: str | None) -> None:
    if reason not in set(DismissalReason):
        known = ", ".join(DismissalReason)
        raise InputError([Problem("reason", repr(reason), f"give one of: {known}")])
    needs_note = finding.severity is Severity.BLOCK or reason == DismissalReason.OTHER
    if needs_note and not (note or "").strip():
        which = "what blocks" if finding.severity is Severity.BLOCK else "the reason `other`"
        raise Contradiction(
            [Problem("note", "", f"{which} needs a note: say why it does not apply")]
        )


def _events(tx: Transaction, act: str, brands: Brands) -> Iterator[AuditEvent]:
    """Yield the events of an act that are about items of these brands."""
    before = None
    while page := tx.audit.entries(AuditQuery(act=act, before=before, limit=PAGE)):
        of = tx.queue.brands_of({entry.event.subject for entry in page})
        yield from (e.event for e in page if of.get(e.event.subject, "") in brands)
        before = page[-1].number


def _by_rule(counts: Counter[tuple[str, str]]) -> list[DismissedRule]:
    reasons: dict[str, dict[str, int]] = {}
    for (rule, reason), times in sorted(counts.items()):
        reasons.setdefault(rule, {})[reason] = times
    rules = [
        DismissedRule(rule=rule, dismissed=sum(why.values()), reasons=why)
        for rule, why in reasons.items()
    ]
    return sorted(rules, key=lambda one: (-one.dismissed, one.rule))


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
