"""Answers of models and what they cost, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from copydesk.generation.hosted.ledger import Kept, Settled, Spent
from copydesk.storage.memory.rows import Rows, Undo
from copydesk.storage.stored import kept


class MemoryModelCalls:
    """Answers, by what was asked; spending, by day and model."""

    def __init__(self, journal: list[Undo]) -> None:
        self._answers: Rows[str, Kept] = Rows(journal)
        self._days: Rows[tuple[date, str], Spent] = Rows(journal)
        self._calls: Rows[tuple[date, str], int] = Rows(journal)

    def kept(self, keys: Sequence[str]) -> dict[str, Kept]:
        """Return the answers that are kept under these keys."""
        found = {key: self._answers.get(key) for key in keys}
        return {key: answer for key, answer in found.items() if answer is not None}

    def settle(self, settled: Sequence[Settled]) -> None:
        """Add to what the days cost, and keep the answers; one that is there already stays."""
        for one in settled:
            row = one.day, one.model
            self._days.put(row, (self._days.get(row) or Spent()).plus(one.spent))
            self._calls.put(row, (self._calls.get(row) or 0) + 1)
            if one.kept is not None and self._answers.get(one.kept.key) is None:
                self._answers.put(one.kept.key, kept(one.kept))

    def spent(self, day: date) -> Spent:
        """Return what the day cost, all models together."""
        total = Spent()
        for (on, _), spent in self._days.items():
            total = total.plus(spent) if on == day else total
        return total

    def by_day(self) -> Sequence[tuple[date, str, int, Spent]]:
        """Return each day and model with its calls and what they cost."""
        return [
            (day, model, self._calls.get((day, model)) or 0, spent)
            for (day, model), spent in sorted(self._days.items())
        ]

    def forget(self, before: datetime) -> int:
        """Delete the answers that are older, and return how many."""
        old = [answer.key for answer in self._answers.values() if answer.at < before]
        for key in old:
            self._answers.drop(key)
        return len(old)
