"""Learning at work: a brand's own sends, from the store and from files, become a better ranker.

A version is made from the older sends and judged on the newest ones, which it has not seen. It is
put into use where it tells them better than the version in use does, and only then.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from pydantic import ValidationError

from copydesk.access import Actor, Role
from copydesk.briefs import Noun
from copydesk.desk.own_rankers import OwnRankers
from copydesk.desk.parts import SYSTEM, Clock, record
from copydesk.desk.past_sends import Known, known_sends
from copydesk.errors import Conflict, InputError, NotFound, Problem
from copydesk.ranking.drift import watch
from copydesk.ranking.learning import ENOUGH_SENDS
from copydesk.ranking.owned import ALL, BrandRanker, Objectives, SendsOfVersion
from copydesk.ranking.sends import PastSend
from copydesk.ranking.snapshots import LEAST_SENDS, Change, Snapshot, begun, judge, snapshot_of
from copydesk.review_queue import AuditQuery
from copydesk.storage import Store

log = logging.getLogger(__name__)

DRIFTED = "ranker.drifted"

HELD_OUT = 0.2
"""Share of the sends, the newest, that a version is judged on."""


class Taught(Noun):
    """What came of learning: the version, whether it is in use now, and why or why not."""

    brand: str
    version: str
    promoted: bool
    why: str
    sends: int
    """All that are known of the brand."""
    learned: int
    """Those that the version was made from. It was judged on others."""
    from_outcomes: int
    """Sends told by outcomes in the store."""
    remarks: tuple[str, ...] = ()
    """What could not be used, in words."""


class Drifted(Noun):
    """What changed since the version in use was made."""

    brand: str
    version: str
    found: tuple[str, ...]
    """What changed, the surest first, in words; nothing was shown to have changed, if empty."""
    why: str
    """What was looked at, or why nothing was."""


class Learning:
    """Makes, judges, promotes and takes back versions of brands' rankers. For admins."""

    def __init__(self, store: Store, own: OwnRankers, clock: Clock) -> None:
        self._store = store
        self._own = own
        self._clock = clock

    def rankers(self, actor: Actor) -> Sequence[BrandRanker]:
        """Return every brand's ranker, by brand."""
        actor.must_be(Role.ADMIN)
        with self._store.transaction() as tx:
            return tx.rankers.all()

    def ranker(self, brand: str, actor: Actor) -> BrandRanker:
        """Return the brand's ranker. Raises NotFound where nothing was learned for it."""
        actor.must_be(Role.ADMIN)
        found = self._find(brand)
        if found is None:
            raise NotFound(f"Nothing was learned for {brand} yet: `copydesk ranker learn` begins.")
        return found

    def brands(self, actor: Actor) -> Sequence[str]:
        """Return the brands that have a campaign or a ranker, by name."""
        found = {ranker.brand for ranker in self.rankers(actor)}
        with self._store.transaction() as tx:
            return sorted(found | {campaign.brand.name for campaign in tx.campaigns.all()})

    def learn(
        self,
        brand: str,
        actor: Actor,
        sends: Iterable[PastSend] = (),
        objectives: Objectives | None = None,
    ) -> Taught:
        """Make a version from all that is known of the brand, and put it into use if it is better.

        `sends` come beside those that outcomes tell, and are kept for the next time. `objectives`
        hold from now on; those of before when None.

        Raises:
            Forbidden: the actor is no admin.
            InputError: no send of the brand is known.
            Conflict: somebody else changed the brand's ranker meanwhile.
        """
        actor.must_be(Role.ADMIN)
        before = self._find(brand) or self._new(brand)
        known = self._known(before, sends)
        if not known.sends:
            raise InputError([_no_sends(brand, known)])
        after = before.model_copy(update={"objectives": objectives or before.objectives})
        learned = older(known.sends)
        made = snapshot_of(learned, (before.versions.active.version,), model=self._own.model)
        same = _same(before, made)
        if same is not None:
            return self._nothing_new(before, after, same, known, actor)
        ranker, change = self._judge(after, made, known.sends, actor, learned)
        self._save(ranker, change, actor, {made.version: learned, ALL: known.sends})
        return _taught(ranker, change, known, made)

    def promote(self, brand: str, version: str, actor: Actor) -> Taught:
        """Judge a version anew on all sends known by now, and put it into use if it is better.

        Raises:
            Forbidden: the actor is no admin.
            NotFound: there is no such brand or version.
            Conflict: it is in use, or not shown to be better: what it says tells why.
        """
        before = self.ranker(brand, actor)
        made = before.versions.named(version)
        if made == before.versions.active:
            raise Conflict(f"Version {version} of {brand} is in use.")
        known = self._known(before)
        after, change = self._judge(before, made, known.sends, actor)
        if change.act != "promoted":
            raise Conflict(f"Version {version} of {brand} is not put into use: {_why(change)}.")
        self._save(after, change, actor)
        return _taught(after, change, known, made)

    def roll_back(self, brand: str, actor: Actor) -> BrandRanker:
        """Put the version before into use again.

        Raises:
            Forbidden: the actor is no admin.
            NotFound: nothing was learned for the brand.
            Conflict: nothing was promoted that could be taken back.
        """
        before = self.ranker(brand, actor)
        versions = before.versions.rolled_back(self._clock(), actor.name)
        after = _changed(before, versions=versions)
        self._save(after, versions.changes[-1], actor)
        return after

    def drift(self, brand: str, actor: Actor) -> Drifted:
        """Return what changed since the version in use was made.

        Raises:
            Forbidden: the actor is no admin.
            NotFound: nothing was learned for the brand.
        """
        return self._drift(self.ranker(brand, actor))

    def steps(self) -> Iterator[Drifted]:
        """Look for drift, brand by brand; what is found, and is new, goes on the record."""
        with self._store.transaction() as tx:
            rankers = tx.rankers.all()
        for ranker in rankers:
            drifted = self._drift(ranker)
            if drifted.found:
                self._note(drifted)
            yield drifted

    def _note(self, drifted: Drifted) -> None:
        subject, found = _subject(drifted.brand), list(drifted.found)
        details = {"version": drifted.version, "found": found}
        with self._store.transaction() as tx:
            last = tx.audit.entries(AuditQuery((subject,), DRIFTED, limit=1))
            if last and last[0].event.details == details:
                return
            record(tx, subject, DRIFTED, SYSTEM, self._clock(), **details)
        log.warning("ranker.drifted", extra={"brand": drifted.brand, "found": found})

    def _drift(self, ranker: BrandRanker) -> Drifted:
        brand, active = ranker.brand, ranker.versions.active
        through = active.through
        if through is None:
            why = "what ships is in use: nothing of the brand's own was learned that could change"
            return Drifted(brand=brand, version=active.version, found=(), why=why)
        seen = self._own.sends_of(brand, active.version)
        since = [send for send in self._known(ranker).sends if send.sent_at > through]
        aim = ranker.objectives.aim
        watched = watch(self._own.learned(brand, active), seen, since, aim)
        found = tuple(drift.told for drift in watched.found)
        return Drifted(brand=brand, version=active.version, found=found, why=watched.why)

    def _new(self, brand: str) -> BrandRanker:
        try:
            return BrandRanker(brand=brand, versions=begun(model=self._own.model))
        except ValidationError as wrong:
            remedy = "give the brand's name, one line of at most 2,000 characters"
            raise InputError([Problem("brand", brand[:40], remedy)]) from wrong

    def _find(self, brand: str) -> BrandRanker | None:
        with self._store.transaction() as tx:
            return tx.rankers.find(brand)

    def _known(self, ranker: BrandRanker, sends: Iterable[PastSend] = ()) -> Known:
        """Return all sends known by now: those kept, new ones, and those that outcomes tell."""
        kept = self._own.sends_of(ranker.brand, ALL) if ranker.revision else ()
        return known_sends(self._store, ranker.brand, (*kept, *sends), self._clock())

    def _judge(
        self,
        before: BrandRanker,
        made: Snapshot,
        sends: Sequence[PastSend],
        actor: Actor,
        learned: tuple[PastSend, ...] | None = None,
    ) -> tuple[BrandRanker, Change]:
        active, brand = before.versions.active, before.brand
        candidate = (
            self._own.learned(brand, made) if learned is None else self._own.taught_by(learned)
        )
        beside = self._own.learned(brand, active)
        verdict = judge((made, candidate), (active, beside), sends, before.objectives.aim)
        versions = before.versions.judged(made, verdict, self._clock(), actor.name)
        return _changed(before, versions=versions), versions.changes[-1]

    def _nothing_new(
        self, before: BrandRanker, after: BrandRanker, same: Snapshot, known: Known, actor: Actor
    ) -> Taught:
        """Keep what is new beside the version's own sends, and say that these are the same."""
        brand, at = before.brand, self._clock()
        with self._store.transaction() as tx:
            tx.rankers.keep_sends(SendsOfVersion(brand=brand, version=ALL, sends=known.sends))
            if after.objectives != before.objectives:
                tx.rankers.save(_changed(after))
                aims = after.objectives.model_dump(mode="json")
                record(tx, _subject(brand), "ranker.aimed", actor.name, at, **aims)
        return Taught(
            brand=brand,
            version=same.version,
            promoted=same.version == before.versions.active.version,
            why="made from the same sends before: nothing new was learned",
            sends=len(known.sends),
            learned=same.sends,
            from_outcomes=known.from_outcomes,
            remarks=known.remarks,
        )

    def _save(
        self,
        ranker: BrandRanker,
        change: Change,
        actor: Actor,
        sends: Mapping[str, tuple[PastSend, ...]] = MappingProxyType({}),
    ) -> None:
        with self._store.transaction() as tx:
            tx.rankers.save(ranker)
            for version, own in sends.items():
                tx.rankers.keep_sends(
                    SendsOfVersion(brand=ranker.brand, version=version, sends=own)
                )
            act = f"ranker.{change.act.replace(' ', '_')}"
            told = {"version": change.version, "why": _why(change)}
            record(tx, _subject(ranker.brand), act, actor.name, change.at, **told)


