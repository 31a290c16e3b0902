"""Who gets which variant: a pure function of experiment, recipient key and posterior version.

Nothing is drawn and nothing is remembered. Shares follow from the posterior by quadrature, and a
recipient's place in them from hashes, so that every process, today and after a restart, gives the
same answer, and the propensity told is the probability that was used.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from copydesk.errors import InputError, Problem
from copydesk.experiments import places, posterior
from copydesk.experiments.posterior import BASE_RATE, STRENGTH, Rates

Rule = Literal["fixed", "thompson", "top-two", "squared"]
"""How the shares of a wave follow from the probabilities of being the best:

fixed       by the weights given, whatever is learned
thompson    the probability itself (Thompson 1933), exact for a batch
top-two     half to the best, half to the best of the others (Russo 2020, Simple Bayesian
            algorithms for best-arm identification, Operations Research 68(6))
squared     proportional to the probability squared: bolder, for few waves
"""
WAVES = (0.08, 0.16, 0.30, 0.46)
"""Shares of the list in each wave. The first is small: before anything is known, every send is
as good as a guess; the last is large: it goes to what was learned. Tuned on LOLA's training split
(`python benchmarks/experiments.py --tune`), as are all constants here."""
TEMPERED = 0.3
"""Factor on the posterior's variance. Full Thompson sampling explores too much where one in a
hundred clicks (Chapelle and Li 2011, section 4, sharpen the posterior for the same reason)."""
FLOOR = 0.0025
"""Least share of each variant that still runs, so that what was logged can be evaluated later."""
TOP = 0.5
"""Probability with which the top-two rule plays the first of the two."""


@dataclass(frozen=True, slots=True)
class Arm:
    """A variant in an experiment, with what is known of it."""

    id: str
    score: float = 0.0
    """Log-odds that the ranker expects above an average line's."""
    weight: float = 1.0
    """Share in a fixed split, relative to the others'."""
    shown: float = 0.0
    """Sends that can have been answered by now, machine opens and bots left out."""
    clicked: float = 0.0
    stopped: bool = False
    """A guard or a person stopped it: nobody gets it any more."""


@dataclass(frozen=True, slots=True)
class Posterior:
    """What was known when a wave began. A version is never changed: what is new is a new one."""

    version: int
    arms: tuple[Arm, ...]


@dataclass(frozen=True, slots=True)
class Allocation:
    """How recipients are divided. Raises InputError for what cannot be carried out."""

    id: str
    control: str
    """Variant that the holdout gets, and everybody where all arms are stopped."""
    rule: Rule = "squared"
    waves: tuple[float, ...] = WAVES
    """Shares of the list in each wave; they sum to one. One wave: no learning within the send."""
    greedy: bool = True
    """Whether the last of several waves goes to the best expected rate (except the floor)."""
    holdout: float = 0.0
    """Share of recipients that gets the control whatever is learned."""
    holdout_id: str = "holdout"
    """Experiments that name the same holdout hold out the same recipients."""
    floor: float = FLOOR
    tempered: float = TEMPERED
    base_rate: float = BASE_RATE

    def __post_init__(self) -> None:
        problems = [
            Problem(field=field, holds=str(getattr(self, field)), remedy=remedy)
            for field, right, remedy in self._held_to()
            if not right
        ]
        if problems:
            raise InputError(problems)

    def _held_to(self) -> tuple[tuple[str, bool, str], ...]:
        sound = all(share > 0 for share in self.waves) and math.isclose(sum(self.waves), 1)
        return (
            ("waves", sound, "give shares above 0 that sum to 1"),
            ("holdout", 0 <= self.holdout < 1, "give a share from 0 to below 1"),
            ("floor", 0 <= self.floor <= 1, "give a share from 0 to 1"),
            ("tempered", 0 < self.tempered <= 1, "give a factor above 0, of 1 at most"),
            ("base_rate", 0 < self.base_rate < 1, "give a rate between 0 and 1"),
        )


@dataclass(frozen=True, slots=True)
class Assignment:
    """Which variant a recipient gets, and all that later evaluation needs to know of it."""

    variant: str
    propensity: float
    """Probability of this variant for the recipient, given the version (1 in the holdout)."""
    version: int
    wave: int
    """Counted from 0."""
    held_out: bool


def assign(allocation: Allocation, known: Posterior, recipient_key: str) -> Assignment:
    """Return what the recipient gets under this version of the posterior.

    The caller looks the version up by `wave_of`: the version that a wave began with stays that
    wave's, so that a recipient who pulls twice gets the same. A later version moves a recipient
    only where shares made it necessary (`places.picked`).

    Raises:
        InputError: arms are double, or cannot be weighed.
    """
    wave = wave_of(allocation, recipient_key)
    if places.is_held_out(allocation.holdout_id, allocation.holdout, recipient_key):
        return Assignment(allocation.control, 1.0, known.version, wave, held_out=True)
    shares = propensities(allocation, known, wave)
    variant = places.picked(allocation.id, shares, recipient_key)
    return Assignment(variant, shares[variant], known.version, wave, held_out=False)


