"""Experiments of campaigns: planned, started, looked at and stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from copydesk.access import Actor, Role
from copydesk.brand_voice import EVERY_BRAND, Brands
from copydesk.desk.guarding import guarded
from copydesk.desk.hearing import heard
from copydesk.desk.looking_back import Evaluated, evaluated
from copydesk.desk.parts import READERS, SYSTEM, Clock, record, sha256_of
from copydesk.errors import Conflict, InputError, Problem, StaleVersion
from copydesk.experiments import updating
from copydesk.experiments.allocation import Assignment
from copydesk.experiments.experiment import (
    FALLBACK,
    Design,
    Experiment,
    State,
    Version,
    waves_of,
)
from copydesk.publishing import ApprovedCopy, Shelf
from copydesk.ranking import Candidate, KnowsOdds, Ranker, RankRequest
from copydesk.ranking.transparent import SINGLE
from copydesk.review_queue import Policy
from copydesk.storage import Store, Transaction
from copydesk.storage.stored import missing

SEE = (Role.REQUESTER, *READERS)
PLANS = (Role.REQUESTER,)
UPDATES = (Role.REQUESTER, Role.ADMIN)
STOPS = (Role.APPROVER, Role.ADMIN)
LOOK_AFTER = timedelta(hours=6)
"""So long after a version the next is made by itself, if there are answers that it does not know.
"""


class Placed(NamedTuple):
    """Where a recipient falls; `assigned` is None before their wave has begun."""

    recipient_key: str
    wave: int
    assigned: Assignment | None


class Experimenting:
    """Divides the recipients of campaigns among approved variants, and learns from them."""

    def __init__(
        self,
        store: Store,
        policy: Policy,
        ranker: Ranker,
        clock: Clock,
        kept_key: Callable[[str], str] = str,
    ) -> None:
        """`kept_key` leads a recipient's key of any generation back to the one that is kept."""
        self._kept_key = kept_key
        self._store = store
        self._policy = policy
        self._ranker = ranker
        self._clock = clock

    def all(self, actor: Actor) -> Sequence[Experiment]:
        """Return every experiment of the actor's brands, newest change first."""
        brands = actor.brands(*SEE)
        with self._store.transaction() as tx:
            return tx.experiments.all(brands)

    def get(self, experiment_id: str, actor: Actor) -> Experiment:
        """Return the experiment. Raises NotFound where it is not the actor's to see, too."""
        with self._store.transaction() as tx:
            return _theirs(tx, experiment_id, actor, *SEE)

    def subjects(self, experiment: Experiment) -> Mapping[str, str]:
        """Return the subject of each arm, by id, as whoever may see the experiment reads it."""
        with self._store.transaction() as tx:
            approved = {arm: tx.library.of_variant(arm) for arm in experiment.arms}
        return {arm: found[0].copy_.subject.render() for arm, found in approved.items() if found}

    def plan(self, design: Design, actor: Actor) -> Experiment:
        """Store a new experiment as a draft, with the least lift that it can find.

        Raises:
            NotFound: there is no such campaign of the actor's brands.
            Forbidden: the actor is no requester for its brand.
            InputError: audience, arms or control are not there to be served.
            Conflict: the id is taken.
        """
        actor.brands(*PLANS)
        now = self._clock()
        with self._store.transaction() as tx:
            shelf = self._shelf(tx, design.campaign, actor.reach(*SEE))
            actor.must_be(*PLANS, brand=shelf.campaign.brand.name)
        # The ranker reads outside of the transaction: it takes its time.
        scores, scored_by = self._scored(shelf, design)
        planned = _planned(design, shelf, actor.name, now, scores=scores, scored_by=scored_by)
        with self._store.transaction() as tx:
            tx.experiments.add(planned)
            details = {"campaign": planned.campaign, "design": sha256_of(planned)}
            record(tx, planned.id, "experiment.planned", actor.name, now, **details)
        return planned

    def start(self, experiment_id: str, actor: Actor) -> Experiment:
        """Begin to divide recipients; the first wave begins.

        Raises:
            Conflict: it is no draft, another divides the same recipients, or a variant of it
                may not be served any more.
        """
        now = self._clock()
        with self._store.transaction() as tx:
            draft = _theirs(tx, experiment_id, actor, *PLANS)
            _must_be(draft, State.DRAFT)
            shelf = self._shelf(tx, draft.campaign, actor.reach(*SEE))
            _must_be_served(draft, shelf)
            first = updating.begun(draft, now)
            changes = {"state": State.RUNNING, "started_at": now, "versions": (first,)}
            changes["pulls_before"] = tx.pulls.count(draft.campaign)
            return _saved(tx, draft, changes, "experiment.started", actor.name, now)

    def update(
        self, experiment_id: str, actor: Actor, *, next_wave: bool | None = None
    ) -> Experiment:
        """Make a new version from what recipients did: arms are guarded, and weighed anew.

        `next_wave` begins the next wave at once, or keeps it from beginning; None: it begins when
        `wave_hours` have gone by. What ends by itself is decided here.

        Raises:
            Conflict: it is not running, or all waves have begun.
        """
        with self._store.transaction() as tx:
            _theirs(tx, experiment_id, actor, *UPDATES)
            return self._updated(tx, experiment_id, actor.name, next_wave=next_wave)

    def update_all(self, actor: Actor) -> Sequence[Experiment]:
        """Update every running experiment of the actor's brands; return them."""
        brands = actor.brands(*UPDATES)
        with self._store.transaction() as tx:
            running = [one.id for one in tx.experiments.all(brands) if one.state is State.RUNNING]
        return [self.update(experiment_id, actor) for experiment_id in running]

    def steps(self) -> Iterator[str]:
        """Look at every running experiment, and yield the id of each.

        A wave begins when its `wave_hours` have gone by; one without such hours never does so by
        itself. Answers are counted anew some hours after they were counted last.
        """
        with self._store.transaction() as tx:
            everyone = tx.experiments.all(EVERY_BRAND)
        for one in everyone:
            if one.state is State.RUNNING:
                # Somebody changes or stops it at this moment: the next look finds what is left.
                with suppress(StaleVersion, Conflict), self._store.transaction() as tx:
                    self._look(tx, one.id)
                yield one.id

    def stop(
        self, experiment_id: str, actor: Actor, because: str, winner: str | None = None
    ) -> Experiment:
        """End it: with a winner everybody but the holdout gets that, without one nobody is divided.

        Raises:
            Conflict: it is over, or has not begun and is to have a winner.
            InputError: the winner is none of its arms that still run.
        """
        now = self._clock()
        with self._store.transaction() as tx:
            before = _theirs(tx, experiment_id, actor, *STOPS)
            if before.state is State.STOPPED:
                raise Conflict(f"Experiment {experiment_id} is stopped already.")
            if winner is not None:
                return self._decided(tx, before, (winner, because), actor.name, now)
            changes = {"state": State.STOPPED, "because": because}
            return _saved(tx, before, changes, "experiment.stopped", actor.name, now)

    def assignments(
        self, experiment_id: str, recipient_keys: Sequence[str], actor: Actor
    ) -> tuple[int, Sequence[Placed]]:
        """Return the version in force and what these recipients get under it: log both with a send.

        Raises:
            Conflict: it has not begun.
        """
        seen_by = (*SEE, Role.PULLER)
        with self._store.transaction() as tx:
            experiment = _theirs(tx, experiment_id, actor, *seen_by)
            latest = _begun(experiment)
            shelf = self._shelf(tx, experiment.campaign, actor.reach(*seen_by))
        held = [copy.id for copy in _copies(shelf, experiment.audience)]
        people = [(key, self._kept_key(key)) for key in recipient_keys]
        return latest.number, [
            Placed(key, experiment.wave_of(kept), experiment.assign(kept, latest, held))
            for key, kept in people
        ]

    def evaluate(self, experiment_id: str, shares: Mapping[str, float], actor: Actor) -> Evaluated:
        """Return what dividing by these shares would have gained, from the sends reported so far.

        Raises:
            Conflict: it has not begun.
            InputError: the shares are not of its arms, or do not sum to 1.
        """
        with self._store.transaction() as tx:
            experiment = _theirs(tx, experiment_id, actor, *SEE)
            _begun(experiment)
            return evaluated(tx, experiment, shares)

    def _look(self, tx: Transaction, experiment_id: str) -> None:
        now = self._clock()
        before = tx.experiments.get(experiment_id)
        latest = _begun(before)
        if before.wave_hours and before.wave_due(now):
            self._updated(tx, experiment_id, SYSTEM, next_wave=True)
        elif now - latest.made_at >= LOOK_AFTER and _has_news(tx, before, latest):
            self._updated(tx, experiment_id, SYSTEM, next_wave=False)

    def _updated(
        self, tx: Transaction, experiment_id: str, actor: str, *, next_wave: bool | None
    ) -> Experiment:
        now = self._clock()
        before = tx.experiments.get(experiment_id)
        _must_be(before, State.RUNNING)
        if next_wave and len(_begun(before).waves) == len(before.waves):
            raise Conflict(f"All {len(before.waves)} waves of {experiment_id} have begun.")
        before = guarded(tx, before, now)
        due = before.wave_due(now) if next_wave is None else next_wave
        version = updating.updated(before, heard(tx, before), now, next_wave=due)
        changes = {"versions": (*before.versions, version)}
        after = _saved(tx, before, changes, "experiment.updated", actor, now)
        verdict = updating.verdict(after, version)
        return after if verdict is None else self._decided(tx, after, verdict, actor, now)

    def _decided(
        self,
        tx: Transaction,
        before: Experiment,
        verdict: tuple[str, str],
        actor: str,
        now: datetime,
    ) -> Experiment:
        winner, because = verdict
        _must_be(before, State.RUNNING)
        if winner not in before.arms or winner in before.stopped:
            left = ", ".join(arm for arm in before.arms if arm not in before.stopped) or "none"
            raise InputError([Problem("winner", winner, f"name an arm that runs: {left}")])
        version = updating.won(before, winner, because, now)
        changes: dict[str, Any] = {"state": State.DECIDED, "winner": winner, "because": because}
        changes["versions"] = (*before.versions, version)
        return _saved(tx, before, changes, "experiment.decided", actor, now)

    def _shelf(self, tx: Transaction, campaign_id: str, brands: Brands) -> Shelf:
        campaign = tx.campaigns.get(campaign_id)
        if campaign.brand.name not in brands:
            raise missing("campaign", campaign_id)
        # Individuals are never divided, so nobody's key is needed.
        served = tx.library.served(campaign_id)
        return Shelf.of(campaign, served, self._policy.sha256, lambda recipient: recipient)

    def _scored(self, shelf: Shelf, design: Design) -> tuple[dict[str, float], str]:
        """Return log-odds by arm, and by whom; none where the ranker knows only an order."""
        name = self._ranker.name
        if not isinstance(self._ranker, KnowsOdds):
            return {}, f"{name} gives an order and no odds"
        scored = {c.id: self._score(shelf, c) for c in _copies(shelf, _audience(shelf, design))}
        scores = {arm: s if s is None else self._ranker.ahead(s) for arm, s in scored.items()}
        known = {arm: score for arm, score in scores.items() if score is not None}
        if len(known) < len(scores):
            return {}, f"{name} abstains: an arm is unlike what it has seen"
        middle = sum(known.values()) / max(len(known), 1)
        return {arm: round(score - middle, 4) for arm, score in known.items()}, name

    def _score(self, shelf: Shelf, copy: ApprovedCopy) -> float | None:
        audience = shelf.campaign.audiences[copy.audience_id]
        brief, brand = shelf.campaign.brief, shelf.campaign.brand
        one = (Candidate(id=copy.id, copy_=copy.copy_),)
        ranking = self._ranker.rank(
            RankRequest(brief=brief, audience=audience, brand=brand, candidates=one)
        )
        # Alone it has nothing to be compared with: that is no reason not to believe its score.
        if ranking.abstained not in {None, SINGLE}:
            return None
        return ranking.ranking[0].score


