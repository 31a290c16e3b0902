"""An experiment of a campaign: what was planned, and each version of what is known.

A version holds the share of every variant in every wave that has begun. It is never changed: what
is new is a new one. So a recipient's variant, and its probability, follow from the experiment's id,
the recipient's key and the version alone, today and when the experiment is long over.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from copydesk.briefs import Noun, Slug
from copydesk.experiments import places
from copydesk.experiments.allocation import (
    FLOOR,
    TEMPERED,
    WAVES,
    Allocation,
    Arm,
    Assignment,
    Rule,
)
from copydesk.experiments.posterior import BASE_RATE
from copydesk.experiments.stopping import MISMATCH

Share = Annotated[float, Field(gt=0, le=1)]
Rate = Annotated[float, Field(gt=0, lt=1)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
FALLBACK = "fallback"
"""As a control: the campaign's fallback."""
ARMS_MAX = 20
_SUMS_TO_ONE = 1e-6


class State(StrEnum):
    """Where an experiment stands."""

    DRAFT = "draft"
    RUNNING = "running"
    DECIDED = "decided"
    """One variant won, and everybody who is not held out gets it."""
    STOPPED = "stopped"
    """It divides nobody any more."""


IN_FORCE = (State.RUNNING, State.DECIDED)


class Ending(StrEnum):
    """When an experiment ends by itself."""

    BY_HAND = "by-hand"
    ALWAYS_VALID = "always-valid"
    """When an e-value says that one variant is better than each other: right at any look."""
    EXPECTED_LOSS = "expected-loss"
    """When choosing the best costs next to nothing by what is known."""


class Design(Noun):
    """What a requester plans. Rates are shares of sends: 0.01 is one in a hundred."""

    id: Slug
    campaign: Slug
    audience: Slug | None = None
    """Needed where the campaign has several segments."""
    arms: tuple[Name, ...] = Field(default=(), max_length=ARMS_MAX)
    """Ids of approved variants; none named: all that may be served."""
    control: Name = FALLBACK
    """What the holdout gets, and everybody where all arms are stopped: an approved variant's id, or
    `fallback` for the campaign's fallback."""
    rule: Rule = "fixed"
    """How shares follow from what is known; `fixed` ones do not."""
    weights: dict[Name, Annotated[float, Field(gt=0, le=1_000)]] = {}
    """Of a fixed split, by variant; 1 for each that is not named."""
    waves: tuple[Share, ...] = Field(default=(), max_length=20)
    """Shares of the list in each wave; they sum to 1. None given: one wave for a fixed split, four
    of 8, 16, 30 and 46 per cent else."""
    wave_hours: float = Field(default=0, ge=0, le=24 * 90)
    """Least time between two waves; 0: each update begins the next."""
    objective: Literal["click", "conversion"] = "click"
    """What counts. Opens cannot be chosen: machines open half of all mail."""
    base_rate: Rate = BASE_RATE
    """What is expected of an average variant."""
    half_life_hours: float | None = Field(default=None, gt=0, le=24 * 90)
    """Within which half of all answers come; given, young sends count for less."""
    recipients: int = Field(ge=2, le=10**9)
    """How many the list holds."""
    looks: int = Field(default=1, ge=1, le=1_000)
    """How often it will be looked at."""
    holdout: float = Field(default=0.0, ge=0, lt=1)
    """Share of recipients that gets the control whatever is learned."""
    holdout_id: Slug = "holdout"
    """Experiments that name the same holdout hold out the same recipients."""
    complaint_limit: Annotated[float, Field(gt=0, lt=0.5)] | None = 0.001
    """Complaints for each send from which on a variant is stopped; None: it never is."""
    unsubscribe_limit: Annotated[float, Field(gt=0, lt=0.5)] | None = 0.01
    ends: Ending = Ending.BY_HAND
    least_loss: float = Field(default=0.00005, gt=0, lt=1)
    """Answers for each send that may be lost by choosing wrongly, where `ends` is expected-loss."""

    @field_validator("objective", mode="before")
    @classmethod
    def _counts_recipients(cls, objective: object) -> object:
        if objective == "revenue":
            raise ValueError(
                "revenue cannot decide an experiment: what counts is who did something, and a few"
                " large orders would decide; choose `conversion`"
            )
        return objective

    @model_validator(mode="after")
    def _fits_together(self) -> Design:
        if self.waves and abs(sum(self.waves) - 1) > _SUMS_TO_ONE:
            raise ValueError(f"`waves` sum to {sum(self.waves):g}: give shares that sum to 1")
        if len(set(self.arms)) < len(self.arms):
            raise ValueError("`arms` names a variant twice: give each once")
        return self


class Knowledge(Noun):
    """What is known of an arm when a version is made. Rates are of the objective."""

    id: str
    score: float = 0.0
    """Log-odds that the ranker expects above an average line's; 0 where it abstains."""
    sent: int = 0
    """Recipients who got it, as far as was reported."""
    answered: int = 0
    """Of those, recipients who did what counts; machines left out."""
    shown: float = 0.0
    """Sends that can have been answered by now."""
    rate: float = 0.0
    low: float = 0.0
    high: float = 0.0
    """The 95 % interval of the rate, after the prior."""
    best: float = 0.0
    """Probability of being the best that still runs."""
    complaints: int = 0
    unsubscribes: int = 0


