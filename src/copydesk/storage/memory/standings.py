"""What is known of recipients by what they did, in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from copydesk.feedback.habits import Habits
from copydesk.publishing.triggers import Standing
from copydesk.publishing.triggers.ports import Changed, EventId
from copydesk.storage.memory.rows import Rows, Undo
from copydesk.storage.stored import kept


class MemoryStandings:
    """Events by source and id, and recipients by key."""

    def __init__(self, journal: list[Undo]) -> None:
        self._events: Rows[EventId, datetime] = Rows(journal)
        self._standings: Rows[str, Changed] = Rows(journal)

    def note(self, events: Collection[EventId], until: datetime) -> frozenset[EventId]:
        """Remember the events until then; return those that were not known."""
        new = frozenset(event for event in events if self._events.get(event) is None)
        for event in new:
            self._events.put(event, until)
        return new

    def held(self, keys: Collection[str]) -> Mapping[str, Standing]:
        """Return what is known of each key: nobody else is in a transaction."""
        return {key: self.find(key) or Standing(recipient_key=key) for key in keys}

    def find(self, key: str) -> Standing | None:
        """Return what is known of a recipient, or None."""
        found = self._standings.get(key)
        return found.standing if found is not None else None

    def put(self, standings: Collection[Standing], at: datetime) -> None:
        """Store them as of `at`."""
        for standing in standings:
            self._standings.put(standing.recipient_key, Changed(kept(standing), at))

    def changed_since(self, since: datetime, after: str, limit: int) -> Sequence[Changed]:
        """Return what was stored at `since` under a later key than `after`, and what was later."""
        ordered = sorted(self._standings.values(), key=_place)
        return [one for one in ordered if _place(one) > (since, after)][:limit]

    def forget(self, now: datetime, happened_before: datetime) -> int:
        """Drop events whose time is over, and recipients with whom nothing happened since."""
        over = [event for event, until in self._events.items() if until < now]
        for event in over:
            self._events.drop(event)
        old = [key for key, one in self._standings.items() if _is_before(one, happened_before)]
        for key in old:
            self._standings.drop(key)
        return len(over) + len(old)


class MemoryHabits:
    """Habits by brand."""

    def __init__(self, journal: list[Undo]) -> None:
        self._rows: Rows[str, Habits] = Rows(journal)

    def put(self, habits: Habits) -> None:
        """Replace those of the brand."""
        self._rows.put(habits.brand, kept(habits))

    def find(self, brand: str) -> Habits | None:
        """Return those of the brand, or None where they were never counted."""
        return self._rows.get(brand)


def _place(changed: Changed) -> tuple[datetime, str]:
    return changed.at, changed.standing.recipient_key


def _is_before(changed: Changed, moment: datetime) -> bool:
    latest = changed.standing.latest
    return latest is not None and latest < moment
