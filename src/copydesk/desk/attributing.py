"""Attribution that comes late: events that belonged nowhere find their place by the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from copydesk.access import Actor, Role
from copydesk.desk.guarding import guard
from copydesk.desk.parts import Clock, record
from copydesk.desk.verdicts import judge
from copydesk.feedback import NOWHERE, Outcome, OutcomePlace
from copydesk.feedback.attribution import Attribution
from copydesk.storage import Store

PAGE = 5_000


class Placed(NamedTuple):
    """What came of looking again."""

    placed: int
    """Events that have a campaign now, and had none."""
    left: int
    """Those that still have none."""


class Attributing:
    """Looks again at events without a campaign, as after a change of the file of attribution."""

    def __init__(self, store: Store, attribution: Attribution, clock: Clock) -> None:
        self._store = store
        self._attribution = attribution
        self._clock = clock
        self.page = PAGE
        """So many events are looked at in one transaction."""

    def again(self, actor: Actor, tool: str | None = None) -> Placed:
        """Attribute what the file knows by now, of one tool or of all; to do it again is harmless.

        Some thousand events in one transaction: broken off, it is simply run again.

        Raises Forbidden: the actor is no admin.
        """
        actor.must_be(Role.ADMIN)
        placed = left = 0
        for page in self._nowhere():
            known = [self._attribution.of(one) for one in page if tool in {None, one.source}]
            found = [one for one in known if one.campaign != NOWHERE]
            self._place(found, actor)
            placed, left = placed + len(found), left + len(known) - len(found)
        return Placed(placed, left)

    def _nowhere(self) -> Iterator[Sequence[Outcome]]:
        after: OutcomePlace | None = None
        while True:
            with self._store.transaction() as tx:
                page = tx.outcomes.about(NOWHERE, after, self.page)
            if not page:
                return
            yield page
            after = OutcomePlace.of(page[-1])

    def _place(self, found: Sequence[Outcome], actor: Actor) -> None:
        if not found:
            return
        campaigns, now = sorted({one.campaign for one in found}), self._clock()
        with self._store.transaction() as tx:
            tx.outcomes.place(found)
            judge(tx, found)
            guard(tx, found, now)
            details = {"events": len(found), "campaigns": campaigns}
            record(tx, "outcomes", "outcomes.attributed", actor.name, now, **details)
