"""Remedies that take a day from the brief, and write it as the copy writes its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

from copydesk.guardrails.case import Case, Hit
from copydesk.guardrails.claims import Claim, ClaimKind
from copydesk.guardrails.evidence import Known
from copydesk.guardrails.remedies.figures import figure, span_of
from copydesk.guardrails.remedies.remedy import instead
from copydesk.guardrails.remedies.words import drop
from copydesk.guardrails.truths import last_day

_UNTIL = re.compile(
    r"\b(?:by|until|till|through|thru|before|ends?|ending|expires?|closes?|this|next)\s+\Z",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"\b(?P<verb>ends?|ending|expires?|expiring|closes?|closing|finish(?:es)?|until|till|through)\b"
    r".*",
    re.IGNORECASE | re.DOTALL,
)


def date_(case: Case, hit: Hit) -> Hit | None:
    """Write the day that the brief gives, in the form of the one that stands there.

    After `until`, `ends` and the like that is the end of the offer; elsewhere the only day there
    is. An hour is put right as a figure is.
    """
    claim = next(
        (one for one in case.claims_in(hit) if span_of(case, hit, one) == _ends(hit)), None
    )
    if claim is None or claim.kind is ClaimKind.TIME:
        return figure(case, hit)
    day = _meant(case, hit)
    if day is None:
        return None
    written = case.readings[hit.slot].source[hit.start : hit.end]
    if claim.kind is ClaimKind.AHEAD:
        return hit._replace(suggestion=_day(case, day, "on "))
    has_form = claim.kind is ClaimKind.WEEKDAY or any(sign.isdigit() for sign in written)
    return hit._replace(suggestion=like(written, day, claim) if has_form else _day(case, day))


def _ends(hit: Hit) -> tuple[int, int]:
    return hit.start, hit.end


def _meant(case: Case, hit: Hit) -> date | None:
    """Return the day of the brief that the copy must mean, or None where it may be several."""
    source = case.readings[hit.slot].source
    end = fixed_end(case)
    if end is not None and _UNTIL.search(source[: hit.start]):
        return end
    sent = case.brief.send_at.date() if case.brief else None
    known = case.evidence.dates if case.evidence else []
    days = {day for one in known if (day := _as_date(one, sent)) is not None and day != sent}
    days.discard(_start(case))
    return next(iter(days)) if len(days) == 1 else None


def _start(case: Case) -> date:
    offer = case.brief.offer if case.brief else None
    return offer.starts.date() if offer and offer.starts else date.min


def _as_date(known: Known, sent: date | None) -> date | None:
    month, day = divmod(int(known.claim.value), 100)
    try:
        return date(known.claim.year or (sent.year if sent else 1), month, day)
    except ValueError:
        return None


def fixed_end(case: Case) -> date | None:
    """Return the last day of the offer, where it has one that cannot move and is still to come."""
    offer = case.brief.offer if case.brief else None
    if case.brief is None or offer is None or offer.ends is None or offer.extendable:
        return None
    end = last_day(offer.ends)
    return end if end >= case.brief.send_at.date() else None


def like(written: str, day: date, claim: Claim) -> str:
    """Write a day in the form of the one that is written: `March 8`, `Sun 8th Mar`, `2026-03-08`.

    What is spelt out stays so, and a weekday or a year is there where it was.
    """
    if claim.kind is ClaimKind.WEEKDAY:
        return _cased(f"{day:%A}"[: _length(written, f"{day:%A}")], written)
    if re.match(r"\d{4}-", written):
        return day.isoformat()
    return _FORM.sub(lambda found: _part(found, day), written)


_FORM = re.compile(
    r"(?P<year>\b\d{4}\b)|(?P<day>\b\d{1,2}(?P<nth>st|nd|rd|th)?\b)|(?P<word>[^\W\d_]{3,})",
    re.IGNORECASE,
)


def _part(found: re.Match[str], day: date) -> str:
    text = found.group()
    if found["year"]:
        return str(day.year)
    if found["day"]:
        return f"{day.day}{_nth(day.day) if found['nth'] else ''}"
    for name, wanted in _NAMES.items():
        if name.startswith(text.lower()[:3]):
            full = wanted(day)
            return _cased(full[: _length(text, name)], text)
    return text


_SHORT = 3
"""Letters of a name that is cut short, as in `Sun` and `Mar`."""


def _nth(day: int) -> str:
    return "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")  # noqa: PLR2004


def _length(written: str, name: str) -> int:
    """Return how many letters of a name to write: three, where it is cut short, else all."""
    return _SHORT if len(written) == _SHORT and name != "may" else len("September")


def _cased(text: str, written: str) -> str:
    if written.isupper() and len(written) > 1:
        return text.upper()
    return text.lower() if written.islower() else text


_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_NAMES: Mapping[str, Callable[[date], str]] = {
    **dict.fromkeys(_WEEKDAYS, lambda day: f"{day:%A}"),
    **dict.fromkeys(_MONTHS, lambda day: f"{day:%B}"),
}


def _day(case: Case, day: date, before: str = "") -> str:
    """Write a day as the readers of the brief's locale do."""
    american = case.brief is not None and case.brief.locale == "en-US"
    text = f"{day:%B} {day.day}" if american else f"{day.day} {day:%B}"
    return before + text


def end(case: Case, hit: Hit) -> Hit | None:
    """Say when the offer truly ends; where it has no fixed end, take the words out."""
    last = fixed_end(case)
    if last is None:
        return drop(case, hit)
    claims = [claim for claim in case.claims_in(hit) if claim.kind in _SPOKEN]
    if claims:
        return _counted(case, hit, claims[0], last)
    source = case.readings[hit.slot].source
    found = _ENDS.search(source, hit.start, hit.end)
    if found is None:
        return drop(case, hit)
    return instead(case, hit, found.end("verb"), hit.end, f" {_day(case, last)}")


_SPOKEN = {ClaimKind.NUMBER, ClaimKind.DATE, ClaimKind.WEEKDAY}


def _counted(case: Case, hit: Hit, claim: Claim, last: date) -> Hit | None:
    start, end_ = span_of(case, hit, claim)
    if claim.kind is not ClaimKind.NUMBER:
        written = case.readings[hit.slot].source[start:end_]
        return instead(case, hit, start, end_, like(written, last, claim))
    days = (last - case.brief.send_at.date()).days if case.brief else 0
    if days < 1 or claim.unit is None or claim.unit.name != "day":
        return drop(case, hit)
    return instead(case, hit, start, end_, "1 day" if days == 1 else f"{days} days")
