"""Shelves kept in memory, so that a pull at send time reads no database."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from time import monotonic
from typing import NamedTuple

from copydesk.errors import NotFound
from copydesk.publishing import Shelf
from copydesk.storage import Store
from copydesk.storage.watched import HOT_S, KEPT_S, Changing, Reading

GRACE_S = 900.0
"""For so long after the store was lost a campaign's fallback is served as it was last known."""
CAMPAIGNS_MAX = 1_000
"""So many shelves are kept; beyond that all are dropped and read again when asked for."""


class _Kept(NamedTuple):
    shelf: Shelf
    reading: Reading


class Shelves:
    """The shelf of each campaign, as long as nothing has changed: see `storage.watched`.

    Over a store whose changes are not counted nothing is kept: every pull then reads.
    """

    def __init__(self, store: Store, policy: str, key_of: Callable[[str], str]) -> None:
        self._store = store
        self._counted: Changing | None = store if isinstance(store, Changing) else None
        self._policy = policy
        self._key_of = key_of
        self._kept: dict[str, _Kept] = {}
        self._used: dict[str, float] = {}
        self._one_reads = Lock()
        if self._counted is not None:
            self._counted.renew_by(self)

    def at_hand(self, campaign_id: str) -> Shelf | None:
        """Return the shelf without reading anything, or None when it must be read."""
        kept = self._kept.get(campaign_id)
        if kept is None or self._counted is None:
            return None
        if not self._counted.is_current(kept.reading):
            return None
        self._used[campaign_id] = monotonic()
        return kept.shelf

    def renew(self, reading: Reading, *, changed: bool) -> None:
        """Read anew what is in use: all of it where something changed, else what is old."""
        now = monotonic()
        for name, used in list(self._used.items()):
            kept = self._kept.get(name)
            if kept is None or now - used > HOT_S:
                self._used.pop(name, None)
            elif changed or now - kept.reading.at > KEPT_S / 2:
                with suppress(NotFound):
                    self._keep(self._read(name), reading)

    def last_known(self, campaign_id: str) -> Shelf | None:
        """Return the shelf as it was before the store was lost, or None."""
        kept = self._kept.get(campaign_id)
        if kept is None or self._counted is None:
            return None
        return kept.shelf if self._counted.is_last_known(kept.reading, GRACE_S) else None

    def of(self, campaign_id: str) -> Shelf:
        """Return the shelf, read from the store when it must be. Raises NotFound."""
        shelf = self.at_hand(campaign_id)
        if shelf is not None:
            return shelf
        with self._one_reads:  # the others find what the first has read
            return self.at_hand(campaign_id) or self.anew(campaign_id)

    def anew(self, campaign_id: str) -> Shelf:
        """Return the shelf, read from the store whatever is at hand. Raises NotFound."""
        # Noted before reading: what changes meanwhile makes this shelf stale, not fresh.
        reading = self._counted.reading() if self._counted else None
        shelf = self._read(campaign_id)
        if reading is not None:
            self._keep(shelf, reading)
            self._used[campaign_id] = monotonic()
        return shelf

    def _read(self, campaign_id: str) -> Shelf:
        with self._store.transaction() as tx:
            campaign = tx.campaigns.get(campaign_id)
            served, running = tx.library.served(campaign_id), tx.experiments.in_force(campaign_id)
        return Shelf.of(campaign, served, self._policy, self._key_of, running)

    def _keep(self, shelf: Shelf, reading: Reading) -> None:
        if len(self._kept) >= CAMPAIGNS_MAX:
            self._kept.clear()
        self._kept[shelf.campaign.id] = _Kept(shelf, reading)
