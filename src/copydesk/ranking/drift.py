"""Whether later sends still behave as what was learned says, and what changed where they do not.

Three things are looked at: rates, over all and by segment, beside what the model expects; who is
sent to; and how subjects are written. A finding is told where chance would show one like it in at
most one of a hundred looks at nothing, all comparisons of the look together (Bonferroni).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence, Sized
from statistics import NormalDist
from typing import Literal, NamedTuple

import numpy as np

from copydesk.ranking.learning import (
    SHIPPED,
    Learned,
    Numbers,
    Rate,
    observation,
    row_of,
)
from copydesk.ranking.sends import PastSend

LEAST = 10
"""Sends on each side without which nothing is compared."""
FALSE_ALARMS = 0.01
_SMALL = 0.1
"""Changes of a rate by less than a tenth, of a share by less than a tenth of all, and of a style
by less than a tenth of what a part usually has, are not told: they are real at times, and matter
to nobody."""


class Drift(NamedTuple):
    """One thing that changed."""

    what: Literal["rate", "audience", "style"]
    name: str
    before: float
    """What was expected: a rate, a share of recipients, or a mean measure of style."""
    now: float
    z: float
    """Standard errors between the two."""
    told: str


class Watched(NamedTuple):
    """What a look found, the surest first; `why` says what was looked at, or why nothing was."""

    found: tuple[Drift, ...]
    why: str


def watch(
    learned: Learned, before: Sequence[PastSend], now: Sequence[PastSend], rate: Rate = "clicks"
) -> Watched:
    """Return what changed from the sends learned from (`before`) to those since (`now`)."""
    if min(len(before), len(now)) < LEAST:
        why = f"{len(before)} sends before and {len(now)} since: {LEAST} of each are needed"
        return Watched((), why)
    looks = [*_rates(learned, now, rate), *_audience(before, now), *_style(learned, before, now)]
    line = NormalDist().inv_cdf(1 - FALSE_ALARMS / 2 / max(1, len(looks)))
    found = sorted(
        (drift for drift in looks if abs(drift.z) > line and _matters(drift)),
        key=lambda drift: (-abs(drift.z), drift.what, drift.name),
    )
    return Watched(tuple(found), f"{_counted(looks, 'comparison')} over {_counted(now, 'send')}")


def _matters(drift: Drift) -> bool:
    if drift.what == "rate":
        return abs(math.log(drift.now / drift.before)) > _SMALL
    return abs(drift.now - drift.before) > _SMALL


def _rates(learned: Learned, now: Sequence[PastSend], rate: Rate) -> Iterator[Drift]:
    """Compare what came with what was expected, over all and by segment."""
    of: defaultdict[str, list[_Error]] = defaultdict(list)
    for send in now:
        seen = observation(rate, send, learned.models[rate].usual)
        if seen is None:
            continue
        told = learned.predict(send.subject, send.segment, rate)
        noise = seen[1] + learned.models[rate].spread ** 2
        row = row_of(learned.reading(send.subject))
        error = _Error(seen[0] - told.log_odds, noise, told.rate, row)
        of[""].append(error)
        if send.segment:
            of[send.segment].append(error)
    for segment, errors in sorted(of.items()):
        if len(errors) >= LEAST:
            covariance = learned.models[rate].weights(segment)[1]
            yield _rate(rate, segment, errors, covariance)


class _Error(NamedTuple):
    log_odds: float
    noise: float
    expected: float
    row: Numbers


def _rate(rate: Rate, segment: str, errors: Sequence[_Error], covariance: Numbers) -> Drift:
    """Average the errors, each by how sure it is.

    What the model does not know of a segment is in all of its sends and does not average out.
    """
    weight = np.array([1 / error.noise for error in errors])
    sure = float(weight.sum())
    weight /= sure
    row = weight @ np.array([error.row for error in errors])
    reach = math.sqrt(1 / sure + float(row @ covariance @ row))
    error = float(weight @ np.array([error.log_odds for error in errors]))
    expected = math.exp(float(weight @ np.log([error.expected for error in errors])))
    now = expected * math.exp(error)
    where = f" of {segment}" if segment else ""
    told = (
        f"{rate}{where} are {abs(now / expected - 1):.0%} {'above' if error > 0 else 'below'} what"
        f" was expected: {now:.4g} a recipient, not {expected:.4g}"
    )
    return Drift("rate", segment or "all", expected, now, error / reach, told)


def _audience(before: Sequence[PastSend], now: Sequence[PastSend]) -> Iterator[Drift]:
    """Compare each segment's share of sends; its share of recipients is what is told."""
    old, new = Counter(s.segment for s in before), Counter(s.segment for s in now)
    many, few = _recipients(before), _recipients(now)
    for segment in sorted({*old, *new}):
        was, comes = old[segment] / len(before), new[segment] / len(now)
        both = (old[segment] + new[segment]) / (len(before) + len(now))
        error = math.sqrt(both * (1 - both) * (1 / len(before) + 1 / len(now)))
        if error:
            share = many[segment] / many.total(), few[segment] / few.total()
            told = (
                f"{segment or 'no segment'} is {share[1]:.0%} of recipients, and was {share[0]:.0%}"
            )
            yield Drift("audience", segment, *share, (comes - was) / error, told)


def _recipients(sends: Sequence[PastSend]) -> Counter[str]:
    found: Counter[str] = Counter()
    for send in sends:
        found[send.segment] += send.recipients
    return found


def _style(
    learned: Learned, before: Sequence[PastSend], now: Sequence[PastSend]
) -> Iterator[Drift]:
    """Compare how different subjects are written: one that is sent again is counted once."""
    old, new = ({send.subject for send in sends} for sends in (before, now))
    if min(len(old), len(new)) < LEAST:
        return
    rows = [[learned.reading(subject) for subject in sorted(subjects)] for subjects in (old, new)]
    for name in rows[0][0]:
        if name == SHIPPED:
            continue
        one, two = (np.array([parts[name] for parts in side]) for side in rows)
        error = math.sqrt(one.var(ddof=1) / len(one) + two.var(ddof=1) / len(two))
        if error > 0:
            was, comes = float(one.mean()), float(two.mean())
            told = f"subjects differ in {name}: {comes:+.2f} on average, and were {was:+.2f}"
            yield Drift("style", name, was, comes, (comes - was) / error, told)


def _counted(things: Sized, one: str) -> str:
    return f"{len(things)} {one}{'s' * (len(things) != 1)}"
