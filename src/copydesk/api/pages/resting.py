"""What claims rest on, in words for a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from copydesk.briefs import Brief
from copydesk.guardrails import Binding

Place = tuple[str, str]
"""A place in the brief, as `offer.value`, and what it says there."""


class Rest(NamedTuple):
    """A claim and what it rests on: one line of the list beside the copy."""

    id: str
    """Unique on its page, where one copy is shown."""
    match: str
    on: tuple[Place, ...]
    """Empty when nothing in the brief bears the claim."""

    @property
    def told(self) -> str:
        """The same in one sentence, for a tooltip."""
        places = ", ".join(f"{place} ({says})" if says else place for place, says in self.on)
        return f"rests on {places}" if places else "nothing in the brief bears this"


def rests(bindings: Iterable[Binding], brief: Brief) -> Mapping[Binding, Rest]:
    """Return what each binding rests on; the same claim in one slot is told in one line."""
    lines: dict[tuple[str, str, tuple[str, ...]], Rest] = {}
    found: dict[Binding, Rest] = {}
    for one in bindings:
        key = (one.slot.value, one.match.casefold(), one.rests_on)
        if key not in lines:
            places = tuple((place, said_at(brief, place, one.match)) for place in one.rests_on)
            lines[key] = Rest(f"rest-{len(lines) + 1}", one.match, places)
        found[one] = lines[key]
    return found


def said_at(brief: Brief, place: str, match: str = "") -> str:
    """Return what the brief says at a place, empty where that would only repeat the match."""
    for fact in brief.facts:
        if place == f"facts.{fact.id}":
            return fact.text
    if place == "offer" or place.startswith("links"):
        return "follows from its figures" if place == "offer" else ""
    value: object = brief
    for name in place.split("."):
        value = getattr(value, name, None)
    if value is None or str(value) == match:
        return ""
    return _written(value)


def _written(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value.day} {value:%b %Y, %H:%M} {value.tzname() or ''}".rstrip()
    return f"{value:,g}" if isinstance(value, int | float) else str(value)
