"""What the judge ruled, remembered: the same copy on the same brief is not judged twice."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Protocol

from copydesk.guardrails.findings import Finding

REMEMBERED_AT_MOST = 4_096


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the judge found in one piece of copy."""

    findings: tuple[Finding, ...] = ()
    doubt: str | None = None
    """Why this cannot be relied on: there was no answer, or one that names what is not there."""


class Rulings(Protocol):
    """Keeps rulings by key. A key is a hash of all that the judge saw, and of who judged."""

    def get(self, key: str) -> Ruling | None:
        """Return the ruling, or None where there is none any more."""

    def put(self, key: str, ruling: Ruling) -> None:
        """Keep a ruling, in place of an earlier one."""


class RememberedRulings:
    """Rulings in the memory of one process; of more than `at_most` the longest unused are let go.

    May be used from several threads at once.
    """

    def __init__(self, at_most: int = REMEMBERED_AT_MOST) -> None:
        self._at_most = at_most
        self._kept: OrderedDict[str, Ruling] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: str) -> Ruling | None:
        """Return the ruling, and count it as used."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: str, ruling: Ruling) -> None:
        """Keep a ruling; the longest unused one may have to go for it."""
        with self._lock:
            self._kept[key] = ruling
            self._kept.move_to_end(key)
            if len(self._kept) > self._at_most:
                self._kept.popitem(last=False)
