"""Asking for variants: accepted first, written then, and kept in one transaction at the end."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from copydesk.access import Actor, Role
from copydesk.brand_voice.known import KnownBrand
from copydesk.desk.facts import authored
from copydesk.desk.parts import READERS, Clock, record, sha256_of
from copydesk.desk.speaking import heard, speak
from copydesk.desk.standards import Standards
from copydesk.desk.trusting import Considered, Trusting
from copydesk.errors import Conflict, CopydeskError, NotFound, StoreUnavailable
from copydesk.generations import (
    Generation,
    GenerationRequest,
    GenerationState,
    Progress,
    RoutedVariant,
    Whose,
)
from copydesk.pipeline import Pipeline
from copydesk.publishing import ApprovedCopy, Campaign, approval_hash
from copydesk.publishing.marks import wrote
from copydesk.review_queue import ReviewItem, Route
from copydesk.review_queue.policy import Policy
from copydesk.steps import Written
from copydesk.storage import Store, Transaction

log = logging.getLogger(__name__)

FINISHED = frozenset({GenerationState.DONE, GenerationState.FAILED})


class Asking:
    """Accepts requests for variants and sees each to its end, once."""

    def __init__(
        self, store: Store, pipeline: Pipeline, policy: Policy, clock: Clock, trusting: Trusting
    ) -> None:
        self._store = store
        self._pipeline = pipeline
        self._policy = policy
        self._clock = clock
        self._trusting = trusting
        self._standards = Standards(store, policy, pipeline.desk.checker, clock)

    def accept(
        self, request: GenerationRequest, actor: Actor, idempotency_key: str | None = None
    ) -> Generation:
        """Store the request, and with it the campaign; from here on it is not lost.

        Raises:
            Forbidden: the actor is no requester for the brand.
            KeyReused: the key came with another request before.
            Conflict: the campaign exists with another brief or brand.
            Contradiction: copy that it serves cannot be written in a dialect that is asked for.
        """
        actor.must_be(Role.REQUESTER, brand=request.brand.name)
        now = self._clock()
        generation_id = f"gen_{uuid.uuid4().hex[:20]}"
        wanted = Generation(
            id=generation_id,
            requester=actor.name,
            request=request,
            campaign=request.campaign or f"campaign-{generation_id[4:16]}",
            idempotency_key=idempotency_key,
            created_at=now,
        )
        with self._store.transaction() as tx:
            accepted = tx.generations.add(wanted)
            if accepted.id == wanted.id:
                self._join_campaign(tx, accepted, now)
                _know_brand(tx, KnownBrand(brand=request.brand, noted_at=now, noted_by=actor.name))
                record(tx, accepted.id, "generation.accepted", actor.name, self._clock())
        return accepted

    async def run(self, generation_id: str) -> Generation:
        """Write the variants of an accepted generation and keep them.

        Safe to call again after a crash: a finished generation is returned as it is, an
        unfinished one is written anew. A failure is kept in words, not raised.
        """
        generation = await asyncio.to_thread(self._start, generation_id)
        if generation.state in FINISHED:
            return generation
        try:
            tell = partial(self._tell, generation.id)
            written = await self._pipeline.run(generation.id, generation.request, tell)
        except CopydeskError as error:
            return await asyncio.to_thread(self._fail, generation, error.message, error.slug())
        except Exception:  # a job must end in a state that its requester can read
            log.exception("generation.crashed", extra={"generation": generation_id})
            message = "An error inside Copydesk stopped this generation; the log has the details."
            return await asyncio.to_thread(self._fail, generation, message, CopydeskError.slug())
        return await asyncio.to_thread(self._finish, generation, written)

    def get(self, generation_id: str, actor: Actor) -> Generation:
        """Return a generation of the actor's own; reviewers and admins read all of their brands.

        Raises:
            NotFound: there is none by this id, or it is somebody else's.
        """
        with self._store.transaction() as tx:
            generation = tx.generations.get(generation_id)
        if not _whose(actor).means(generation):
            raise NotFound(f"There is no generation {generation_id} of yours.")
        return generation

    def latest(self, actor: Actor, limit: int = 50) -> Sequence[Generation]:
        """Return the newest generations that the actor may read, newest first."""
        actor.brands(Role.REQUESTER, *READERS)
        with self._store.transaction() as tx:
            return tx.generations.latest(_whose(actor), limit)

    def progress(self, generation_id: str, actor: Actor) -> tuple[Generation, Progress | None]:
        """Return a generation, as `get` does, and how far it was noted to be."""
        generation = self.get(generation_id, actor)
        with self._store.transaction() as tx:
            return generation, tx.generations.progress(generation_id)

    def unfinished(self) -> Sequence[str]:
        """Return the ids of generations accepted but not finished, oldest first."""
        with self._store.transaction() as tx:
            return [generation.id for generation in tx.generations.unfinished()]

    def _start(self, generation_id: str) -> Generation:
        with self._store.transaction() as tx:
            generation = tx.generations.get(generation_id)
            if generation.state not in FINISHED:
                generation = generation.model_copy(update={"state": GenerationState.RUNNING})
                tx.generations.save(generation)
            return generation

    async def _tell(self, generation_id: str, progress: Progress) -> None:
        await asyncio.to_thread(self._note, generation_id, progress)

    def _note(self, generation_id: str, progress: Progress) -> None:
        """Keep how far it is. A store that is away for a moment is no reason to write no copy."""
        try:
            with self._store.transaction() as tx:
                tx.generations.note(generation_id, progress)
        except StoreUnavailable:
            log.warning("progress.unnoted", extra={"generation": generation_id})

    def _fail(self, generation: Generation, message: str, failure: str) -> Generation:
        update = {
            "state": GenerationState.FAILED,
            "error": message,
            "failure": failure,
            "finished_at": self._clock(),
        }
        failed = generation.model_copy(update=update)
        with self._store.transaction() as tx:
            stored = tx.generations.get(generation.id)
            if stored.state in FINISHED:
                return stored
            tx.generations.save(failed)
            record(tx, failed.id, "generation.failed", "copydesk", self._clock(), error=message)
        return failed

    def _finish(self, generation: Generation, written: Written) -> Generation:
        in_force = self._standards.noted()._asdict()
        with self._store.transaction() as tx:
            stored = tx.generations.get(generation.id)
            if stored.state in FINISHED:
                return stored
            changed = _facts_changed(tx.campaigns.get(generation.campaign), generation.request)
            update = {
                "state": GenerationState.DONE,
                "variants": self._placed(tx, generation, written, changed=changed),
                "abstained": written.abstained,
                "notes": written.notes,
                "finished_at": self._clock(),
            }
            done = generation.model_copy(update=update)
            tx.generations.save(done)
            details = {"routes": _routes(done), "variants": _sealed(done), **in_force}
            record(tx, done.id, "generation.finished", "copydesk", self._clock(), **details)
            return done

    def _placed(
        self, tx: Transaction, generation: Generation, written: Written, *, changed: bool
    ) -> tuple[RoutedVariant, ...]:
        routed = [_reconsidered(one) if changed else one for one in written.variants]
        considered = self._trusting.consider(tx, generation, routed, stale=changed)
        campaign = tx.campaigns.get(generation.campaign)
        heard_of = [one._replace(routed=heard(one.routed, campaign)) for one in considered]
        return tuple(self._place(tx, generation, one) for one in heard_of)

    def _place(
        self, tx: Transaction, generation: Generation, considered: Considered
    ) -> RoutedVariant:
        routed, audit = considered
        if routed.route is Route.REVIEW:
            item = self._review_item(generation, routed, audit=audit)
            tx.reviews.add(item)
            self._trusting.keep(tx, generation, routed, item)
            because = {"rule": routed.rule, "because": routed.because}
            record(tx, item.id, "review.opened", f"policy:{routed.rule}", self._clock(), **because)
            return routed.model_copy(update={"review_id": item.id})
        if routed.route is Route.APPROVED:
            approved = self._approved(generation, routed)
            tx.library.add(approved)
            details = {"hash": approved.approval_hash, "policy": self._policy.sha256}
            if routed.trusted:
                self._trusting.keep(tx, generation, routed, None)
                details["because"] = routed.because
            record(tx, approved.id, "copy.approved", approved.approved_by, self._clock(), **details)
            return routed.model_copy(update={"approval_hash": approved.approval_hash})
        # It is stored nowhere by itself: by this event its evidence is found.
        details = {"generation": generation.id, "because": routed.because}
        record(
            tx, routed.variant.id, "copy.blocked", f"policy:{routed.rule}", self._clock(), **details
        )
        return routed

    def _review_item(
        self, generation: Generation, routed: RoutedVariant, *, audit: bool
    ) -> ReviewItem:
        request, now = generation.request, self._clock()
        return ReviewItem(
            id=routed.variant.id.replace("var_", "rev_"),
            generation_id=generation.id,
            campaign=generation.campaign,
            requester=generation.requester,
            variant=routed.variant,
            copy_now=routed.variant.copy_,
            brief=request.brief,
            brand=request.brand,
            audience=request.audience,
            checked=routed.checked,
            score=routed.score,
            routed_by=routed.rule,
            routed_because=routed.because,
            audit=audit,
            created_at=now,
            updated_at=now,
        )

    def _approved(self, generation: Generation, routed: RoutedVariant) -> ApprovedCopy:
        request, copy = generation.request, routed.variant.copy_
        bound = (request.brief, request.brand, request.audience, self._policy.sha256)
        return ApprovedCopy(
            id=routed.variant.id,
            generation_id=generation.id,
            campaign=generation.campaign,
            audience_id=request.audience.id,
            brand=request.brand.name,
            kind=request.brief.kind,
            locale=request.brief.locale,
            copy_=copy,
            approval_hash=approval_hash(copy, *bound),
            approved_by=f"policy:{routed.rule}",
            approved_at=self._clock(),
            **wrote(routed.variant, copy)._asdict(),
        )

    def _join_campaign(self, tx: Transaction, generation: Generation, now: datetime) -> None:
        request = generation.request
        audience = {request.audience.id: request.audience}
        try:
            campaign = tx.campaigns.get(generation.campaign)
        except NotFound:
            new = Campaign(
                id=generation.campaign,
                owner=generation.requester,
                brief=request.brief,
                brand=request.brand,
                audiences=audience,
                dialects=tuple(dict.fromkeys(request.dialects)),
                updated_at=now,
            )
            tx.campaigns.add(new)
            facts = {"brief": sha256_of(new.brief), "brand": sha256_of(new.brand)}
            record(tx, new.id, "campaign.opened", generation.requester, self._clock(), **facts)
            return
        _must_fit(campaign, request)
        named = (*campaign.dialects, *request.dialects)
        campaign = speak(tx, campaign, named, generation.requester, now)
        if campaign.audiences.get(request.audience.id) != request.audience:
            self._change_audience(tx, campaign, generation, now)

    def _change_audience(
        self, tx: Transaction, campaign: Campaign, generation: Generation, now: datetime
    ) -> None:
        audience = generation.request.audience
        update = {
            "audiences": {**campaign.audiences, audience.id: audience},
            "version": campaign.version + 1,
            "updated_at": now,
        }
        tx.campaigns.save(campaign.model_copy(update=update), campaign.version)
        by, act = generation.requester, "campaign.audience_set"
        details = {
            "audience": audience.id,
            "authored": authored(tx, campaign.id, audience.id, by, now),
        }
        record(tx, campaign.id, act, by, self._clock(), **details)


def _whose(actor: Actor) -> Whose:
    """Return which generations the actor may read."""
    return Whose(actor.reach(*READERS), actor.name, actor.reach(Role.REQUESTER))


def _know_brand(tx: Transaction, known: KnownBrand) -> None:
    """Keep the brand as it is asked for now; one that is known is left alone, so none waits."""
    before = tx.brands.find(known.brand.name)
    if before is None or before.brand != known.brand:
        tx.brands.put(known)


def _must_fit(campaign: Campaign, request: GenerationRequest) -> None:
    differs = [
        name
        for name, now, wanted in (
            ("brief", campaign.brief, request.brief),
            ("brand", campaign.brand, request.brand),
        )
        if now != wanted
    ]
    if differs:
        raise Conflict(
            f"Campaign {campaign.id} has another {' and '.join(differs)}: change the brief with "
            f"PUT /v1/campaigns/{campaign.id}/brief, or name another campaign."
        )


def _facts_changed(campaign: Campaign, request: GenerationRequest) -> bool:
    now = (campaign.brief, campaign.brand, campaign.audiences.get(request.audience.id))
    return now != (request.brief, request.brand, request.audience)


def _reconsidered(routed: RoutedVariant) -> RoutedVariant:
    """Send to a person what a rule approved on facts that have changed since."""
    if routed.route is not Route.APPROVED:
        return routed
    because = "The campaign's brief, brand or audience changed while this was being written."
    update = {"route": Route.REVIEW, "rule": "facts-changed", "because": because}
    return routed.model_copy(update=update)


def _sealed(generation: Generation) -> dict[str, str]:
    """Return the hash of each variant as it is kept, with its check and where it went."""
    return {routed.variant.id: sha256_of(routed) for routed in generation.variants}


def _routes(generation: Generation) -> dict[str, int]:
    routes = [variant.route.value for variant in generation.variants]
    return {route: routes.count(route) for route in sorted(set(routes))}