def _planned(
    design: Design, shelf: Shelf, owner: str, now: datetime, **scored: object
) -> Experiment:
    audience = _audience(shelf, design)
    arms = design.arms or tuple(copy.id for copy in _copies(shelf, audience))
    given: dict[str, Any] = {
        **design.model_dump(),
        **scored,
        "audience": audience,
        "arms": arms,
        "waves": waves_of(design),
        "brand": shelf.campaign.brand.name,
        "owner": owner,
        "detectable_lift": None,
        "created_at": now,
        "updated_at": now,
    }
    _must_have_arms(arms, shelf, audience)
    planned = Experiment.model_validate(given)
    _must_have_control(planned, shelf)
    return planned.model_copy(update={"detectable_lift": updating.detectable(planned)})


def _audience(shelf: Shelf, design: Design) -> str:
    segments = sorted(
        name for name, one in shelf.campaign.audiences.items() if one.recipient is None
    )
    if design.audience is None and len(segments) == 1:
        return segments[0]
    if design.audience not in segments:
        there_are = ", ".join(segments) or "none yet"
        remedy = f"name a segment of {shelf.campaign.id}: there are {there_are}"
        raise InputError([Problem("audience", design.audience or "", remedy)])
    return design.audience


def _must_have_arms(arms: Sequence[str], shelf: Shelf, audience: str) -> None:
    there = [copy.id for copy in _copies(shelf, audience)]
    there_are = ", ".join(there) or "none yet"
    problems = [
        Problem(f"arms[{n}]", arm, f"name approved copy for {audience}: there are {there_are}")
        for n, arm in enumerate(arms)
        if arm not in there
    ]
    if not arms:
        problems.append(Problem("arms", "", f"nothing is approved for {audience} yet"))
    if problems:
        raise InputError(problems)


