"""Campaigns as they stand, and what campaign tools pull for them and report back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeGuard

from copydesk.access import Actor, Role
from copydesk.brand_voice import EVERY_BRAND, Brand, Brands
from copydesk.briefs import Brief, Noun
from copydesk.desk.facts import open_items
from copydesk.desk.guarding import guard
from copydesk.desk.identities import Identified, Identities, generic
from copydesk.desk.parts import READERS, UNDO, Checks, Clock, must_stand_at, record, sha256_of
from copydesk.desk.pull_counts import PullCounts
from copydesk.desk.recalling import Recall
from copydesk.desk.recipients import NOTHING, Recipients, Told, choose
from copydesk.desk.rendering import NOBODY, Rendered, Rendering, Template
from copydesk.desk.shelves import Shelves
from copydesk.desk.speaking import must_speak, speak
from copydesk.desk.stand_in import StandIn
from copydesk.errors import BlockedCopy, InputError, NothingToServe, Problem, SelfApproval
from copydesk.feedback import Outcome
from copydesk.guardrails import Checked, Severity, Submission, Verdict
from copydesk.publishing import (
    ANYONE,
    FALLBACK_ID,
    ApprovedCopy,
    Campaign,
    Choice,
    Pulled,
    PullQuery,
    Shelf,
    Source,
    dialect_named,
    emit,
    fallback_hash,
    recipient_key,
    without_offer,
)
from copydesk.publishing.annotations import annotations_of
from copydesk.publishing.leaning import brand_places, places
from copydesk.publishing.marks import mark_of
from copydesk.review_queue import Policy
from copydesk.storage import Store, Transaction
from copydesk.storage.stored import missing
from copydesk.variants import Copy, Slot

SEE = (Role.REQUESTER, *READERS)
"""Who sees campaigns and the library."""
CHANGED = {"brief": "campaign.brief_changed", "brand": "campaign.brand_changed"}
NOTED_MAX = 10_000
"""So much new copy is remembered as noted; beyond that all is forgotten, and noted again."""


class CampaignChange(Campaign):
    """A campaign as it stands after a change of its brief, with what that did to approvals."""

    voided: tuple[str, ...] = ()
    """Ids of approved copy that was served until now and is no longer; `fallback` among them."""
    requeued: tuple[str, ...] = ()
    """Ids of the review items that void approvals were put back as."""
    kept: tuple[str, ...] = ()
    """Ids of approved copy that leans on nothing that changed: bound anew, and served on."""


class Serving:
    """Keeps campaigns, and serves their approved copy."""

    def __init__(
        self,
        store: Store,
        checker: Checks,
        policy: Policy,
        clock: Clock,
        secret: bytes,
        undo: timedelta = UNDO,
        recipients: Recipients | None = None,
    ) -> None:
        self._store = store
        self._checker = checker
        self._policy = policy
        self._clock = clock
        self._secret = secret
        # A little longer: the clocks of two processes differ.
        self._undo = undo + timedelta(seconds=2)
        self._pulled: set[tuple[str, datetime]] = set()
        """New copy that is known to be noted as pulled."""
        self._shelves = Shelves(store, policy.sha256, self.recipient_key)
        self._recipients = recipients
        self._rendering = Rendering(checker)
        self.identities = Identities(store, clock, secret)
        self.stand_in = StandIn(store, self._shelves)
        self.counts = PullCounts(store, clock)

    def recipient_key(self, recipient: str) -> str:
        """Return the key under which this recipient is kept: see `publishing.keyring`."""
        return recipient_key(self._secret, recipient)

    def campaigns(self, actor: Actor) -> Sequence[Campaign]:
        """Return every campaign of the actor's brands, newest change first."""
        brands = actor.brands(*SEE)
        with self._store.transaction() as tx:
            return tx.campaigns.all(brands)

    def campaign(self, campaign_id: str, actor: Actor) -> Campaign:
        """Return the campaign.

        Raises NotFound where there is none, and where it is not the actor's to see.
        """
        with self._store.transaction() as tx:
            return _theirs(tx, campaign_id, actor, *SEE)

    def pull(self, query: PullQuery, actor: Actor) -> Pulled:
        """Return approved copy for this recipient at this moment, in the tool's dialect.

        Raises:
            Forbidden: the actor is no puller.
            InputError: the dialect is not known.
            NotFound: there is no such campaign of the actor's brands.
            NothingToServe: nothing of it may be served to this recipient now, with the reasons.
            Conflict: the copy cannot be written in this dialect.
        """
        choice, approved = self._something(query, actor)
        pulled = written(query, choice, approved)
        self.counts.note(query.campaign, pulled.variant_id)
        return pulled

    def render(self, query: PullQuery, fields: Mapping[str, object], actor: Actor) -> Pulled:
        """Return the same copy with this recipient's values in place of merge tags.

        What is no text, no name, or would make the copy say what was not approved is not put in:
        the tag's fallback is, and `fallbacks` tells why. So it is for all of them where consent is
        lacking, the recipient objects, or is not named. Nothing of the values is kept.

        Raises as `pull`.
        """
        choice, approved = self._something(query, actor)
        brand = self._shelves.of(query.campaign).campaign.brand
        barred = self.identities.of(query).generic_because if query.recipient_key else NOBODY
        template = Template(approved, choice.brief, brand, choice.audience)
        pulled = written(query, choice, approved, self._rendering.of(template, fields, barred))
        self.counts.note(query.campaign, pulled.variant_id)
        return pulled

    def _something(self, query: PullQuery, actor: Actor) -> tuple[Choice, ApprovedCopy]:
        """Return what is chosen for this pull. Raises as `pull`, Conflict apart."""
        brands = actor.brands(Role.PULLER)
        dialect_named(query.dialect)
        choice = self._chosen(query, brands)
        if choice.approved is None:
            with self._store.transaction() as tx:
                raise NothingToServe(_nothing(tx, query, choice))
        return choice, choice.approved

    def at_hand(self, query: PullQuery, brands: Brands) -> Choice | None:
        """Return what a pull chooses at this moment when that needs no reading, else None.

        `brands` are those that the caller may pull; of others nothing is at hand.
        """
        shelf, who = self._shelves.at_hand(query.campaign), self.identities.at_hand(query)
        if shelf is None or shelf.campaign.brand.name not in brands:
            return None
        if who is None or who.generic_because is not None:
            return None
        query = who.query
        told = self._recipients.at_hand(shelf, query) if self._recipients is not None else NOTHING
        if told is None:
            return None
        choice = choose(shelf, query, told, self._clock())
        if self._may_be_undone(choice.approved):
            return None
        return choice

    def _chosen(self, query: PullQuery, brands: Brands) -> Choice:
        """Return the choice; what could still be undone is noted first, and then no longer can be.

        Raises NotFound for a campaign that is not there.
        """
        shelf = self._shelves.of(query.campaign)
        if shelf.campaign.brand.name not in brands:
            raise missing("campaign", query.campaign)
        who = self.identities.of(query)
        told = self._recipients.of(shelf, who.query) if self._recipients is not None else NOTHING
        choice = self._choice(shelf, who, told)
        while self._may_be_undone(choice.approved) and not self._noted(choice.approved):
            # It was taken back or signed anew since this shelf was read.
            choice = self._choice(self._shelves.anew(query.campaign), who, told)
        return choice

    def _choice(self, shelf: Shelf, who: Identified, told: Told) -> Choice:
        choice = choose(shelf, who.query, told, self._clock())
        if who.generic_because is None:
            return choice
        return generic(shelf, choice, who.generic_because, self._clock())

    def _may_be_undone(self, approved: ApprovedCopy | None) -> TypeGuard[ApprovedCopy]:
        """Return whether its approval could be undone, as far as this process knows."""
        if approved is None or approved.review_id is None or approved.pulled_at is not None:
            return False
        is_new = self._clock() <= approved.approved_at + self._undo
        return is_new and (approved.id, approved.approved_at) not in self._pulled

    def _noted(self, approved: ApprovedCopy) -> bool:
        with self._store.transaction() as tx:
            stands = tx.library.note_pull(approved, self._clock())
        if stands:
            if len(self._pulled) >= NOTED_MAX:
                self._pulled.clear()
            self._pulled.add((approved.id, approved.approved_at))
        return stands

    def set_brief(
        self, campaign_id: str, brief: Brief, actor: Actor, version: int | None
    ) -> CampaignChange:
        """Change what is true of the campaign: approvals that rest on anything else are void.

        What was approved goes back to review under the new facts, and what is in review is
        checked against them. Whoever changes the brief is an author of all of it, and cannot
        approve it. The same brief again changes nothing.

        Raises:
            NotFound: there is no such campaign, or it is not the actor's to see.
            Forbidden: the actor is no requester for its brand.
            StaleVersion: the campaign changed since the actor read it.
        """
        now = self._clock()
        self._checker.consider_now(self._leaning_on(campaign_id, actor, version, brief=brief))
        with self._store.transaction() as tx:
            before = _theirs(tx, campaign_id, actor, Role.REQUESTER)
            must_stand_at(before, version)
            if brief == before.brief:
                return CampaignChange(**dict(before))
            after = _with(before, now, brief=brief)
            return self._changed(tx, before, after, actor, now)

    def set_brand(
        self, campaign_id: str, brand: Brand, actor: Actor, version: int | None
    ) -> CampaignChange:
        """Change the rules of the campaign's brand, as `set_brief` changes its facts.

        Copy that terms and footer alone touch stays if its check finds nothing new; a change of
        the voice, or of anything else that only a person can judge, voids all of it.

        Raises as `set_brief`, and:
            InputError: the brand has another name: that is another campaign.
        """
        now = self._clock()
        self._checker.consider_now(self._leaning_on(campaign_id, actor, version, brand=brand))
        with self._store.transaction() as tx:
            before = _theirs(tx, campaign_id, actor, Role.REQUESTER)
            must_stand_at(before, version)
            if brand == before.brand:
                return CampaignChange(**dict(before))
            if brand.name != before.brand.name:
                told = f"campaign {campaign_id} is of {before.brand.name}: name another campaign"
                raise InputError([Problem("name", brand.name, told)])
            after = _with(before, now, brand=brand)
            return self._changed(tx, before, after, actor, now)

    def set_fallback(
        self, campaign_id: str, copy: Copy, actor: Actor, version: int | None
    ) -> Campaign:
        """Sign the copy that is served when nothing approved fits.

        It is checked as copy for people of whom nothing is known. One that stands without the
        offer is bound to the brief without it, and is served when the offer has ended, too.

        Raises:
            NotFound: there is no such campaign, or it is not the actor's to see.
            Forbidden: the actor is no approver for its brand.
            SelfApproval: the actor owns the campaign.
            BlockedCopy: a blocking finding stands.
            Contradiction: a dialect of the campaign cannot write it.
        """
        now = self._clock()
        self._checker.consider_now(self._fallback_ways(campaign_id, copy, actor))
        with self._store.transaction() as tx:
            before = _theirs(tx, campaign_id, actor, Role.APPROVER)
            must_stand_at(before, version)
            if actor.name == before.owner:
                raise SelfApproval(f"{actor.name} owns this campaign: another must sign for it.")
            must_speak(copy, before)
            fallback = self._signed_fallback(before, copy, actor, now)
            update = {"fallback": fallback, "version": before.version + 1, "updated_at": now}
            after = before.model_copy(update=update)
            tx.campaigns.save(after, before.version)
            details = {"approval_hash": fallback.approval_hash, "version": after.version}
            record(tx, campaign_id, "campaign.fallback_set", actor.name, now, **details)
            return after

    def set_dialects(
        self, campaign_id: str, dialects: Sequence[str], actor: Actor, version: int | None
    ) -> Campaign:
        """Name the dialects that the campaign is sent in; see `speaking.speak`.

        Raises NotFound, Forbidden without the role requester, StaleVersion, Contradiction.
        """
        with self._store.transaction() as tx:
            before = _theirs(tx, campaign_id, actor, Role.REQUESTER)
            must_stand_at(before, version)
            return speak(tx, before, dialects, actor.name, self._clock())

    def record(self, outcomes: Sequence[Outcome], actor: Actor) -> int:
        """Keep what recipients did; return how many of the events were new.

        Raises NotFound, and keeps nothing, when who pulls for single brands names a campaign that
        is not of these.
        """
        brands = actor.brands(Role.PULLER, Role.ADMIN)
        with self._store.transaction() as tx:
            if brands != EVERY_BRAND:
                for campaign_id in sorted({outcome.campaign for outcome in outcomes}):
                    if tx.campaigns.get(campaign_id).brand.name not in brands:
                        raise missing("campaign", campaign_id)
            new = tx.outcomes.add([self._as_kept(outcome) for outcome in outcomes])
            guard(tx, outcomes, self._clock())
            return new

    def _as_kept(self, outcome: Outcome) -> Outcome:
        kept = self.identities.kept_key(outcome.recipient_key)
        return outcome.model_copy(update={"recipient_key": kept})

    def _leaning_on(
        self, campaign_id: str, actor: Actor, version: int | None, **change: Brief | Brand
    ) -> Iterator[Submission]:
        """Yield what a change to this brief or brand will check."""
        now = self._clock()
        with self._store.transaction() as tx:
            before = _theirs(tx, campaign_id, actor, Role.REQUESTER)
            must_stand_at(before, version)
            after = _with(before, now, **change)
            leaning = list(self._recall(tx, before, after, actor, now).submissions())
        if any(getattr(before, name) != new for name, new in change.items()):
            yield from leaning

    def _fallback_ways(self, campaign_id: str, copy: Copy, actor: Actor) -> Iterator[Submission]:
        """Yield the fallback as it is checked: on the brief, and on the brief without its offer."""
        with self._store.transaction() as tx:
            campaign = _theirs(tx, campaign_id, actor, Role.APPROVER)
        for brief in (campaign.brief, without_offer(campaign.brief)):
            yield Submission(copy, brief, campaign.brand, ANYONE)

    def _recall(
        self, tx: Transaction, before: Campaign, after: Campaign, actor: Actor, now: datetime
    ) -> Recall:
        changed = places(before.brief, after.brief) | brand_places(before.brand, after.brand)
        wired = (tx, self._checker, self._policy.sha256)
        return Recall(*wired, before, after, changed, actor.name, now)

    def _changed(
        self, tx: Transaction, before: Campaign, after: Campaign, actor: Actor, now: datetime
    ) -> CampaignChange:
        """Store the change, recall what leans on it, and put both on the record."""
        after = self._recall(tx, before, after, actor, now).with_fallback()
        tx.campaigns.save(after, before.version)
        recalled = self._recall(tx, before, after, actor, now).run()
        what = "brand" if before.brand != after.brand else "brief"
        old, new = (getattr(one, what) for one in (before, after))
        details: dict[str, object] = {"version": after.version, "changed": _fields(old, new)}
        told = {name: list(ids) for name, ids in recalled._asdict().items()}
        details |= {**told, what: sha256_of(new)}
        record(tx, after.id, CHANGED[what], actor.name, now, **details)
        return CampaignChange(**dict(after), **recalled._asdict())

    def _signed_fallback(
        self, campaign: Campaign, copy: Copy, actor: Actor, now: datetime
    ) -> ApprovedCopy:
        leans = self._must_pass(campaign, copy)
        signed = fallback_hash(copy, campaign, self._policy.sha256, leans_on_offer=leans)
        return ApprovedCopy(
            id=FALLBACK_ID,
            campaign=campaign.id,
            audience_id=ANYONE.id,
            copy_=copy,
            approval_hash=signed,
            approved_by=actor.name,
            approved_at=now,
        )

    def _must_pass(self, campaign: Campaign, copy: Copy) -> bool:
        """Return whether the copy needs the offer to be true. Raises BlockedCopy."""
        brief, brand = campaign.brief, campaign.brand
        checked = self._checker.check(Submission(copy, brief, brand, ANYONE))
        if checked.verdict is Verdict.BLOCK:
            found = [f.message for f in checked.findings if f.severity is Severity.BLOCK]
            raise BlockedCopy(f"This fallback cannot be served: {' '.join(found)}")
        bare = self._checker.check(Submission(copy, without_offer(brief), brand, ANYONE))
        return bool(_grave(bare) - _grave(checked))


