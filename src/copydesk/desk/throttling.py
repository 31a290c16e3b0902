"""How often a password may be tried, in all processes together.

The counts are those of https://cheatsheetseries.owasp.org/cheatsheets/Authentication_Cheat_Sheet.html
with its device cookies: a browser that has signed in under a name counts for itself alone, so that
whoever fails under that name elsewhere, on purpose, cannot keep its owner out.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from ipaddress import AddressValueError, IPv4Address, IPv6Address, IPv6Network, ip_address
from math import ceil
from typing import NamedTuple

from copydesk.desk.parts import Clock, record
from copydesk.desk.sessions import NOBODY, STRANGER
from copydesk.errors import TooManyRequests
from copydesk.storage import Store, Transaction

WINDOW = timedelta(minutes=15)
"""Counts begin anew so long after the first try: nobody is kept out for longer."""
FOR_PLACE = 10
"""Tries under one name from one address, or from one browser that knows the name."""
FOR_NAME = 60
"""Tries under one name from all strange browsers together."""
FOR_ADDRESS = 60
"""Tries from one address, whatever the names."""


class Origin(NamedTuple):
    """Where somebody tries to sign in from."""

    address: str
    """The client's address, as the server believes it."""
    device: str | None = None
    """Id of the browser, if it has signed in under this very name before."""


class Throttle:
    """Counts tries before they are judged, so that many at once are counted, too."""

    def __init__(self, store: Store, clock: Clock, secret: bytes) -> None:
        self._store = store
        self._clock = clock
        self._secret = secret

    def take(self, name: str, origin: Origin) -> None:
        """Count a try under this name from there.

        Raises:
            TooManyRequests: there were too many; the words are the same for every name.
        """
        self._take(self._counts(name, origin))

    def take_address(self, origin: Origin) -> None:
        """Count a try from there that names nobody. Raises TooManyRequests."""
        self._take([(f"address:{network_of(origin.address)}", FOR_ADDRESS)])

    def _take(self, counts: list[tuple[str, int]]) -> None:
        now = self._clock()
        with self._store.transaction() as tx:
            until = self._counted(tx, counts, now)
        # A transaction of its own: it holds on to other rows than this try's.
        with self._store.transaction() as tx:
            tx.tries.forget(now - WINDOW)
        if until is not None:
            raise _too_many(until - now)

    def give_back(self, name: str, origin: Origin) -> None:
        """Forget the try: it was a good one."""
        place, *others = self._counts(name, origin)
        with self._store.transaction() as tx:
            tx.tries.clear(place[0])
            for key, _ in others:
                tx.tries.take_back(key)

    def _counts(self, name: str, origin: Origin) -> list[tuple[str, int]]:
        """Return the keys that this try counts under, in one order for all, and their limits."""
        named = self._hidden(name)
        if origin.device is not None:
            return [(f"device:{self._hidden(origin.device)}:{named}", FOR_PLACE)]
        address = network_of(origin.address)
        return [
            (f"place:{named}:{address}", FOR_PLACE),
            (f"name:{named}", FOR_NAME),
            (f"address:{address}", FOR_ADDRESS),
        ]

    def _counted(
        self, tx: Transaction, counts: list[tuple[str, int]], now: datetime
    ) -> datetime | None:
        """Count the try; return when the first limit that it breaks ends.

        The rest is not counted then: who fails from one place does not use up a name's tries.
        """
        for key, most in counts:
            tries = tx.tries.add(key, now, now - WINDOW)
            if tries.made == most + 1:
                kind = key.partition(":")[0]
                record(tx, STRANGER, "session.throttled", NOBODY, now, by=kind, tries=most)
            if tries.made > most:
                return tries.since + WINDOW
        return None

    def _hidden(self, text: str) -> str:
        """Return a name as it is kept: what is typed there may be a password by mistake."""
        return hmac.digest(self._secret, text.encode("utf-8", "replace"), "sha256").hex()[:32]


def network_of(address: str) -> str:
    """Return what counts as one address: an IPv6 customer has a whole /64."""
    try:
        found = ip_address(address.partition("%")[0])
    except (AddressValueError, ValueError):
        return "unknown"
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if isinstance(found, IPv4Address):
        return str(found)
    return str(IPv6Network((found, 64), strict=False))


def _too_many(wait: timedelta) -> TooManyRequests:
    seconds = max(1, ceil(wait.total_seconds()))
    minutes = ceil(seconds / 60)
    unit = "minute" if minutes == 1 else "minutes"
    return TooManyRequests(f"Too many tries: wait {minutes} {unit}, then try again.", seconds)
