"""Shelves kept in memory, so that a pull at send time reads no database."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import NamedTuple

from copydesk.publishing import Shelf
from copydesk.storage import Store
from copydesk.storage.watched import Changing

FRESH_S = 1.0
"""How long a change made by another process may go unseen; one made by this process never does."""
CAMPAIGNS_MAX = 1_000
"""So many shelves are kept; beyond that all are dropped and read again when asked for."""


class _Kept(NamedTuple):
    shelf: Shelf
    changes: int
    until: float


class Shelves:
    """The shelf of each campaign, as fresh as FRESH_S says.

    Over a store whose changes are not counted nothing is kept: every pull then reads.
    """

    def __init__(self, store: Store, policy: str, key_of: Callable[[str], str]) -> None:
        self._store = store
        self._counted: Changing | None = store if isinstance(store, Changing) else None
        self._policy = policy
        self._key_of = key_of
        self._kept: dict[str, _Kept] = {}

    def at_hand(self, campaign_id: str) -> Shelf | None:
        """Return the shelf without reading anything, or None when it must be read."""
        kept = self._kept.get(campaign_id)
        if kept is None or self._counted is None:
            return None
        fresh = kept.changes == self._counted.changes and monotonic() < kept.until
        return kept.shelf if fresh else None

    def of(self, campaign_id: str) -> Shelf:
        """Return the shelf, read from the store when it must be. Raises NotFound."""
        return self.at_hand(campaign_id) or self.anew(campaign_id)

    def anew(self, campaign_id: str) -> Shelf:
        """Return the shelf, read from the store whatever is at hand. Raises NotFound."""
        # Counted before reading: what changes meanwhile makes this shelf stale, not fresh.
        changes, until = self._counted.changes if self._counted else 0, monotonic() + FRESH_S
        with self._store.transaction() as tx:
            campaign = tx.campaigns.get(campaign_id)
            shelf = Shelf.of(campaign, tx.library.served(campaign_id), self._policy, self._key_of)
        if len(self._kept) >= CAMPAIGNS_MAX:
            self._kept.clear()
        self._kept[campaign_id] = _Kept(shelf, changes, until)
        return shelf
