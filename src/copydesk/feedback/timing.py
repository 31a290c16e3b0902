"""When a recipient answers, and when they have had enough: signals of a brief, told in words.

Both are off until there is enough history, and say so. Only what people did counts: clicks and
conversions that are not known to be a machine's. Opens never do.

Hours are hours of the week in the zone asked for. A recipient's hours are drawn towards the
audience's (Dirichlet-multinomial: the audience's shares count as 50 answers of the recipient's),
and an answer counts in part for the hours beside its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from copydesk.feedback.outcomes import Outcome

Numbers = NDArray[np.float64]
HOURS = 168
PRIOR_ANSWERS = 50.0
"""Answers of their own that outweigh the audience's hours."""
AUDIENCE_UNIFORM = 168.0
"""Answers of the audience, one for every hour, with which its hours begin."""
LEAST_ANSWERS, LEAST_AUDIENCE, LEAST_SENT_HOURS = 10, 300, 12
BEST = 3
LEAST_SENT, LEAST_DAYS, RECENT_DAYS = 10, 60, 30
LEAST_RECENT = 3
PRIOR_ANSWERED = 2.0
"""Expected answers that outweigh what was held before: of few that would have been answered
anyway, silence says little."""
LOWER, WITHHOLD = 0.4, 0.75
_BESIDE = (0.25, 0.5, 0.25)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Hour(NamedTuple):
    """An hour of the week, from 0 (Monday, midnight)."""

    hour: int
    share: float
    """Of the recipient's answers expected in it."""

    def __str__(self) -> str:
        return f"{_DAYS[self.hour // 24]} {self.hour % 24:02}:00"


class Hours(NamedTuple):
    """The hours at which to write to a recipient, best first; none where too little is known."""

    best: tuple[Hour, ...]
    why: str


class Audience(NamedTuple):
    """What an audience's outcomes tell: answers and messages by hour, and answers a message."""

    answers: Numbers
    sent: Numbers
    zone: str

    @property
    def rate(self) -> float:
        """Return answers a message, half an answer added to a hundred messages."""
        return min(1.0, (float(self.answers.sum()) + 0.5) / (float(self.sent.sum()) + 100))

    @classmethod
    def of(cls, outcomes: Iterable[Outcome], zone: str = "UTC") -> Audience:
        """Count the outcomes of many recipients; `zone` is an IANA name, as `Europe/Berlin`."""
        answers, sent, place = np.zeros(HOURS), np.zeros(HOURS), ZoneInfo(zone)
        for outcome in outcomes:
            if answered(outcome):
                answers[hour_of(outcome.at, place)] += 1
            elif outcome.kind == "sent":
                sent[hour_of(outcome.at, place)] += 1
        return cls(answers, sent, zone)


Level = Literal["unknown", "normal", "lower", "withhold"]


class Fatigue(NamedTuple):
    """How much a recipient has had of it: 0 is fresh, 1 is enough; None where nobody can tell."""

    score: float | None
    level: Level
    why: str


def answered(outcome: Outcome) -> bool:
    """Return whether somebody, not known to be a machine, clicked or did what was asked."""
    return outcome.kind in {"click", "conversion"} and outcome.human != "no"


def hour_of(at: datetime, zone: ZoneInfo) -> int:
    """Return the hour of the week at a place, from 0 (Monday, midnight) to 167."""
    local = at.astimezone(zone)
    return local.weekday() * 24 + local.hour


def best_hours(outcomes: Sequence[Outcome], audience: Audience) -> Hours:
    """Return the hours at which the recipient of `outcomes` answers most, or why none are told."""
    place = ZoneInfo(audience.zone)
    own = np.zeros(HOURS)
    for outcome in outcomes:
        if answered(outcome):
            own[hour_of(outcome.at, place)] += 1
    if off := _hours_off(own, audience):
        return Hours((), off)
    shares = expected_shares(own, audience)
    order = sorted(range(HOURS), key=lambda hour: (-shares[hour], hour))[:BEST]
    best = tuple(Hour(hour, float(shares[hour])) for hour in order)
    named = ", ".join(f"{hour} ({hour.share:.1%})" for hour in best)
    weight = own.sum() / (own.sum() + PRIOR_ANSWERS)
    return Hours(
        best,
        f"most answers are expected {named}, times of {audience.zone}; an hour has"
        f" {1 / HOURS:.1%} on average. {weight:.0%} of this rests on {own.sum():.0f} answers of the"
        f" recipient's own, the rest on {audience.answers.sum():,.0f} of the audience's",
    )


