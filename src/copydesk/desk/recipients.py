"""What is known of one recipient at a pull: which copy is theirs, and what is kept from them."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from copydesk.desk.triggering import Triggering
from copydesk.publishing import Choice, PullQuery, Shelf, Source
from copydesk.publishing.triggers import NOT_CALLED, Called


class Told(NamedTuple):
    """What this recipient's doings say of this pull."""

    called: Called = NOT_CALLED


NOTHING = Told()


class Recipients:
    """Chooses from a shelf for one recipient; where nothing is known, as for anybody."""

    def __init__(self, triggering: Triggering) -> None:
        self._triggering = triggering

    def at_hand(self, query: PullQuery) -> Told | None:
        """Return what is known without reading anything, or None when it must be read."""
        called = self._triggering.at_hand(query)
        if called is None or called.withheld is not None:
            return None
        return Told(called)

    def of(self, query: PullQuery) -> Told:
        """Return what is known."""
        return Told(self._triggering.called(query))


def choose(shelf: Shelf, query: PullQuery, told: Told, now: datetime) -> Choice:
    """Return the choice for this recipient at `now`: a pure function of its arguments.

    An event's audience takes the place of none; who has copy of their own, or is pulled for an
    audience by name, gets that.
    """
    if told.called.withheld is not None:
        return withheld(shelf, told.called.withheld, now)
    named = query.audience is not None or query.recipient_key in shelf.individuals
    if told.called.audience is not None and not named:
        query = query._replace(audience=told.called.audience)
    return shelf.choose(query, now)


def withheld(shelf: Shelf, reason: str, now: datetime) -> Choice:
    """Return the campaign's fallback, for this reason."""
    fallback, brief = shelf.fallback_at(now)
    return Choice(fallback, Source.FALLBACK, None, (reason,), brief, (reason,))
