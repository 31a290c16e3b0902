"""Keys that were good a moment ago: the fast lane asks here in place of the store."""

from __future__ import annotations

from time import monotonic
from typing import NamedTuple

from copydesk.brand_voice import Brands
from copydesk.desk.shelves import GRACE_S
from copydesk.storage import Store
from copydesk.storage.watched import Changing, Reading

FRESH_S = 1.0
"""How long a key that just expired may still pull; one that was revoked never does, nor one that
another process revoked for longer than any change goes unseen."""
KEPT_MAX = 10_000


class KnownKey(NamedTuple):
    """A key that was found good."""

    seen: Reading
    brands: Brands
    """That it may pull."""
    bucket: str
    """What its requests are counted under, however the header is written."""


class KnownKeys:
    """Authorization headers whose keys may pull, and for which brands.

    Knows none where changes are not known.
    """

    def __init__(self, store: Store) -> None:
        self._counted: Changing | None = store if isinstance(store, Changing) else None
        self._known: dict[bytes, KnownKey] = {}

    def as_of(self) -> Reading | None:
        """Return this moment, before a key is looked up."""
        return self._counted.reading() if self._counted is not None else None

    def remember(self, header: bytes, seen: Reading | None, brands: Brands, bucket: str) -> None:
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
        is_fresh = monotonic() - known.seen.at < FRESH_S and self._counted.is_current(known.seen)
        return known if is_fresh else None

    def last_known(self, header: bytes) -> KnownKey | None:
        """Return this header's key if it was good when the store was last heard of.

        One that has expired within GRACE_S since is taken for good.
        """
        known = self._known.get(header)
        if known is None or self._counted is None:
            return None
        return known if self._counted.is_last_known(known.seen, GRACE_S) else None
