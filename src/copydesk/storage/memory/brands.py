"""Known brands in memory."""

from __future__ import annotations

from collections.abc import Sequence

from copydesk.brand_voice.known import KnownBrand
from copydesk.storage.memory.rows import Rows, Undo
from copydesk.storage.stored import kept


class MemoryBrands:
    """Brands as they were last asked for, by name."""

    def __init__(self, journal: list[Undo]) -> None:
        self._rows: Rows[str, KnownBrand] = Rows(journal)

    def put(self, known: KnownBrand) -> None:
        """Store the brand, or replace the one of its name."""
        self._rows.put(known.brand.name, kept(known))

    def find(self, name: str) -> KnownBrand | None:
        """Return the brand of this name, or None."""
        return self._rows.get(name)

    def all(self) -> Sequence[KnownBrand]:
        """Return every brand, by name."""
        return sorted(self._rows.values(), key=lambda known: known.brand.name.encode())