class Version(Noun):
    """How recipients are divided from a moment on."""

    number: int
    made_at: datetime
    because: str
    """Why it was made, in a sentence."""
    waves: tuple[dict[str, float], ...]
    """Shares of the variants in each wave that has begun."""
    began_at: datetime
    """When the youngest of these waves began."""
    arms: tuple[Knowledge, ...]
    evidence: float | None = None
    """The least e-value of the leader against another, where there is one."""
    split: float | None = None
    """The e-value against sends that fell as they were divided, where sends are reported."""

    @property
    def is_split_otherwise(self) -> bool:
        """Whether sends did not fall as they were divided: then no comparison can be trusted."""
        return self.split is not None and self.split >= 1 / MISMATCH

    def shares(self, wave: int) -> dict[str, float] | None:
        """Return the shares of a wave, or None before it has begun."""
        return self.waves[wave] if wave < len(self.waves) else None


class Experiment(Design):
    """An experiment as it stands."""

    audience: Slug
    arms: tuple[Name, ...] = Field(min_length=1, max_length=ARMS_MAX)
    waves: tuple[Share, ...] = Field(min_length=1, max_length=20)
    brand: str
    owner: str
    """Who planned it."""
    scores: dict[str, float] = {}
    """Log-odds by arm, as the ranker expected them when it was planned."""
    scored_by: str = ""
    """The ranker; or why none had anything to say."""
    detectable_lift: float | None
    """The least lift over the control or another arm that it finds in four of five cases, as 0.1
    for a tenth more; None where the list is too small for any."""
    state: State = State.DRAFT
    versions: tuple[Version, ...] = ()
    pulls_before: dict[str, int] = {}
    """How often each arm had been pulled when it began."""
    stopped: dict[str, str] = {}
    """Arms that nobody gets any more, with the reason."""
    winner: str | None = None
    because: str | None = None
    """Why it was decided or stopped."""
    version: int = 1
    created_at: datetime
    started_at: datetime | None = None
    updated_at: datetime

    @property
    def latest(self) -> Version | None:
        """The version in force, or None for a draft."""
        return self.versions[-1] if self.versions else None

    @property
    def is_in_force(self) -> bool:
        """Whether recipients are divided by it."""
        return self.state in IN_FORCE

    def wave_due(self, now: datetime) -> bool:
        """Return whether another wave may begin."""
        latest = self.latest
        if latest is None or len(latest.waves) >= len(self.waves):
            return False
        return now >= latest.began_at + timedelta(hours=self.wave_hours)

    def assign(
        self, recipient_key: str, version: Version, only: Collection[str] | None = None
    ) -> Assignment | None:
        """Return what the recipient gets under a version, or None before their wave has begun.

        `only` names the variants that may be served at all: the shares of others fall to them.
        """
        wave = self.wave_of(recipient_key)
        if self.holds_out(recipient_key):
            return Assignment(self.control, 1.0, version.number, wave, held_out=True)
        shares = version.shares(wave)
        if shares is None:
            return None
        left = _left(shares, only) or {self.control: 1.0}
        variant = places.picked(self.id, left, recipient_key)
        return Assignment(variant, left[variant], version.number, wave, held_out=False)

    def wave_of(self, recipient_key: str) -> int:
        """Return the wave that the recipient belongs to, counted from 0."""
        return places.wave_of(self.id, self.waves, recipient_key)

    def holds_out(self, recipient_key: str) -> bool:
        """Return whether the recipient gets the control, whatever is learned."""
        return places.is_held_out(self.holdout_id, self.holdout, recipient_key)

    def allocation(self) -> Allocation:
        """Return how shares follow from what is known."""
        return Allocation(
            id=self.id,
            control=self.control,
            rule=self.rule,
            waves=self.waves,
            holdout=self.holdout,
            holdout_id=self.holdout_id,
            floor=FLOOR,
            tempered=TEMPERED,
            base_rate=self.base_rate,
        )

    def arms_for(self, known: Collection[Knowledge]) -> tuple[Arm, ...]:
        """Return the arms as the allocation weighs them."""
        return tuple(
            Arm(
                id=one.id,
                score=one.score,
                weight=self.weights.get(one.id, 1.0),
                shown=one.shown,
                clicked=float(one.answered),
                stopped=one.id in self.stopped,
            )
            for one in known
        )


def waves_of(design: Design) -> tuple[float, ...]:
    """Return the waves that are meant where none are given."""
    return design.waves or ((1.0,) if design.rule == "fixed" else WAVES)


def without(shares: dict[str, float], arm: str, control: str) -> dict[str, float]:
    """Return the shares when an arm is stopped: its recipients are divided among the others."""
    return _left(shares, [one for one in shares if one != arm]) or {control: 1.0}


def _left(shares: dict[str, float], only: Collection[str] | None) -> dict[str, float]:
    left = {arm: share for arm, share in shares.items() if only is None or arm in only}
    whole = sum(left.values())
    return {arm: share / whole for arm, share in left.items()} if whole else {}
