"""Keys that were good a moment ago: the fast lane asks here in place of the store."""

from __future__ import annotations

from time import monotonic
from typing import NamedTuple

from copydesk.brand_voice import Brands
from copydesk.storage import Store
from copydesk.storage.watched import Changing

FRESH_S = 1.0
"""How long a key that another process revoked, or that just expired, may still pull; one revoked
here never does."""
KEPT_MAX = 10_000


class AsOf(NamedTuple):
    """A moment, told before something was read: what changes later makes the reading stale."""

    changes: int
    until: float


class KnownKey(NamedTuple):
    """A key that was found good."""

    seen: AsOf
    brands: Brands
    """That it may pull."""
    bucket: str
    """What its requests are counted under, however the header is written."""


class KnownKeys:
    """Authorization headers whose keys may pull, and for which brands.

    Knows none where changes are not counted.
    """

    def __init__(self, store: Store) -> None:
        self._counted: Changing | None = store if isinstance(store, Changing) else None
        self._known: dict[bytes, KnownKey] = {}

    def as_of(self) -> AsOf | None:
        """Return this moment, before a key is looked up."""
        if self._counted is None:
            return None
        return AsOf(self._counted.changes, monotonic() + FRESH_S)

    def remember(self, header: bytes, seen: AsOf | None, brands: Brands, bucket: str) -> None:
        """Keep a header whose key may pull these brands, as of the moment before the look."""
        if seen is not None:
            if len(self._known) >= KEPT_MAX:
                self._known.clear()
            self._known[header] = KnownKey(seen, brands, bucket)

    def known(self, header: bytes) -> KnownKey | None:
        """Return this header's key, if it is known to be good now."""
        known = self._known.get(header)
        if known is None or self._counted is None:
            return None
        fresh = known.seen.changes == self._counted.changes and monotonic() < known.seen.until
        return known if fresh else None
