"""How offers, variants and scores fall across groups that the operator names.

A group's rate is compared with that of the group with the highest, and four fifths of it is the
line (Uniform Guidelines on Employee Selection Procedures, 29 CFR 1607.4 D; a rule of thumb, used
here for who is shown what). A rate's interval is Wilson's (1927, J. Am. Stat. Assoc. 22:209); a
ratio's is made from those of its two rates by the method of variance estimates recovery (Donner
and Zou 2012, Stat. Methods Med. Res. 21:347), a difference's by Newcombe's method 10 (1998, Stat.
Med. 17:873). All intervals of one row hold together, by Bonferroni: at least 95 % for the row.

A report tells differences, not their reasons: an offer may be for one group alone and lawful.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from statistics import NormalDist
from typing import Literal, NamedTuple

FOUR_FIFTHS = 0.8
LEAST = 30
"""Recipients of a group without whom nothing is said about it."""
CONFIDENCE = 0.95

Verdict = Literal["below", "at least", "not enough data", "highest"]


class Shown(NamedTuple):
    """What one recipient of a group was shown; what is None is left out of its part."""

    group: str
    offer: str | None = None
    variant: str | None = None
    score: float | None = None


class Interval(NamedTuple):
    """A value between two limits."""

    value: float
    low: float
    high: float


class Share(NamedTuple):
    """How one group fares with one offer or variant, beside the group with the highest rate."""

    group: str
    shown: int
    of: int
    rate: Interval
    ratio: Interval | None
    """The group's rate by the highest; None where there is nothing to compare."""
    difference: Interval | None
    verdict: Verdict
    why: str


class MeanScore(NamedTuple):
    """How one group's scores lie beside those of all others."""

    group: str
    number: int
    mean: float
    difference: Interval | None
    why: str


class Fairness(NamedTuple):
    """The report: offers and variants by name, then scores."""

    offers: Mapping[str, tuple[Share, ...]]
    variants: Mapping[str, tuple[Share, ...]]
    scores: tuple[MeanScore, ...]

    @property
    def below(self) -> tuple[tuple[str, Share], ...]:
        """What falls below four fifths, each with the name of its offer or variant."""
        both = (*self.offers.items(), *self.variants.items())
        return tuple((name, s) for name, shares in both for s in shares if s.verdict == "below")


def report(shown: Iterable[Shown]) -> Fairness:
    """Return how offers, variants and scores fall across groups; reads `shown` once."""
    tallies = {"offer": _Tally(), "variant": _Tally()}
    sums: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for one in shown:
        for name, value in (("offer", one.offer), ("variant", one.variant)):
            if value is not None:
                tallies[name].add(one.group, value)
        if one.score is not None:
            _add(sums[one.group], one.score)
    return Fairness(tallies["offer"].told(), tallies["variant"].told(), _scores(sums))


class _Tally:
    """How many of each group were shown each thing."""

    def __init__(self) -> None:
        self._of: defaultdict[str, int] = defaultdict(int)
        self._shown: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))

    def add(self, group: str, thing: str) -> None:
        self._of[group] += 1
        self._shown[thing][group] += 1

    def told(self) -> dict[str, tuple[Share, ...]]:
        return {
            thing: shares({group: (of[group], number) for group, number in self._of.items()})
            for thing, of in sorted(self._shown.items())
        }


def shares(counts: Mapping[str, tuple[int, int]]) -> tuple[Share, ...]:
    """Return how each group fares; `counts` holds how many were shown it, and of how many.

    The highest rate is looked for among groups of at least 30 recipients.
    """
    enough = {group for group, (_, of) in counts.items() if of >= LEAST}
    best = max(sorted(enough), key=lambda g: counts[g][0] / counts[g][1], default=None)
    z = _z(max(1, len(enough) - 1))
    return tuple(_share(group, counts, best, z) for group in sorted(counts))


