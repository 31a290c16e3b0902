"""What became of each copy, by segment, in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from copydesk.brand_voice import EVERY_BRAND, Brands
from copydesk.review_queue import TrustEntry
from copydesk.review_queue.trust import Result, Segment
from copydesk.storage.memory.outcomes import MemoryOutcomes
from copydesk.storage.memory.rows import Rows, Undo
from copydesk.storage.stored import kept


class MemoryTrust:
    """Entries, each kept once by its id."""

    def __init__(self, journal: list[Undo], outcomes: MemoryOutcomes) -> None:
        self._rows: Rows[str, TrustEntry] = Rows(journal)
        self._outcomes = outcomes

    def put(self, entry: TrustEntry) -> None:
        """Store the entry, or replace the one with its id."""
        self._rows.put(entry.id, kept(entry))

    def entry(self, entry_id: str) -> TrustEntry | None:
        """Return the entry, or None."""
        return self._rows.get(entry_id)

    def entries(self, segment: Segment) -> Sequence[TrustEntry]:
        """Return the entries of what was not released, oldest first."""
        found = [one for one in self._of(segment, None) if one.result is not Result.RELEASED]
        return sorted(found, key=lambda entry: (entry.created_at, entry.id))

    def released(self, segment: Segment, since: datetime | None) -> int:
        """Return how many copies newer than `since` trust let out."""
        return sum(one.result is Result.RELEASED for one in self._of(segment, since))

    def segments(self, brands: Brands = EVERY_BRAND) -> Sequence[Segment]:
        """Return every segment of these brands that has an entry, in order."""
        found = {entry.segment for entry in self._rows.values()}
        return sorted(segment for segment in found if segment.brand in brands)

    def reports(self, segment: Segment, since: datetime | None) -> Mapping[str, int]:
        """Return how many outcomes of each kind came in about copies newer than `since`."""
        counts: Counter[str] = Counter()
        copies = {(entry.campaign, entry.variant_id) for entry in self._of(segment, since)}
        for campaign, variant in copies:
            counts.update(self._outcomes.count(campaign).get(variant, {}))
        return dict(counts)

    def _of(self, segment: Segment, since: datetime | None) -> Sequence[TrustEntry]:
        own = (entry for entry in self._rows.values() if entry.segment == segment)
        return [entry for entry in own if since is None or entry.created_at > since]
