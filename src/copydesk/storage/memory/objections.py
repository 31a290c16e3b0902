"""Objections in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from copydesk.publishing.objections import Objection
from copydesk.storage.memory.rows import Rows, Undo
from copydesk.storage.stored import kept


class MemoryObjections:
    """The last word of each recipient that ever objected."""

    def __init__(self, journal: list[Undo]) -> None:
        self._rows: Rows[str, Objection] = Rows(journal)

    def put(self, keys: Collection[str], at: datetime, *, stands: bool) -> int:
        """Keep the word of these recipients; return for how many it is new."""
        last = max((one.number for one in self._rows.values()), default=0)
        new = [key for key in sorted(set(keys)) if self._stands(key) is not stands]
        for number, key in enumerate(new, last + 1):
            said = Objection(recipient_key=key, stands=stands, at=at, number=number)
            self._rows.put(key, kept(said))
        return len(new)

    def since(self, number: int, limit: int) -> Sequence[Objection]:
        """Return changes with greater numbers, in order."""
        later = [one for one in self._rows.values() if one.number > number]
        return sorted(later, key=lambda one: one.number)[:limit]

    def find(self, key: str) -> Objection | None:
        """Return the last word of a recipient, or None."""
        return self._rows.get(key)

    def _stands(self, key: str) -> bool:
        found = self._rows.get(key)
        return found is not None and found.stands