def _hours_off(own: Numbers, audience: Audience) -> str | None:
    if own.sum() < LEAST_ANSWERS:
        return f"off: {own.sum():.0f} answers of the recipient's, {LEAST_ANSWERS} are needed"
    if audience.answers.sum() < LEAST_AUDIENCE:
        told = f"{audience.answers.sum():.0f} answers of the audience's"
        return f"off: {told}, {LEAST_AUDIENCE} are needed"
    if (hours := np.count_nonzero(audience.sent)) < LEAST_SENT_HOURS:
        return (
            f"off: messages went out at {hours} hours of the week, and answers follow them;"
            f" {LEAST_SENT_HOURS} hours are needed to tell habits from our own timetable"
        )
    return None


def expected_shares(own: Numbers, audience: Audience) -> Numbers:
    """Return the share of the recipient's answers expected in each hour; they sum to 1."""
    usual = _spread_out(audience.answers) + AUDIENCE_UNIFORM / HOURS
    posterior: Numbers = PRIOR_ANSWERS * usual / usual.sum() + _spread_out(own)
    return posterior / float(posterior.sum())


def _spread_out(counts: Numbers) -> Numbers:
    """Return counts of which a quarter is given to each hour beside, around the week."""
    before, here, after = _BESIDE
    spread: Numbers = before * np.roll(counts, 1) + here * counts + after * np.roll(counts, -1)
    return spread


def fatigue(outcomes: Sequence[Outcome], audience: Audience, now: datetime) -> Fatigue:
    """Return how much the recipient of `outcomes` has had, as of `now`.

    Compares the last 30 days with the days before: answers a message, drawn towards the
    recipient's own and the audience's, and messages a week. Who left or complained has had
    enough, on any history.
    """
    seen = [outcome for outcome in outcomes if outcome.at <= now]
    for kind, told in (("complaint", "complained"), ("unsubscribe", "unsubscribed")):
        if any(outcome.kind == kind for outcome in seen):
            return Fatigue(1.0, "withhold", f"the recipient {told}")
    since = now - timedelta(days=RECENT_DAYS)
    recent = _Period.of([o for o in seen if o.at > since])
    past = _Period.of([o for o in seen if o.at <= since])
    days = max(((now - o.at) / timedelta(days=1) for o in seen if o.kind == "sent"), default=0.0)
    if off := _fatigue_off(recent, past, days):
        return Fatigue(None, "unknown", off)
    return _compared(recent, past, days, audience.rate)


class _Period(NamedTuple):
    sent: int
    answers: int

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> _Period:
        sent = sum(outcome.kind == "sent" for outcome in outcomes)
        return cls(sent, min(sent, sum(map(answered, outcomes))))


def _fatigue_off(recent: _Period, past: _Period, days: float) -> str | None:
    number = recent.sent + past.sent
    if number < LEAST_SENT or days < LEAST_DAYS:
        return (
            f"off: {number} messages in {days:.0f} days;"
            f" {LEAST_SENT} in {LEAST_DAYS} days are needed"
        )
    if recent.sent < LEAST_RECENT:
        return f"off: {recent.sent} messages in {RECENT_DAYS} days; {LEAST_RECENT} are needed"
    return None


def _compared(recent: _Period, past: _Period, days: float, usual: float) -> Fatigue:
    own = usual * _times(past.answers, past.sent * usual)
    silent = max(0.0, 1 - _times(recent.answers, recent.sent * own))
    weekly = 7 * recent.sent / RECENT_DAYS
    # Once more a week than ever is no more pressure than twice where there was next to none.
    before = max(0.5, 7 * past.sent / max(1.0, days - RECENT_DAYS))
    pressed = max(0.0, 1 - before / weekly)
    score = 1 - (1 - silent) * (1 - pressed / 2)
    level: Level = "withhold" if score >= WITHHOLD else "lower" if score >= LOWER else "normal"
    why = (
        f"{recent.answers} answers to {recent.sent} messages in {RECENT_DAYS} days, {past.answers}"
        f" to {past.sent} before; {weekly:.1f} messages a week, {before:.1f} before"
    )
    return Fatigue(score, level, why)


def _times(answers: int, expected: float) -> float:
    """Return how many times as often as expected somebody answers (gamma and Poisson)."""
    return (answers + PRIOR_ANSWERED) / (expected + PRIOR_ANSWERED)
