"""Figures that a brief does not say and that follow from what it says: sums, products, days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations

from copydesk.guardrails.claims import Claim, ClaimKind
from copydesk.guardrails.evidence import Evidence, Known
from copydesk.guardrails.normalise import Reading

MOST_COUNTED = 100
"""The largest count by which a price or a figure is multiplied: `three bottles come to £36`."""
LOOK_AROUND = 4
"""Words before and after a figure in which a word may say how it was worked out."""
NEAR_ENOUGH = 0.005

_EACH = frozenset(("each", "apiece", "per", "every"))
_TOGETHER = frozenset(("together", "total", "altogether", "both", "all", "combined", "sum"))
_FARTHER = frozenset(
    ("more", "fewer", "extra", "additional", "less", "up", "down", "than", "new", "cheaper")
)
_AHEAD = frozenset(("left", "away", "until", "till", "before", "remain", "remains", "remaining"))
_AHEAD_BEFORE = frozenset(("in", "within"))
_DAY = 86_400
_MONTH = 30.4
_SLACK = {"month": 7.0, "week": 2.0}

Worked = tuple[float, tuple[str, ...]]


def worked_out(
    claim: Claim, claims: Sequence[Claim], reading: Reading, evidence: Evidence
) -> tuple[str, ...]:
    """Return what a figure follows from, where it follows from what the brief says; else empty.

    A product needs its other factor in the same sentence; a sum or a difference needs a word that
    says so; days are counted from the day of sending to a date of the brief.
    """
    if claim.kind not in {ClaimKind.NUMBER, ClaimKind.MONEY}:
        return ()
    around = _around(claim, reading)
    candidates = [*_products(claim, claims, reading, evidence)]
    if around & _EACH:
        candidates += _quotients(claim, claims, reading, evidence)
    if around & (_TOGETHER | _FARTHER):
        candidates += _sums(claim, evidence, adds=bool(around & _TOGETHER))
    if claim.unit:
        candidates += _days(claim, reading, evidence)
    return next((rests_on for value, rests_on in candidates if _is(claim, value)), ())


def _is(claim: Claim, value: float) -> bool:
    factor = claim.unit.factor if claim.unit else 1
    return any(abs(said * factor - value) < NEAR_ENOUGH for said in claim.values)


def _around(claim: Claim, reading: Reading) -> set[str]:
    words = reading.words[max(0, claim.first - LOOK_AROUND) : claim.last + 1 + LOOK_AROUND]
    return {word.text for word in words}


def _counts(claim: Claim, claims: Sequence[Claim], reading: Reading) -> Iterator[float]:
    """Yield the other whole numbers of the claim's sentence."""
    first, last = reading.sentence(claim.first)
    for other in claims:
        if other is claim or other.kind is not ClaimKind.NUMBER:
            continue
        if first <= other.first <= last and 1 < other.value <= MOST_COUNTED:
            yield other.value


def _alike(claim: Claim, evidence: Evidence) -> Iterator[tuple[float, Known]]:
    """Yield the figures of the brief that are of the claim's sort, in its base unit."""
    for known in evidence.of(claim.kind):
        other = known.claim
        if claim.kind is ClaimKind.MONEY:
            if not claim.currencies or claim.currencies & other.currencies:
                yield other.value, known
        elif known.source != "send_at" and _dimension(claim) == _dimension(other):
            yield other.value * (other.unit.factor if other.unit else 1), known


def _dimension(claim: Claim) -> str:
    return claim.unit.dimension if claim.unit else ""


def _products(
    claim: Claim, claims: Sequence[Claim], reading: Reading, evidence: Evidence
) -> Iterator[Worked]:
    for count in set(_counts(claim, claims, reading)):
        for value, known in _alike(claim, evidence):
            yield count * value, (known.source,)


def _quotients(
    claim: Claim, claims: Sequence[Claim], reading: Reading, evidence: Evidence
) -> Iterator[Worked]:
    counts = set(_counts(claim, claims, reading))
    counts |= {k.claim.value for k in evidence.of(ClaimKind.NUMBER) if k.claim.unit is None}
    for count in counts:
        for value, known in _alike(claim, evidence):
            if 1 < count <= MOST_COUNTED:
                yield round(value / count, 2), (known.source,)


def _sums(claim: Claim, evidence: Evidence, *, adds: bool) -> Iterator[Worked]:
    """Yield sums, or for numbers of one noun differences: `14 more speakers than last year`."""
    for (one, a), (two, b) in combinations(_alike(claim, evidence), 2):
        rests_on = tuple(dict.fromkeys((a.source, b.source)))
        if adds and (claim.kind is ClaimKind.MONEY or a.claim.noun == b.claim.noun):
            yield one + two, rests_on
        if claim.kind is ClaimKind.MONEY and not adds:
            yield abs(one - two), rests_on
        if claim.kind is ClaimKind.NUMBER and a.claim.noun and a.claim.noun == b.claim.noun:
            yield abs(one - two), rests_on


def _days(claim: Claim, reading: Reading, evidence: Evidence) -> Iterator[Worked]:
    """Yield the claim's own value for each date of the brief that lies so far ahead."""
    unit = claim.unit
    if unit is None or unit.dimension not in {"time", "months"}:
        return
    said = claim.value * unit.factor * (_MONTH if unit.dimension == "months" else 1 / _DAY)
    after = reading.words[claim.last + 1].text if claim.last + 1 < len(reading.words) else ""
    follows = " ".join(word.text for word in reading.words[claim.last + 1 : claim.last + 3])
    before = reading.words[claim.first - 1].text if claim.first else ""
    if after not in _AHEAD and follows not in {"to go", "from now"} and before not in _AHEAD_BEFORE:
        return
    sent = evidence.brief.send_at.date()
    for known in evidence.dates:
        month, day = divmod(int(known.claim.value), 100)
        ahead = (date(known.claim.year or sent.year, month, day) - sent).days
        if abs(ahead - said) <= _SLACK.get(unit.name, 1.0):
            yield claim.value * unit.factor, (known.source,)
