"""What is known of one recipient at a pull: which copy is theirs, and what is kept from them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from copydesk.desk.keeping_time import KeepingTime
from copydesk.desk.triggering import Triggering
from copydesk.publishing import ApprovedCopy, Choice, PullQuery, Shelf, Source
from copydesk.publishing.intensity import intensity
from copydesk.publishing.timing import OnFatigue, Timed
from copydesk.publishing.triggers import NOT_CALLED, Called

LESS = frozenset({"lower", "withhold"})
"""Levels of fatigue at which less is more."""


class Told(NamedTuple):
    """What this recipient's doings say of this pull."""

    called: Called = NOT_CALLED
    timed: Timed = Timed()


NOTHING = Told()


class Recipients:
    """Chooses from a shelf for one recipient; where nothing is known, as for anybody."""

    def __init__(self, triggering: Triggering, timing: KeepingTime) -> None:
        self.triggering = triggering
        self.timing = timing

    def at_hand(self, shelf: Shelf, query: PullQuery) -> Told | None:
        """Return what is known without reading anything, or None when it must be read."""
        if query.recipient_key is not None and shelf.campaign.timing.asks:
            return None
        called = self.triggering.at_hand(query)
        if called is None or called.withheld is not None:
            return None
        return Told(called)

    def of(self, shelf: Shelf, query: PullQuery) -> Told:
        """Return what is known."""
        timed = self.timing.of(shelf.campaign, query.recipient_key)
        return Told(self.triggering.called(query), timed)


def choose(shelf: Shelf, query: PullQuery, told: Told, now: datetime) -> Choice:
    """Return the choice for this recipient at `now`: a pure function of its arguments.

    An event's audience takes the place of none; who has copy of their own, or is pulled for an
    audience by name, gets that. Who has had enough gets what the campaign says.
    """
    timing, tired = shelf.campaign.timing, told.timed.fatigue
    if told.called.withheld is not None:
        return _withheld(shelf, told.called.withheld, now, told.timed)
    level = tired.level if tired is not None else None
    if tired is not None and level == "withhold" and timing.fatigue is OnFatigue.WITHHOLD:
        reason = f"the recipient has had enough ({tired.score:.2f}): {tired.why}"
        return _withheld(shelf, reason, now, told.timed)
    if level in LESS and timing.fatigue in {OnFatigue.LOWER, OnFatigue.WITHHOLD}:
        shelf = _calmed(shelf)
    named = query.audience is not None or query.recipient_key in shelf.individuals
    if told.called.audience is not None and not named:
        query = query._replace(audience=told.called.audience)
    return shelf.choose(query, now)._replace(timed=told.timed)


def _withheld(shelf: Shelf, reason: str, now: datetime, timed: Timed) -> Choice:
    """Return the campaign's fallback, for this reason."""
    fallback, brief = shelf.fallback_at(now)
    return Choice(fallback, Source.FALLBACK, None, (reason,), brief, (reason,), timed)


def _calmed(shelf: Shelf) -> Shelf:
    """Return the shelf with the calmest copy of each audience; an experiment is left alone."""
    holding = {
        name: copies if name in shelf.experiments else _calmest(copies)
        for name, copies in shelf.holding.items()
    }
    return replace(shelf, holding=holding)


def _calmest(copies: tuple[ApprovedCopy, ...]) -> tuple[ApprovedCopy, ...]:
    """Return those of the copies that press least; of equals all."""
    pressing = [intensity(copy.copy_) for copy in copies]
    least = min(pressing, default=0)
    return tuple(copy for copy, one in zip(copies, pressing, strict=True) if one == least)
