"""Which brands something is about: those that are named, or every one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Brands:
    """Brands by `Brand.name`, compared letter by letter: a name that is merely alike is another."""

    names: frozenset[str] | None = None
    """None for every brand, those to come included."""

    def __contains__(self, brand: str) -> bool:
        return self.names is None or brand in self.names

    def only(self, brand: str | None) -> Brands:
        """Return this brand alone, if it is among these; all of these when None."""
        return self if brand is None else Brands(frozenset({brand} if brand in self else ()))

    def __bool__(self) -> bool:
        return self.names is None or bool(self.names)


EVERY_BRAND = Brands()
NO_BRAND = Brands(frozenset())