def _must_have_control(experiment: Experiment, shelf: Shelf) -> None:
    there = [copy.id for copy in _copies(shelf, experiment.audience)]
    if len(experiment.arms) == 1 and not experiment.holdout:
        remedy = "name another arm, or a holdout to compare the one with"
        raise InputError([Problem("arms", experiment.arms[0], remedy)])
    if experiment.control == FALLBACK and shelf.fallback is None and experiment.holdout:
        remedy = "sign a fallback for the campaign first, or name an approved variant"
        raise InputError([Problem("control", FALLBACK, remedy)])
    if experiment.control not in {FALLBACK, *there}:
        remedy = f"name `{FALLBACK}` or approved copy: there are {', '.join(there)}"
        raise InputError([Problem("control", experiment.control, remedy)])


def _must_be_served(experiment: Experiment, shelf: Shelf) -> None:
    """Raise Conflict when what was planned with may not be served any more."""
    try:
        _must_have_arms(experiment.arms, shelf, experiment.audience)
        _must_have_control(experiment, shelf)
    except InputError as error:
        raise Conflict(f"Experiment {experiment.id} cannot start: {error.message}") from error


def _copies(shelf: Shelf, audience: str) -> Sequence[ApprovedCopy]:
    return shelf.holding.get(audience, ())


