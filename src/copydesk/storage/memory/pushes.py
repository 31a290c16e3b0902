"""What was pushed where, in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from copydesk.pushing import Push, Pushed, PushState, Task
from copydesk.storage.memory.rows import Rows, Undo
from copydesk.storage.stored import kept, missing, stale


class MemoryPushes:
    """Pushes and places, by their ids."""

    def __init__(self, journal: list[Undo]) -> None:
        self._pushes: Rows[str, Push] = Rows(journal)
        self._places: Rows[str, Pushed] = Rows(journal)

    def add(self, push: Push) -> None:
        """Store a new push."""
        self._pushes.put(push.id, kept(push))

    def get(self, push_id: str) -> Push:
        """Return the push. Raises NotFound."""
        push = self._pushes.get(push_id)
        if push is None:
            raise missing("push", push_id)
        return push

    def of_campaign(self, campaign_id: str, limit: int = 20) -> Sequence[Push]:
        """Return the campaign's newest pushes, newest first."""
        own = [one for one in self._pushes.values() if one.campaign == campaign_id]
        return sorted(own, key=lambda one: (one.asked_at, one.id), reverse=True)[:limit]

    def put(self, pushed: Pushed) -> bool:
        """Store a new place unless its id is there; return whether it was new."""
        if self._places.get(pushed.id) is not None:
            return False
        self._places.put(pushed.id, kept(pushed))
        return True

    def save(self, pushed: Pushed, expected_version: int) -> None:
        """Replace the place if it is stored at `expected_version`, else raise StaleVersion."""
        stands = self._places.get(pushed.id)
        if stands is None:
            raise missing("place", pushed.id)
        if stands.version != expected_version:
            raise stale("place", pushed.id, expected_version, stands.version)
        self._places.put(pushed.id, kept(pushed))

    def places(self, ids: Collection[str]) -> Sequence[Pushed]:
        """Return the places with these ids, in the order of ids."""
        found = [place for name in set(ids) if (place := self._places.get(name)) is not None]
        return sorted(found, key=lambda one: one.id)

    def places_of(self, campaign_id: str) -> Sequence[Pushed]:
        """Return every place of the campaign, by target, audience and variant."""
        own = [one for one in self._places.values() if one.campaign == campaign_id]
        return sorted(own, key=lambda one: (one.target, one.audience, one.variant))

    def due(self, now: datetime, limit: int) -> Sequence[Pushed]:
        """Return what is to be tried now, the longest due first."""
        due = [one for one in self._places.values() if one.is_open and one.next_at <= now]
        return sorted(due, key=lambda one: (one.next_at, one.id))[:limit]

    def standing(self, after: str = "", limit: int = 100) -> Sequence[str]:
        """Return campaigns of which something is in a tool, by id, from after `after` on."""
        found = {one.campaign for one in self._places.values() if _is_there(one)}
        return sorted(name for name in found if name > after)[:limit]


def _is_there(pushed: Pushed) -> bool:
    """Return whether copy stands in the tool, as far as we know, and is to stay."""
    ended = pushed.state in {PushState.DONE, PushState.FAILED}
    return pushed.task is Task.PUT and ended
