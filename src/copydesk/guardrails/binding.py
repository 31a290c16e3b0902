"""Whether a figure, a date, a code or a link rests on the brief, and on what in it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from copydesk.guardrails.arithmetic import worked_out
from copydesk.guardrails.claims import NOON, Claim, ClaimKind
from copydesk.guardrails.evidence import Evidence, Known
from copydesk.guardrails.normalise import Reading
from copydesk.guardrails.vocabulary import vocabulary

NEAR = 0.9
"""How much of the true figure a rounded one must reach: `over 2,000` for 2,314 does."""
MANNER_OF_SPEECH = "manner of speech"
"""What a figure that states nothing rests on, as in `one or two`."""
ALIKE = 0.002
"""Relative difference that rounding to the cent or the tenth of a percent may make."""

MOST_RECKONED = 60
"""Claims of a slot above which none is worked out from others: no text can make it slow."""

_UNTIL = frozenset(("by", "until", "till", "through", "thru", "before", "ends", "this", "next"))
_ON = frozenset(("on", "from"))


class Bound(NamedTuple):
    """A claim with what it rests on, and what the brief says instead when it rests on nothing."""

    claim: Claim
    rests_on: tuple[str, ...]
    instead: Known | None = None
    """What the brief says of the same sort, where there is exactly one such thing."""


def bind(claims: Iterable[Claim], reading: Reading, evidence: Evidence) -> list[Bound]:
    """Resolve the claims of a reading against the brief's evidence."""
    claims = list(claims)
    others = claims if len(claims) <= MOST_RECKONED else None
    return [_bound(claim, others, reading, evidence) for claim in claims]


def _bound(
    claim: Claim, others: Sequence[Claim] | None, reading: Reading, evidence: Evidence
) -> Bound:
    bears = _BEARS[claim.kind]
    holding = [known for known in evidence.known if bears(claim, known, reading, evidence)]
    if holding:
        return Bound(claim, tuple(dict.fromkeys(known.source for known in holding)))
    if _is_manner_of_speech(claim, reading, evidence):
        return Bound(claim, (MANNER_OF_SPEECH,))
    follows_from = () if others is None else worked_out(claim, others, reading, evidence)
    if follows_from:
        return Bound(claim, follows_from)
    return Bound(claim, (), _instead(claim, evidence))


def _bears_figure(claim: Claim, known: Known, reading: Reading, _: Evidence) -> bool:
    """Return whether a known figure bears a number, an amount or a percentage."""
    other = known.claim
    if other.kind is ClaimKind.TIME:
        return _is_hour(claim, reading) and (other.value - claim.value * 60) % _HALF_DAY == 0
    if not other.values or other.kind in _OF_DAYS:
        return False
    if not _comparable(claim, other):
        return False
    factor, other_factor = _factors(claim, other)
    near = [
        (value * factor, true * other_factor)
        for value in claim.values
        for true in other.values
        if _is_near(value * factor, true * other_factor)
    ]
    if not near:
        return False
    looseness = _looseness(claim, reading)
    return any(_fits(value, true, looseness) for value, true in near)


_HALF_DAY = 720
_OF_DAYS = {ClaimKind.DATE, ClaimKind.WEEKDAY, ClaimKind.NTH, ClaimKind.AHEAD}
_BEFORE_AN_HOUR = frozenset(
    ("at", "from", "to", "until", "till", "by", "before", "after", "between", "and", "around")
)


def _is_hour(claim: Claim, reading: Reading) -> bool:
    """Return whether a bare number is an hour of the day: `from 9 to 5`, `at 11 and at 3`."""
    if claim.kind is not ClaimKind.NUMBER or claim.unit or not claim.first:
        return False
    if not 1 <= claim.value <= NOON:
        return False
    return reading.words[claim.first - 1].text in _BEFORE_AN_HOUR


def _comparable(claim: Claim, other: Claim) -> bool:
    if claim.kind is ClaimKind.MONEY and other.kind is ClaimKind.MONEY:
        return not (claim.currencies and other.currencies) or bool(
            claim.currencies & other.currencies
        )
    if claim.kind is ClaimKind.NUMBER:
        return _units_agree(claim, other)
    return other.kind in {claim.kind, ClaimKind.NUMBER} and other.unit is None


def _units_agree(claim: Claim, other: Claim) -> bool:
    if claim.unit and other.unit:
        return claim.unit.dimension == other.unit.dimension
    if claim.unit:
        return other.kind is ClaimKind.NUMBER and other.noun in {"", "in"}
    return True


def _factors(claim: Claim, other: Claim) -> tuple[float, float]:
    if claim.unit and other.unit:
        return claim.unit.factor, other.unit.factor
    return 1.0, 1.0


