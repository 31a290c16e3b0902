"""Keys that were good a moment ago: the fast lane asks here in place of the store."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from time import monotonic
from typing import NamedTuple

from copydesk.brand_voice import Brands
from copydesk.desk.shelves import GRACE_S
from copydesk.errors import Forbidden, Unauthenticated
from copydesk.storage import Store
from copydesk.storage.watched import HOT_S, Changing, Reading

FRESH_S = 3.0
"""How long a key that just expired may still pull; one that was revoked never does, nor one that
another process revoked for longer than any change goes unseen."""
RENEWED_S = 0.5
"""A key in use is looked up again after so long, ahead of the next pull."""
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

    def __init__(self, store: Store, brands_of: Callable[[str], Brands]) -> None:
        """`brands_of` tells which brands a key may pull; it raises where it may not."""
        self._counted: Changing | None = store if isinstance(store, Changing) else None
        self._brands_of = brands_of
        self._known: dict[bytes, KnownKey] = {}
        self._used: dict[bytes, float] = {}
        if self._counted is not None:
            self._counted.renew_by(self)

    def as_of(self) -> Reading | None:
        """Return this moment, before a key is looked up."""
        return self._counted.reading() if self._counted is not None else None

    def remember(self, header: bytes, seen: Reading | None, brands: Brands, bucket: str) -> None:
        """Keep a header whose key may pull these brands, as of the moment before the look."""
        if seen is not None:
            if len(self._known) >= KEPT_MAX:
                self._known.clear()
            self._known[header] = KnownKey(seen, brands, bucket)
            self._used[header] = monotonic()

    def known(self, header: bytes) -> KnownKey | None:
        """Return this header's key, if it is known to be good now."""
        known = self._known.get(header)
        if known is None or self._counted is None:
            return None
        is_fresh = monotonic() - known.seen.at < FRESH_S and self._counted.is_current(known.seen)
        if not is_fresh:
            return None
        self._used[header] = monotonic()
        return known

    def renew(self, reading: Reading, *, changed: bool) -> None:
        """Look the keys in use up again: all where something changed, else those seen long ago."""
        now = monotonic()
        for header, used in list(self._used.items()):
            known = self._known.get(header)
            if known is None or now - used > HOT_S:
                self._used.pop(header, None)
            elif changed or now - known.seen.at > RENEWED_S:
                self._look_up(header, known, reading)

    def _look_up(self, header: bytes, known: KnownKey, reading: Reading) -> None:
        try:
            brands = self._brands_of(secret_in(header) or "")
        except (Unauthenticated, Forbidden):
            self._known.pop(header, None)
        else:
            self._known[header] = known._replace(seen=reading, brands=brands)

    def last_known(self, header: bytes) -> KnownKey | None:
        """Return this header's key if it was good when the store was last heard of.

        One that has expired within GRACE_S since is taken for good.
        """
        known = self._known.get(header)
        if known is None or self._counted is None:
            return None
        return known if self._counted.is_last_known(known.seen, GRACE_S) else None


def secret_in(header: bytes) -> str | None:
    """Return the key that an Authorization header holds, as `parts` takes it; None for no key."""
    scheme, _, given = header.decode("latin-1").partition(" ")
    if scheme.lower() == "bearer":
        return given.strip() or None
    if scheme.lower() != "basic":
        return None
    try:
        user, _, password = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    return password or user or None
