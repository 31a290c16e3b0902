"""How often each copy was pulled: counted in memory, and written down a few seconds later."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from datetime import UTC, datetime
from time import monotonic

from copydesk.desk.parts import Clock
from copydesk.errors import StoreUnavailable
from copydesk.storage import Store
from copydesk.storage.figures import day_of

log = logging.getLogger(__name__)

WRITE_AFTER_S = 5.0
"""Counts of so long are lost when the process is killed: a pull must not wait for a database."""


def utc_now() -> datetime:
    """Return the time now, in UTC."""
    return datetime.now(UTC)


class PullCounts:
    """Counts pulls without reading or writing anything while somebody waits."""

    def __init__(self, store: Store, clock: Clock = utc_now) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, str]] = Counter()
        self._written_at = monotonic()

    def note(self, campaign: str, variant_id: str) -> None:
        """Count one pull; once in a while all that were counted are written by another thread."""
        now = monotonic()
        with self._lock:
            self._counts[campaign, variant_id] += 1
            due = now - self._written_at > WRITE_AFTER_S
            if due:
                self._written_at = now
        if due:
            threading.Thread(target=self.write, name="pull-counts", daemon=True).start()

    def write(self) -> None:
        """Write down what was counted; what cannot be written is kept for the next time."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        if not counts:
            return
        try:
            with self._store.transaction() as tx:
                tx.pulls.add(counts)
                tx.figures.note_pulls(day_of(self._clock()), counts)
        except StoreUnavailable:
            log.warning("pulls.postponed", exc_info=True)
            with self._lock:
                self._counts.update(counts)
