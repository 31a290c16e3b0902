"""Rows in memory whose changes can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

Undo = Callable[[], object]


class Rows(Generic[K, V]):
    """A table: values by key, each change noted in the journal with what takes it back."""

    def __init__(self, journal: list[Undo]) -> None:
        self._rows: dict[K, V] = {}
        self._journal = journal

    def get(self, key: K) -> V | None:
        """Return the value, or None."""
        return self._rows.get(key)

    def put(self, key: K, value: V) -> None:
        """Set the value."""
        self._remember(key)
        self._rows[key] = value

    def drop(self, key: K) -> None:
        """Take the value out; no error when there is none."""
        self._remember(key)
        self._rows.pop(key, None)

    def values(self) -> Sequence[V]:
        """Return all values, as they stand now."""
        return list(self._rows.values())

    def items(self) -> Sequence[tuple[K, V]]:
        """Return all keys with their values, as they stand now."""
        return list(self._rows.items())

    def _remember(self, key: K) -> None:
        if key in self._rows:
            before = self._rows[key]
            self._journal.append(lambda: self._rows.__setitem__(key, before))
        else:
            self._journal.append(lambda: self._rows.pop(key, None))