def _is_near(value: float, true: float) -> bool:
    """Return whether the figure could fit with the loosest of words before it."""
    return true * NEAR * NEAR <= value <= true / NEAR or _is_equal(value, true)


def _is_equal(value: float, true: float) -> bool:
    return math.isclose(value, true, rel_tol=ALIKE, abs_tol=0.005)


def _fits(value: float, true: float, looseness: str) -> bool:
    if _is_equal(value, true):
        return True
    if looseness == "at least":
        return true * NEAR * NEAR <= value <= true
    if looseness == "at most":
        return true <= value <= true / NEAR
    return looseness == "about" and NEAR <= (value / true if true else 0) <= 1 / NEAR


def _looseness(claim: Claim, reading: Reading) -> str:
    words = [word.text for word in reading.words[max(0, claim.first - 2) : claim.first]]
    before = {" ".join(words), *words[-1:]}
    known = vocabulary()
    if before & known.at_least:
        return "at least"
    if before & known.at_most:
        return "at most"
    return "about" if before & known.about else ""


def _bears_date(claim: Claim, known: Known, _: Reading, __: Evidence) -> bool:
    other = known.claim
    if other.kind is not ClaimKind.DATE or claim.value != other.value:
        return False
    if claim.year and other.year and claim.year != other.year:
        return False
    weekday = _weekday_of(other)
    return claim.weekday is None or weekday is None or claim.weekday == weekday


def _bears_weekday(claim: Claim, known: Known, _: Reading, __: Evidence) -> bool:
    other = known.claim
    if other.kind is ClaimKind.WEEKDAY:
        return claim.value == other.value
    return other.kind is ClaimKind.DATE and claim.value == _weekday_of(other)


def _weekday_of(claim: Claim) -> int | None:
    if claim.weekday is not None:
        return claim.weekday
    if claim.year is None:
        return None
    month, day = divmod(int(claim.value), 100)
    try:
        return date(claim.year, month, day).weekday()
    except ValueError:
        return None


def _bears_nth(claim: Claim, known: Known, _: Reading, evidence: Evidence) -> bool:
    other = known.claim
    if other.kind is ClaimKind.NTH:
        return claim.value == other.value
    if other.kind is not ClaimKind.DATE:
        return False
    month, rest = divmod(int(claim.value), 100)
    weekday, which = divmod(rest, 10)
    year = other.year or evidence.brief.send_at.year
    try:
        day = date(year, *divmod(int(other.value), 100))
    except ValueError:
        return False
    if (day.month, day.weekday()) != (month, weekday):
        return False
    is_last = (day + timedelta(days=7)).month != month
    return is_last if which == _LAST else (day.day - 1) // 7 + 1 == which


_LAST = 9


def _bears_ahead(claim: Claim, known: Known, _: Reading, evidence: Evidence) -> bool:
    other, sent = known.claim, evidence.brief.send_at.date()
    if other.kind is not ClaimKind.DATE or known.source == "send_at":
        return False
    meant = sent + timedelta(days=claim.value)
    return other.value == meant.month * 100 + meant.day and other.year in {None, meant.year}


def _bears_time(claim: Claim, known: Known, _: Reading, __: Evidence) -> bool:
    other = known.claim
    if other.kind is ClaimKind.TIME:
        return claim.value % _HALF_DAY == other.value % _HALF_DAY
    return other.kind is ClaimKind.NUMBER and other.value * 60 == claim.value % _HALF_DAY


def _bears_year(claim: Claim, known: Known, _: Reading, __: Evidence) -> bool:
    other = known.claim
    if other.kind is ClaimKind.DATE:
        return claim.value == other.year
    return bool(other.values) and claim.value in other.values


def _bears_code(claim: Claim, known: Known, _: Reading, evidence: Evidence) -> bool:
    if known.claim.kind is ClaimKind.CODE and claim.text == known.claim.text:
        return True
    return claim.text.lower() in evidence.said and known.source != "offer.code"


def _bears_link(claim: Claim, known: Known, _: Reading, __: Evidence) -> bool:
    return known.claim.kind is ClaimKind.LINK and _address(claim.text) == _address(known.text)


def _address(link: str) -> str:
    return link.lower().removeprefix("https://").removeprefix("http://").rstrip("/")


_BEARS = {
    ClaimKind.NUMBER: _bears_figure,
    ClaimKind.MONEY: _bears_figure,
    ClaimKind.PERCENT: _bears_figure,
    ClaimKind.DATE: _bears_date,
    ClaimKind.WEEKDAY: _bears_weekday,
    ClaimKind.NTH: _bears_nth,
    ClaimKind.AHEAD: _bears_ahead,
    ClaimKind.TIME: _bears_time,
    ClaimKind.YEAR: _bears_year,
    ClaimKind.CODE: _bears_code,
    ClaimKind.LINK: _bears_link,
}


