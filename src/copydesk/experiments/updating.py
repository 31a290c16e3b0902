"""From what recipients did to the next version of an experiment. Pure: nothing is read or kept."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from copydesk.experiments import allocation, posterior, stopping
from copydesk.experiments.allocation import Posterior, propensities
from copydesk.experiments.experiment import Ending, Experiment, Knowledge, Version, without

ALPHA = stopping.ALPHA
_Z = 1.959964
_DECIMALS = 6
_SURE = 1e12
"""An e-value beyond which nobody asks for more."""


@dataclass
class Heard:
    """What was reported of the recipients of one arm, by their wave."""

    sent: list[int] = field(default_factory=list)
    answered: list[int] = field(default_factory=list)
    """Recipients who did what counts, machines left out."""
    complaints: int = 0
    unsubscribes: int = 0
    by_pulls: bool = False
    """Whether pulls were taken for sends: one recipient may be pulled for twice."""

    @classmethod
    def of_waves(cls, waves: int) -> Heard:
        """Return nothing heard yet."""
        return cls([0] * waves, [0] * waves)


def begun(experiment: Experiment, now: datetime) -> Version:
    """Return the first version: only the scores are known."""
    known = tuple(
        Knowledge(id=arm, score=experiment.scores.get(arm, 0.0)) for arm in _all(experiment)
    )
    shares = _shares(experiment, known, number=1, wave=0)
    return Version(
        number=1, made_at=now, because="It began.", waves=(shares,), began_at=now,
        arms=_with_beliefs(experiment, known),
    )  # fmt: skip


def updated(
    experiment: Experiment, heard: Mapping[str, Heard], now: datetime, *, next_wave: bool
) -> Version:
    """Return what follows from what was heard; waves that have begun keep their shares."""
    latest = _latest(experiment)
    known = knowledge(experiment, heard, now)
    waves, began_at, because = latest.waves, latest.began_at, "Answers were counted."
    if next_wave:
        shares = _shares(experiment, known, number=latest.number + 1, wave=len(waves))
        waves, began_at = (*waves, shares), now
        because = f"Wave {len(waves)} of {len(experiment.waves)} began."
    return Version(
        number=latest.number + 1, made_at=now, because=because, waves=waves, began_at=began_at,
        arms=known, evidence=_evidence(experiment, known, heard), split=_split(experiment, heard),
    )  # fmt: skip


def stopped(experiment: Experiment, arm: str, because: str, now: datetime) -> Version:
    """Return the version in which nobody gets the arm: its recipients fall to the others."""
    shares = _latest(experiment).waves
    waves = tuple(without(each, arm, experiment.control) for each in shares)
    return _divided_anew(experiment, waves, because, now)


def won(experiment: Experiment, winner: str, because: str, now: datetime) -> Version:
    """Return the version in which everybody who is not held out gets the winner."""
    waves = tuple({winner: 1.0} for _ in experiment.waves)
    return _divided_anew(experiment, waves, because, now)


def _divided_anew(
    experiment: Experiment, waves: tuple[dict[str, float], ...], because: str, now: datetime
) -> Version:
    """Return the version after the latest, which knows the same and divides otherwise."""
    latest = _latest(experiment)
    update = {"number": latest.number + 1, "made_at": now, "because": because, "waves": waves}
    return latest.model_copy(update=update)


def knowledge(
    experiment: Experiment, heard: Mapping[str, Heard], now: datetime
) -> tuple[Knowledge, ...]:
    """Return what is known of each arm, in the order of ids."""
    waves = len(experiment.waves)
    found = [
        _counted(experiment, arm, heard.get(arm) or Heard.of_waves(waves), now)
        for arm in _all(experiment)
    ]
    return _with_beliefs(experiment, found)


def verdict(experiment: Experiment, version: Version) -> tuple[str, str] | None:
    """Return the winner and why, where the experiment ends by itself now; else None."""
    running = [one for one in version.arms if one.id not in experiment.stopped]
    if len(running) < _TWO or experiment.ends is Ending.BY_HAND or version.is_split_otherwise:
        return None
    leader = max(running, key=lambda one: one.best)
    if experiment.ends is Ending.ALWAYS_VALID:
        enough = len(experiment.arms) / ALPHA
        if version.evidence is None or version.evidence < enough:
            return None
        return leader.id, f"The e-value against each other is {version.evidence:.0f} at least."
    chosen = stopping.choice(_believed(experiment, running), experiment.least_loss)
    if chosen is None or not any(one.sent for one in running):
        return None
    return running[chosen].id, f"Choosing it costs less than {experiment.least_loss:g} a send."


def over_limit(
    experiment: Experiment, arm: str, sends: int, complaints: int, unsubscribes: int
) -> str | None:
    """Return why the arm must be stopped: a bound valid at all looks crossed its limit; or None."""
    limits = (
        ("complaints", complaints, experiment.complaint_limit),
        ("unsubscribes", unsubscribes, experiment.unsubscribe_limit),
    )
    for name, events, limit in limits:
        if limit is None or arm in experiment.stopped:
            continue
        sends = max(sends, events)
        if sends and stopping.must_stop(events, sends, limit):
            least = stopping.rate_at_least(events, sends)
            return (
                f"{events} {name} in {sends:,} sends: at least {least:.2%},"
                f" and the limit is {limit:.2%}."
            )
    return None


def detectable(experiment: Experiment) -> float | None:
    """Return the least lift that the list finds between two arms, as 0.1; None where it is none."""
    shares = min(_planned(experiment).values()) * (1 - experiment.holdout)
    sends = int(experiment.recipients * shares)
    if not sends:
        return None
    lift = stopping.detectable_lift(experiment.base_rate, sends)
    return None if math.isinf(lift) else lift


def _planned(experiment: Experiment) -> dict[str, float]:
    if experiment.rule != "fixed":
        return dict.fromkeys(experiment.arms, 1 / len(experiment.arms))
    weights = {arm: experiment.weights.get(arm, 1.0) for arm in experiment.arms}
    return {arm: weight / sum(weights.values()) for arm, weight in weights.items()}


def _counted(experiment: Experiment, arm: str, heard: Heard, now: datetime) -> Knowledge:
    sent, answered = sum(heard.sent), sum(heard.answered)
    return Knowledge(
        id=arm,
        score=experiment.scores.get(arm, 0.0),
        sent=sent,
        answered=answered,
        # Where not every send is reported, who answered was sent to.
        shown=max(_matured(experiment, heard.sent, now), answered),
        complaints=heard.complaints,
        unsubscribes=heard.unsubscribes,
    )


def _matured(experiment: Experiment, sent: Sequence[int], now: datetime) -> float:
    if experiment.half_life_hours is None:
        return float(sum(sent))
    began = [_began(experiment, wave) or now for wave in range(len(sent))]
    hours = np.array([(now - at) / timedelta(hours=1) for at in began])
    counted = posterior.matured(np.array(sent, dtype=float), hours, experiment.half_life_hours)
    return round(float(counted.sum()), _DECIMALS)


def _began(experiment: Experiment, wave: int) -> datetime | None:
    return next((one.made_at for one in experiment.versions if len(one.waves) > wave), None)


def _with_beliefs(experiment: Experiment, known: Sequence[Knowledge]) -> tuple[Knowledge, ...]:
    """Return the arms with rates, intervals, and the chance that each is the best that runs."""
    believed = _believed(experiment, known)
    runs = np.array([one.id not in experiment.stopped for one in known])
    best = np.zeros(len(known))
    if runs.any():
        running = posterior.Rates(believed.shape[runs], believed.exposure[runs])
        best[runs] = posterior.best_probabilities(running)
    low, high = (_quantile(believed, z) for z in (-_Z, _Z))
    return tuple(
        one.model_copy(
            update={
                "rate": float(believed.mean[n]),
                "low": float(low[n]),
                "high": float(high[n]),
                "best": round(float(best[n]), _DECIMALS),
            }
        )
        for n, one in enumerate(known)
    )


def _believed(experiment: Experiment, known: Sequence[Knowledge]) -> posterior.Rates:
    arms = experiment.arms_for(known)
    return allocation.believed(arms, experiment.base_rate, posterior.STATED)


def _quantile(rates: posterior.Rates, z: float) -> np.ndarray:
    """Return quantiles of Gamma distributions (Wilson and Hilferty 1931): to 0.1 % from 14 on."""
    shape = rates.shape
    cube = 1 - 1 / (9 * shape) + z / (3 * np.sqrt(shape))
    quantile: np.ndarray = shape * cube**3 / rates.exposure
    return quantile


def _shares(
    experiment: Experiment, known: Sequence[Knowledge], *, number: int, wave: int
) -> dict[str, float]:
    return propensities(
        experiment.allocation(), Posterior(number, experiment.arms_for(known)), wave
    )


def _evidence(
    experiment: Experiment, known: Sequence[Knowledge], heard: Mapping[str, Heard]
) -> float | None:
    """Return the least e-value of the leader against another that runs; None before any answer."""
    running = [one for one in known if one.id not in experiment.stopped]
    if len(running) < _TWO or not any(one.answered for one in running):
        return None
    leader = max(running, key=lambda one: one.best)
    rivals = (one.id for one in running if one is not leader)
    values = [_against(heard.get(leader.id), heard.get(rival)) for rival in rivals]
    return round(min(values), _DECIMALS)


def _split(experiment: Experiment, heard: Mapping[str, Heard]) -> float | None:
    """Return the e-value against "sends fell as they were divided"; None where nobody can tell."""
    if experiment.stopped or not heard or any(one.by_pulls for one in heard.values()):
        return None
    found = 1.0
    for wave, shares in enumerate(_latest(experiment).waves):
        divided = {arm: share for arm, share in shares.items() if share > 0 and arm in heard}
        counts = [heard[arm].sent[wave] for arm in divided]
        if sum(counts):
            found *= stopping.mismatch(counts, list(divided.values()))
    return min(found, _SURE)


def _against(one: Heard | None, other: Heard | None) -> float:
    if one is None or other is None:
        return 1.0
    sent, rival = np.array(one.sent, dtype=float), np.array(other.sent, dtype=float)
    both = (sent > 0) & (rival > 0)
    if not both.any():
        return 1.0
    won, lost = np.array(one.answered)[both], np.array(other.answered)[both]
    e = stopping.evidence(won, lost, sent[both] / (sent + rival)[both])
    return float(e[-1]) if won.sum() / sent[both].sum() > lost.sum() / rival[both].sum() else 1.0


def _all(experiment: Experiment) -> list[str]:
    return sorted(experiment.arms)


def _latest(experiment: Experiment) -> Version:
    if experiment.latest is None:
        raise ValueError(f"{experiment.id} has not begun")
    return experiment.latest


_TWO = 2
