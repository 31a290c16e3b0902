"""Brands' own rankers in memory."""

from __future__ import annotations

from collections.abc import Sequence

from copydesk.ranking.owned import BrandRanker, SendsOfVersion
from copydesk.ranking.sends import PastSend
from copydesk.storage.memory.rows import Rows, Undo
from copydesk.storage.stored import kept, missing, stale


class MemoryRankers:
    """Each brand's ranker, under its revision, and the sends of its versions."""

    def __init__(self, journal: list[Undo]) -> None:
        self._rows: Rows[str, BrandRanker] = Rows(journal)
        self._sends: Rows[tuple[str, str], SendsOfVersion] = Rows(journal)

    def find(self, brand: str) -> BrandRanker | None:
        """Return the brand's ranker, or None where nothing was learned yet."""
        return self._rows.get(brand)

    def all(self) -> Sequence[BrandRanker]:
        """Return every brand's ranker, by brand."""
        return sorted(self._rows.values(), key=lambda ranker: ranker.brand.encode())

    def save(self, ranker: BrandRanker) -> None:
        """Store the ranker in place of the revision before it. Raises StaleVersion."""
        before = self._rows.get(ranker.brand)
        stands = before.revision if before else 0
        if stands != ranker.revision - 1:
            raise stale("ranker of", ranker.brand, ranker.revision - 1, stands)
        self._rows.put(ranker.brand, kept(ranker))

    def keep_sends(self, sends: SendsOfVersion) -> None:
        """Store the sends of a version, or replace them."""
        self._sends.put((sends.brand, sends.version), kept(sends))

    def sends(self, brand: str, version: str) -> tuple[PastSend, ...]:
        """Return the sends of a version. Raises NotFound."""
        found = self._sends.get((brand, version))
        if found is None:
            raise missing("version of a ranker", version)
        return found.sends
