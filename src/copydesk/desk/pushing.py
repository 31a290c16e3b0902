"""Orders to push approved copy to tools that cannot pull, and how they stand."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from copydesk.access import Actor, Role
from copydesk.briefs import Noun
from copydesk.desk.exporting import MAY_TAKE, KeyOf, campaign_for, is_for, stock_of, take
from copydesk.desk.parts import READERS, Clock, record
from copydesk.errors import Conflict, InputError, Problem
from copydesk.publishing import Campaign, Source
from copydesk.publishing.exporting import Standing, left_out_at, row_of, standing_at
from copydesk.pushing import Push, Pushed, PushState, Targets, Task
from copydesk.pushing.records import place_id
from copydesk.pushing.targets import Target
from copydesk.review_queue import AuditEvent, Policy
from copydesk.storage import Store, Transaction
from copydesk.storage.stored import missing

SEE = (*MAY_TAKE, *READERS)
INDIVIDUALS = frozenset({"webhook", "klaviyo", "hubspot", "sfmc"})
"""Tools that can hold copy for one person."""


class PushStanding(Noun):
    """A push as it stands."""

    id: str
    campaign: str
    target: str
    tool: str
    asked_by: str
    asked_at: datetime
    is_over: bool
    """Whether all of it is done or given up."""
    counts: dict[str, int]
    """How many copies are `pushed`, `under way`, `failed`, `void`, `withdrawn` and so on."""
    places: tuple[Pushed, ...]
    left_out: tuple[str, ...]

    @classmethod
    def of(cls, push: Push, places: Sequence[Pushed]) -> PushStanding:
        """Return the push with where each of its copies stands."""
        told = [place.told for place in places]
        given = push.model_dump(include={*cls.model_fields} - {"places"})
        counts = {one: told.count(one) for one in sorted(set(told))}
        is_over = not any(place.is_open for place in places)
        return cls(**given, is_over=is_over, counts=counts, places=tuple(places))


class Pushing:
    """Takes orders to push, and tells how they stand. `desk/posting.py` carries them out."""

    def __init__(
        self, store: Store, policy: Policy, targets: Targets, clock: Clock, key_of: KeyOf
    ) -> None:
        self.targets = targets
        self._store = store
        self._policy = policy
        self._clock = clock
        self._key_of = key_of

    def ask(
        self, campaign_id: str, target: str, actor: Actor, audience: str | None = None
    ) -> PushStanding:
        """Have the campaign's approved copy put into a tool, as far as it holds now.

        It counts as pulled: its approvals cannot be undone any more. What is there already, under
        the same approval, stays as it is; what an earlier push left unfinished goes on.

        Raises:
            Forbidden: the actor is neither requester nor puller for its brand.
            InputError: there is no such target for its brand.
            NotFound: there is no such campaign, or it is not the actor's to see.
            Conflict: nothing of it may be pushed, with the reasons; or some of it cannot be written
                in the tool's dialect, and nothing is pushed.
        """
        now = self._clock()
        with self._store.transaction() as tx:
            campaign = campaign_for(tx, campaign_id, actor, audience)
            goal = self._target(target, campaign.brand.name)
            stock = stock_of(tx, campaign, self._policy, self._key_of)
            found = [
                one
                for one in standing_at(stock, now)
                if one.source is Source.APPROVED and is_for(one, audience)
            ]
            fits = [one for one in found if goal.tool in INDIVIDUALS or not _is_individual(one)]
            for one in fits:
                row_of(one, goal.speaks)
            left_out = (*left_out_at(stock, now), *_unfit(found, goal))
            if not fits:
                raise Conflict(_nothing(campaign_id, left_out))
            take(tx, fits, now)
            push = _push(campaign, target, goal, actor, now, fits, left_out)
            places = [self._place(tx, push, one, now) for one in fits]
            tx.pushes.add(push)
            told = {"push": push.id, "target": target, "tool": goal.tool}
            details = {**told, "variants": [one.approved.id for one in fits]}
            record(tx, campaign_id, "campaign.push_asked", actor.name, now, **details)
        return PushStanding.of(push, places)

    def get(self, push_id: str, actor: Actor) -> PushStanding:
        """Return a push as it stands. Raises NotFound, also for what is not the actor's to see."""
        brands = actor.brands(*SEE)
        with self._store.transaction() as tx:
            push = tx.pushes.get(push_id)
            if push.brand not in brands:
                raise missing("push", push_id)
            return PushStanding.of(push, tx.pushes.places(push.places))

    def of_campaign(self, campaign_id: str, actor: Actor) -> Sequence[PushStanding]:
        """Return the campaign's newest pushes, newest first. Raises NotFound."""
        with self._store.transaction() as tx:
            self._must_see(tx, campaign_id, actor)
            pushes = tx.pushes.of_campaign(campaign_id)
            return [PushStanding.of(one, tx.pushes.places(one.places)) for one in pushes]

    def exports_of(self, campaign_id: str, actor: Actor) -> Sequence[AuditEvent]:
        """Return the campaign's newest exports as the record has them, newest first."""
        with self._store.transaction() as tx:
            self._must_see(tx, campaign_id, actor)
            events = tx.audit.about(campaign_id)
        return [one for one in reversed(events) if one.act == "campaign.exported"][:20]

    def _must_see(self, tx: Transaction, campaign_id: str, actor: Actor) -> None:
        brands = actor.brands(*SEE, Role.ADMIN)
        if tx.campaigns.get(campaign_id).brand.name not in brands:
            raise missing("campaign", campaign_id)

    def _target(self, name: str, brand: str) -> Target:
        there_are = self.targets.of(brand)
        if name not in there_are:
            known = ", ".join(there_are) or f"none is set up for {brand} in `push_targets`"
            raise InputError([Problem("target", repr(name), f"give one of: {known}")])
        return there_are[name]

    def _place(self, tx: Transaction, push: Push, standing: Standing, now: datetime) -> Pushed:
        """Return the place of this copy in the tool, made or set to work again where it must be."""
        approved = standing.approved
        new = Pushed(
            id=place_id(push.target, push.campaign, approved.audience_id, approved.id),
            target=push.target,
            tool=push.tool,
            campaign=push.campaign,
            brand=push.brand,
            audience=approved.audience_id,
            variant=approved.id,
            push=push.id,
            approval_hash=approved.approval_hash,
            made_at=now,
            next_at=now,
            give_up_at=now + timedelta(days=self.targets.retries.give_up_days),
        )
        if tx.pushes.put(new):
            return new
        (stands,) = tx.pushes.places([new.id])
        if not _must_go_again(stands, new):
            return stands
        again = armed(stands, new.approval_hash, Task.PUT, now, new.give_up_at, push=push.id)
        tx.pushes.save(again, stands.version)
        return again