def older(sends: Sequence[PastSend]) -> tuple[PastSend, ...]:
    """Return the sends to learn from, the newest held out to judge on; all where they are few.

    Sends of one time are held out together. `sends` are oldest first.
    """
    held = max(LEAST_SENDS, round(HELD_OUT * len(sends)))
    if len(sends) - held < ENOUGH_SENDS:
        return tuple(sends)
    last = sends[-held].sent_at
    kept = tuple(send for send in sends if send.sent_at < last)
    return kept if len(kept) >= ENOUGH_SENDS else tuple(sends)


def _changed(ranker: BrandRanker, **update: object) -> BrandRanker:
    return ranker.model_copy(update={**update, "revision": ranker.revision + 1})


def _same(ranker: BrandRanker, made: Snapshot) -> Snapshot | None:
    """Return the version that was made from the same sends beside the same model, if any."""
    what = (made.sends_sha256, made.model_sha256, made.belief_sha256)
    for one in reversed(ranker.versions.snapshots):
        if (one.sends_sha256, one.model_sha256, one.belief_sha256) == what:
            return one
    return None


def _taught(ranker: BrandRanker, change: Change, known: Known, made: Snapshot) -> Taught:
    return Taught(
        brand=ranker.brand,
        version=change.version,
        promoted=change.act == "promoted",
        why=_why(change),
        sends=len(known.sends),
        learned=made.sends,
        from_outcomes=known.from_outcomes,
        remarks=known.remarks,
    )


def _why(change: Change) -> str:
    return change.verdict.why if change.verdict else "the version before is in use again"


def _subject(brand: str) -> str:
    return f"ranker:{brand}"


def _no_sends(brand: str, known: Known) -> Problem:
    remedy = "no send of this brand is known: report outcomes, or give a file of past sends"
    return Problem("brand", brand, "; ".join((remedy, *known.remarks)))
