"""Rounds in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from copydesk.storage.memory.rows import Rows, Undo
from copydesk.storage.rounds import RoundState


class MemoryRounds:
    """Every round that a server ever made, by name."""

    def __init__(self, journal: list[Undo]) -> None:
        self._rows: Rows[str, RoundState] = Rows(journal)

    def know(self, name: str, at: datetime) -> None:
        """Note a round, unless it is known."""
        if self._rows.get(name) is None:
            self._rows.put(name, RoundState(name=name, began_at=at))

    def take(self, state: RoundState, now: datetime, until: datetime) -> RoundState | None:
        """Begin the round as it was read, and hold it; None where somebody else was faster."""
        stands = self._rows.get(state.name)
        if stands is None or stands.began_at != state.began_at:
            return None
        if stands.held_until is not None and stands.held_until > now:
            return None
        taken = state.model_copy(update={"began_at": now, "held_until": until})
        self._rows.put(state.name, taken)
        return taken

    def put(self, state: RoundState) -> None:
        """Keep how it stands now: for who holds it."""
        if self._rows.get(state.name) is not None:
            self._rows.put(state.name, state)

    def all(self) -> Sequence[RoundState]:
        """Return all rounds, by name."""
        return sorted(self._rows.values(), key=lambda state: state.name)