def armed(
    place: Pushed, bound: str, task: Task, now: datetime, give_up_at: datetime, **more: object
) -> Pushed:
    """Return the place with something to do, from its first try on."""
    fresh = {"state": PushState.WAITING, "tries": 0, "trouble": None, "next_at": now}
    return changed(place, approval_hash=bound, task=task, give_up_at=give_up_at, **fresh, **more)


def changed(place: Pushed, **update: object) -> Pushed:
    """Return the place with these changes, as its next version."""
    return place.model_copy(update={**update, "version": place.version + 1})


def _must_go_again(stands: Pushed, new: Pushed) -> bool:
    """Return whether it is not there under this approval, nor on its way."""
    same = stands.task is Task.PUT and stands.approval_hash == new.approval_hash
    return not (same and stands.state in {PushState.DONE, PushState.SENDING})


def _push(
    campaign: Campaign,
    target: str,
    goal: Target,
    actor: Actor,
    now: datetime,
    fits: Sequence[Standing],
    left_out: tuple[str, ...],
) -> Push:
    places = [
        place_id(target, campaign.id, one.approved.audience_id, one.approved.id) for one in fits
    ]
    return Push(
        id="psh_" + secrets.token_hex(10),
        campaign=campaign.id,
        brand=campaign.brand.name,
        target=target,
        tool=goal.tool,
        asked_by=actor.name,
        asked_at=now,
        places=tuple(places),
        left_out=left_out,
    )


def _is_individual(standing: Standing) -> bool:
    return standing.audience is not None and standing.audience.recipient is not None


def _unfit(found: Sequence[Standing], goal: Target) -> tuple[str, ...]:
    why = f"{goal.tool} holds no copy for one person alone"
    apart = [one.approved for one in found if _is_individual(one)]
    if goal.tool in INDIVIDUALS:
        return ()
    return tuple(f"{one.id} for {one.audience_id}: {why}" for one in apart)


def _nothing(campaign_id: str, left_out: Sequence[str]) -> str:
    why = "; ".join(left_out) or "nothing is approved yet"
    return f"Nothing of campaign {campaign_id} may be pushed: {why}."