def wave_of(allocation: Allocation, recipient_key: str) -> int:
    """Return the wave that the recipient belongs to, counted from 0."""
    return places.wave_of(allocation.id, allocation.waves, recipient_key)


def propensities(allocation: Allocation, known: Posterior, wave: int) -> dict[str, float]:
    """Return the share of each variant in a wave, outside the holdout, by id; they sum to 1."""
    _sound(known.arms)
    # By id: sums of floating point depend on their order, and the order given must not matter.
    arms = sorted((arm for arm in known.arms if not arm.stopped), key=lambda arm: arm.id)
    if not arms:
        return {allocation.control: 1.0}
    shares = _shares(allocation, arms, last=0 < wave == len(allocation.waves) - 1)
    return {arm.id: float(share) for arm, share in zip(arms, shares, strict=True)}


def shares_of(best: np.ndarray, rule: Rule) -> np.ndarray:
    """Return shares by a rule that learns, from the probabilities of being the best."""
    if rule == "squared":
        squared: np.ndarray = best**2 / (best**2).sum(-1, keepdims=True)
        return squared
    return top_two(best) if rule == "top-two" else best


def top_two(best: np.ndarray, top: float = TOP) -> np.ndarray:
    """Return how often top-two Thompson sampling plays each variant.

    Russo 2020, section 4.3: a_i (t + (1 - t) sum over j not i of a_j / (1 - a_j)), where a are the
    probabilities of being the best.
    """
    count = best.shape[-1]
    if count == 1:
        return np.ones_like(best)
    own = np.eye(count, dtype=bool)
    rest = np.where(own, 0, best[..., None, :]).sum(-1)
    # Where all probability is on one variant, the second is any of the others.
    second = np.where(
        rest[..., None] > 0,
        best[..., None, :] / np.maximum(rest[..., None], np.finfo(float).tiny),
        1 / (count - 1),
    )
    challenged = (best[..., None] * np.where(own, 0, second)).sum(-2)
    played = top * best + (1 - top) * challenged
    whole: np.ndarray = played / played.sum(-1, keepdims=True)
    return whole


def floored(shares: np.ndarray, floor: float) -> np.ndarray:
    """Return shares of which none is below the floor (or below an even split, if less)."""
    count = shares.shape[-1]
    least = min(floor, 1 / count)
    lifted: np.ndarray = least + (1 - count * least) * shares
    return lifted


def greedy(mean: np.ndarray) -> np.ndarray:
    """Return everything for the best, divided evenly where several are equally good."""
    best = mean == mean.max(-1, keepdims=True)
    shares: np.ndarray = best / best.sum(-1, keepdims=True)
    return shares


def believed(
    arms: Sequence[Arm], base_rate: float = BASE_RATE, strength: float = STRENGTH
) -> Rates:
    """Return what is believed of the arms' rates, in their order."""
    columns = [np.array([getattr(arm, name) for arm in arms], dtype=float) for name in _KNOWN]
    return posterior.rates(*columns, base_rate=base_rate, strength=strength)


def _shares(allocation: Allocation, arms: Sequence[Arm], *, last: bool) -> np.ndarray:
    if allocation.rule == "fixed":
        weights = np.array([arm.weight for arm in arms])
        fixed: np.ndarray = weights / weights.sum()
        return fixed
    known = believed(arms, allocation.base_rate)
    if last and allocation.greedy:
        return floored(greedy(known.mean), allocation.floor)
    best = posterior.best_probabilities(known.tempered(allocation.tempered))
    return floored(shares_of(best, allocation.rule), allocation.floor)


def _sound(arms: Sequence[Arm]) -> None:
    problems = [
        Problem(field=f"arms[{n}].{field}", holds=str(getattr(arm, field)), remedy=remedy)
        for n, arm in enumerate(arms)
        for field, right, remedy in _of_arm(arm)
        if not right
    ]
    ids = [arm.id for arm in arms]
    if len(set(ids)) < len(ids):
        problems.append(Problem(field="arms", holds=", ".join(ids), remedy="give each id once"))
    if problems:
        raise InputError(problems)


def _of_arm(arm: Arm) -> tuple[tuple[str, bool, str], ...]:
    return (
        ("weight", 0 < arm.weight < math.inf, "give a weight above 0"),
        ("score", abs(arm.score) < _WILDEST, f"give log-odds between -{_WILDEST} and {_WILDEST}"),
        ("shown", 0 <= arm.shown < math.inf, "give a number of sends"),
        ("clicked", 0 <= arm.clicked < math.inf, "give a number of clicks"),
    )


_KNOWN = ("score", "shown", "clicked")
_WILDEST = 5
