"""Brands as they were last asked for: so that nobody has to hand in the same one again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from copydesk.brand_voice.brand import Brand
from copydesk.briefs import Noun


class KnownBrand(Noun):
    """A brand as the latest request under its name had it."""

    brand: Brand
    noted_at: datetime
    """When it was first asked for as it is here."""
    noted_by: str
    """User name of who asked."""


class KnownBrands(Protocol):
    """Known brands, by name."""

    def put(self, known: KnownBrand) -> None:
        """Store the brand, or replace the one of its name."""

    def find(self, name: str) -> KnownBrand | None:
        """Return the brand of this name, or None."""

    def all(self) -> Sequence[KnownBrand]:
        """Return every brand, by name."""
