"""What another way of dividing would have gained, from the sends of an experiment.

Nothing about a recipient was kept but what the campaign tool reported. What they were assigned, and
with which probability, follows from the version that was in force.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from copydesk.briefs import Noun
from copydesk.desk.hearing import REACHED, events_of
from copydesk.errors import InputError, Problem
from copydesk.experiments import evaluation
from copydesk.experiments.allocation import Assignment
from copydesk.experiments.evaluation import Abstained, Estimate, Logged
from copydesk.experiments.experiment import Experiment
from copydesk.feedback import Outcome
from copydesk.storage import Transaction

_WHOLE = 1e-6


class Way(Noun):
    """An estimate of the mean answers of a send, with its 95 % interval; or why there is none."""

    by: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    abstained: str | None = None


class Evaluated(Noun):
    """What a policy would have gained."""

    sends: int
    """Recipients whose assignment was found again, the holdout left out."""
    left_out: int
    """Recipients to whom was reported what they were never assigned, as after a recall."""
    effective: float
    """How many sends of the policy in question the log is worth."""
    gained: float
    """Mean answers of the sends as they were made."""
    ways: tuple[Way, ...]


@dataclass
class Log:
    """Sends with their propensities, a row each."""

    arm: list[str] = field(default_factory=list)
    propensity: list[float] = field(default_factory=list)
    reward: list[float] = field(default_factory=list)
    left_out: int = 0


def evaluated(tx: Transaction, experiment: Experiment, shares: Mapping[str, float]) -> Evaluated:
    """Return what dividing by these shares would have gained; it abstains where little is known.

    Raises:
        InputError: the shares are not of this experiment's arms, or do not sum to 1.
    """
    _must_be_shares(experiment, shares)
    log = _log(tx, experiment)
    target = np.array([[shares.get(arm, 0.0) for arm in experiment.arms]] * len(log.arm))
    target = target.reshape(len(log.arm), len(experiment.arms))
    sent = np.array([experiment.arms.index(arm) for arm in log.arm], dtype=int)
    reward, rows = np.array(log.reward), np.arange(len(log.arm))
    logged = Logged(reward, np.array(log.propensity), target[rows, sent])
    expected, under = evaluation.crossed(sent, reward, target)
    ways = {
        "IPS": evaluation.ips(logged),
        "SNIPS": evaluation.snips(logged),
        "DR": evaluation.doubly_robust(logged, expected, under),
    }
    return Evaluated(
        sends=len(log.arm),
        left_out=log.left_out,
        effective=round(logged.effective, 1),
        gained=float(reward.mean()) if len(reward) else 0.0,
        ways=tuple(_way(name, found) for name, found in ways.items()),
    )


def _log(tx: Transaction, experiment: Experiment) -> Log:
    reached, answered = dict[str, Outcome](), set[str]()
    for event in _own(tx, experiment):
        key = str(event.recipient_key)
        if event.kind in REACHED:
            reached.setdefault(key, event)
        elif event.kind == experiment.objective and event.human != "no":
            answered.add(key)
    log = Log()
    for key, event in reached.items():
        assigned = assigned_then(experiment, event)
        if assigned is None:
            log.left_out += 1
        elif not assigned.held_out:
            log.arm.append(assigned.variant)
            log.propensity.append(assigned.propensity)
            log.reward.append(float(key in answered))
    return log


def _own(tx: Transaction, experiment: Experiment) -> Iterator[Outcome]:
    for event in events_of(tx, experiment.campaign):
        began = experiment.started_at
        is_new = began is not None and event.at >= began
        if is_new and event.recipient_key is not None and event.variant_id in experiment.arms:
            yield event


def assigned_then(experiment: Experiment, event: Outcome) -> Assignment | None:
    """Return the assignment that an event reports, or None where no version has made it.

    What a tool reports may be older than the newest version: the youngest that fits is taken.
    """
    for version in reversed(experiment.versions):
        if version.made_at > event.at:
            continue
        assigned = experiment.assign(str(event.recipient_key), version)
        if assigned is not None and assigned.variant == event.variant_id:
            return assigned
    return None


def _way(name: str, found: Estimate | Abstained) -> Way:
    if isinstance(found, Abstained):
        return Way(by=name, abstained=found.why)
    return Way(by=name, value=found.value, low=found.low, high=found.high)


def _must_be_shares(experiment: Experiment, shares: Mapping[str, float]) -> None:
    there_are = ", ".join(experiment.arms)
    problems = [
        Problem(f"shares.{arm}", f"{share}", f"give a share from 0 to 1 of one of {there_are}")
        for arm, share in shares.items()
        if arm not in experiment.arms or not 0 <= share <= 1
    ]
    if not problems and abs(sum(shares.values()) - 1) > _WHOLE:
        problems = [Problem("shares", f"{sum(shares.values()):g}", "give shares that sum to 1")]
    if problems:
        raise InputError(problems)