def _theirs(tx: Transaction, campaign_id: str, actor: Actor, *roles: Role) -> Campaign:
    """Return the campaign for who has one of these roles for its brand.

    Raises:
        Forbidden: the actor has none of them for any brand; or may see this campaign, no more.
        NotFound: there is no such campaign, or it is not the actor's to see.
    """
    actor.brands(*roles)
    campaign = tx.campaigns.get(campaign_id)
    if not actor.may(*SEE, brand=campaign.brand.name):
        raise missing("campaign", campaign_id)
    actor.must_be(*roles, brand=campaign.brand.name)
    return campaign


def _grave(checked: Checked) -> set[tuple[str, Slot, int]]:
    """Return which findings ask for a person or more, and where they stand."""
    grave = (Severity.BLOCK, Severity.REVIEW)
    return {(f.rule, f.slot, f.start) for f in checked.findings if f.severity in grave}


def _with(campaign: Campaign, now: datetime, **change: Brief | Brand) -> Campaign:
    update = {**change, "version": campaign.version + 1, "updated_at": now}
    return campaign.model_copy(update=update)


def _fields(before: Noun, after: Noun) -> list[str]:
    names = type(before).model_fields
    return [name for name in names if getattr(before, name) != getattr(after, name)]


def written(
    query: PullQuery, choice: Choice, approved: ApprovedCopy, rendered: Rendered | None = None
) -> Pulled:
    """Return the chosen copy in the dialect that was asked for, as `rendered` for one recipient.

    Raises Conflict if it cannot be written.
    """
    texts = dict(approved.copy_.slots()) if rendered is None else rendered.texts
    return Pulled(
        texts={slot: emit(texts[slot], query.dialect, slot) for slot in query.slots},
        variant_id=approved.id,
        audience_id=approved.audience_id,
        approval_hash=approved.approval_hash,
        approved_by=approved.approved_by,
        source=choice.source,
        individual=choice.is_personal or rendered is not None,
        good_until=choice.good_until,
        mark=mark_of(approved),
        annotations=annotations_of(choice.brief) if query.annotations and choice.brief else None,
        withheld=choice.withheld,
        personal=choice.personal,
        best_hours=choice.timed.best_hours,
        fatigue=choice.timed.fatigue,
        fallbacks=None if rendered is None else rendered.fallbacks,
    )


def _nothing(tx: Transaction, query: PullQuery, choice: Choice) -> str:
    waiting = sum(1 for _ in open_items(tx, query.campaign))
    reasons = [*choice.withheld]
    if choice.source is Source.FALLBACK:
        reasons.append("there is no fallback that may be served")
    if waiting:
        reasons.append(f"{waiting} waiting for review")
    return f"Nothing of campaign {query.campaign} may be served: {'; '.join(reasons)}."