def _is_manner_of_speech(claim: Claim, reading: Reading, evidence: Evidence) -> bool:
    """Return whether a figure states nothing about the product, the offer or a day.

    "Before nine", "one or two", "Serious for Tuesday": a number in letters is held to the brief
    only with a unit of measure, or when the brief counts the same thing differently; a weekday
    only as a deadline, or where the brief has a timetable.
    """
    before = reading.words[claim.first - 1].text if claim.first else ""
    if claim.kind in _SPEAKS_OF_DAYS:
        return _names_no_day(claim, before, evidence)
    if claim.kind is ClaimKind.YEAR:
        sent = evidence.brief.send_at.year
        return before not in _SINCE and sent - LOOKING_BACK <= claim.value < sent
    if claim.kind is not ClaimKind.NUMBER:
        return False
    if _is_no_quantity(claim, before, reading, evidence):
        return True
    after = reading.words[claim.last + 1].text if claim.last + 1 < len(reading.words) else ""
    if after == "o" or (not claim.spelled and after in {".", ")"} and before in {"", ".", "("}):
        return True
    return claim.spelled and claim.unit is None and not _counted_differently(claim, evidence)


_NUMBERED = frozenset(
    ("release", "version", "chapter", "season", "episode", "volume", "verse", "page", "step", "tip")
)
"""After these a number is a name: `Release 5.2`."""
LOOKING_BACK = 2
"""Years before the sending that may be spoken of: `you asked in 2024`."""
_SINCE = frozenset(("since", "established", "est", "founded", "from", "vintage"))
_LEGAL_AGES = {16, 18, 21, 25}
_OF_AGE = frozenset(("over", "older", "above", "adults", "aged", "age", "ages", "under", "+"))
_MINUTE = 60


def _is_no_quantity(claim: Claim, before: str, reading: Reading, evidence: Evidence) -> bool:
    """Return whether a number is a name, the age at which one is adult, or a manner of speech.

    `Release 5.2`, `adults of 21 and over`, `ten minutes in the yard`.
    """
    if claim.unit:
        brief_times = (known for known in evidence.of(ClaimKind.NUMBER) if known.claim.unit)
        is_short = claim.unit.dimension == "time" and claim.unit.factor <= _MINUTE
        return (
            claim.spelled
            and is_short
            and not any(k.claim.unit and k.claim.unit.name == claim.unit.name for k in brief_times)
        )
    if before in _NUMBERED:
        return True
    around = reading.words[max(0, claim.first - 4) : claim.last + 4]
    return claim.value in _LEGAL_AGES and any(word.text in _OF_AGE for word in around)


_SPEAKS_OF_DAYS = {ClaimKind.WEEKDAY, ClaimKind.TIME, ClaimKind.NTH, ClaimKind.DATE}


def _names_no_day(claim: Claim, before: str, evidence: Evidence) -> bool:
    """Return whether a day or an hour is spoken of without a point in time being told."""
    if claim.kind is ClaimKind.WEEKDAY:
        timetable = any(evidence.of(ClaimKind.WEEKDAY)) or len(evidence.dates) > 0
        return before not in _UNTIL and not (before in _ON and timetable)
    if claim.kind is ClaimKind.TIME:
        return not any(evidence.of(ClaimKind.TIME)) and before not in _UNTIL
    if claim.kind is ClaimKind.DATE and not claim.spelled:
        return False
    # By a name, or by its place in a month: it counts where it may be mistaken for a known date.
    return all(known.claim.value // 100 != claim.value // 100 for known in evidence.dates)


def _counted_differently(claim: Claim, evidence: Evidence) -> bool:
    noun = claim.noun.rstrip("s")
    return len(noun) > 2 and any(  # noqa: PLR2004 - `of`, `to` are no nouns
        known.claim.noun.rstrip("s") == noun and not known.claim.spelled
        for known in evidence.of(ClaimKind.NUMBER)
    )


def _instead(claim: Claim, evidence: Evidence) -> Known | None:
    """Return the only thing of the same sort that the brief says, if there is exactly one."""
    alike = {
        known.text: known
        for known in evidence.of(claim.kind)
        if known.source not in {"send_at", "offer"} and _same_sort(claim, known.claim)
    }
    return next(iter(alike.values())) if len(alike) == 1 else None


def _same_sort(claim: Claim, other: Claim) -> bool:
    if claim.kind is not ClaimKind.NUMBER:
        return True
    return claim.unit == other.unit and (claim.unit is not None or claim.noun == other.noun)