def _must_be(experiment: Experiment, state: State) -> None:
    if experiment.state is not state:
        stands = f"Experiment {experiment.id} is {experiment.state.value}"
        raise Conflict(f"{stands}: this needs one that is {state.value}.")


def _begun(experiment: Experiment) -> Version:
    if experiment.latest is None:
        raise Conflict(f"Experiment {experiment.id} has not begun: start it first.")
    return experiment.latest


def _has_news(tx: Transaction, experiment: Experiment, latest: Version) -> bool:
    """Return whether more was reported of its arms than a version knows."""
    reported = heard(tx, experiment)
    known = {one.id: (one.sent, one.answered) for one in latest.arms}
    return any(
        known.get(arm, (0, 0)) != (sum(one.sent), sum(one.answered))
        for arm, one in reported.items()
    )


def _saved(
    tx: Transaction,
    before: Experiment,
    changes: dict[str, Any],
    act: str,
    actor: str,
    now: datetime,
) -> Experiment:
    changes = {**changes, "version": before.version + 1, "updated_at": now}
    after = before.model_copy(update=changes)
    tx.experiments.save(after, before.version)
    details: dict[str, object] = {"campaign": after.campaign, "state": after.state.value}
    if after.latest is not None:
        # The version whole, by its hash: who got what can be proved from the record.
        details |= {"number": after.latest.number, "shares": sha256_of(after.latest)}
    if after.because is not None:
        details |= {"because": after.because, "winner": after.winner}
    record(tx, after.id, act, actor, now, **details)
    return after


def _theirs(tx: Transaction, experiment_id: str, actor: Actor, *roles: Role) -> Experiment:
    """Return the experiment for who has one of these roles for its brand.

    Raises:
        Forbidden: the actor has none of them for any brand; or may see it, no more.
        NotFound: there is none, or it is not the actor's to see.
    """
    actor.brands(*roles)
    experiment = tx.experiments.get(experiment_id)
    if not actor.may(*SEE, *roles, brand=experiment.brand):
        raise missing("experiment", experiment_id)
    actor.must_be(*roles, brand=experiment.brand)
    return experiment