def _share(group: str, counts: Mapping[str, tuple[int, int]], best: str | None, z: float) -> Share:
    number, of = counts[group]
    rate = wilson(number, of, z)
    if of < LEAST or best is None:
        why = f"{of} recipients: fewer than {LEAST} tell nothing"
        return Share(group, number, of, rate, None, None, "not enough data", why)
    if group == best:
        why = "no group is shown it more often"
        return Share(group, number, of, rate, None, None, "highest", why)
    top = wilson(*counts[best], z)
    ratio, verdict = ratio_of(rate, top), _verdict(ratio_of(rate, top))
    why = f"{ratio.value:.0%} of the rate of {best}, between {ratio.low:.0%} and {ratio.high:.0%}"
    return Share(group, number, of, rate, ratio, difference_of(rate, top), verdict, why)


def _verdict(ratio: Interval) -> Verdict:
    if ratio.high < FOUR_FIFTHS:
        return "below"
    return "at least" if ratio.low >= FOUR_FIFTHS else "not enough data"


def wilson(number: int, of: int, z: float = 1.959964) -> Interval:
    """Return a share with its score interval (Wilson 1927); all of 0 to 1 where `of` is 0."""
    if not of:
        return Interval(0.0, 0.0, 1.0)
    share, square = number / of, z * z / of
    middle = (share + square / 2) / (1 + square)
    reach = z * math.sqrt(share * (1 - share) / of + square / (4 * of)) / (1 + square)
    # At none and at all the limit is exact; rounding would leave it a hair beside.
    low, high = max(0.0, middle - reach), min(1.0, middle + reach)
    return Interval(share, low if number else 0.0, high if number < of else 1.0)


def difference_of(one: Interval, other: Interval) -> Interval:
    """Return one rate less another, from the intervals of both (Newcombe 1998, method 10)."""
    value = one.value - other.value
    below = math.hypot(one.value - one.low, other.high - other.value)
    above = math.hypot(one.high - one.value, other.value - other.low)
    return Interval(value, value - below, value + above)


def ratio_of(one: Interval, other: Interval) -> Interval:
    """Return one rate by another, from the intervals of both (Donner and Zou 2012).

    Unbounded where the other rate may be none.
    """
    product = one.value * other.value
    least = one.low * (2 * one.value - one.low)
    most = one.high * (2 * one.value - one.high)
    wide = other.high * (2 * other.value - other.high)
    narrow = other.low * (2 * other.value - other.low)
    under = product + math.sqrt(max(0.0, product**2 - least * wide))
    low = least / under if under > 0 else 0.0
    high = math.inf
    if narrow > 0:
        high = (product + math.sqrt(max(0.0, product**2 - most * narrow))) / narrow
    value = one.value / other.value if other.value else math.inf if one.value else 1.0
    return Interval(value, min(low, value), max(high, value))


def _add(sums: list[float], score: float) -> None:
    """Count a score into number, mean, and squares around the mean (Welford 1962)."""
    sums[0] += 1
    away = score - sums[1]
    sums[1] += away / sums[0]
    sums[2] += away * (score - sums[1])


def _scores(sums: Mapping[str, list[float]]) -> tuple[MeanScore, ...]:
    enough = sum(number >= LEAST for number, _, _ in sums.values())
    return tuple(_mean(group, sums, _z(max(1, enough))) for group in sorted(sums))


def _mean(group: str, sums: Mapping[str, list[float]], z: float) -> MeanScore:
    number, mean, squares = sums[group]
    rest = [own for name, own in sums.items() if name != group]
    others = sum(own[0] for own in rest)
    if number < LEAST or others < LEAST:
        why = f"not enough data: {number:.0f} scores beside {others:.0f}, {LEAST} of each needed"
        return MeanScore(group, int(number), mean, None, why)
    middle = math.fsum(own[0] * own[1] for own in rest) / others
    around = math.fsum(own[2] + own[0] * (own[1] - middle) ** 2 for own in rest)
    error = math.sqrt(squares / (number - 1) / number + around / (others - 1) / others)
    value = mean - middle
    difference = Interval(value, value - z * error, value + z * error)
    why = "no difference shown"
    if difference.low > 0 or difference.high < 0:
        why = f"scores {abs(value):.3f} {'above' if value > 0 else 'below'} those of the others"
    return MeanScore(group, int(number), mean, difference, why)


def _z(comparisons: int) -> float:
    return NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / 2 / comparisons)
