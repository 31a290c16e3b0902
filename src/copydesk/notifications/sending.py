"""What every channel is handed, and the words in which people are told."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple, Protocol

from copydesk import documents
from copydesk.briefs import Noun
from copydesk.notifications.notices import Delivery, Event, Notice

LINE_LENGTH = 120


class Parcel(NamedTuple):
    """A message with all that belongs to it."""

    delivery: Delivery
    notices: Sequence[Notice]
    """Oldest first; never empty."""
    address: str | None = None
    """Where the person is written to."""


class Carrier(Protocol):
    """Takes messages to where they go."""

    def carry(self, parcel: Parcel) -> str:
        """Send it, and return what the receiver said to it. Raises Undelivered."""


class Words(Noun):
    """How one event is told."""

    short: str
    """What it is, as `Changes are asked for`."""
    long: str
    """What there is to do."""


class _Phrases(Noun):
    events: Mapping[Event, Words]


@cache
def words() -> Mapping[Event, Words]:
    """Return by event how it is told."""
    source = resources.files("copydesk.notifications").joinpath("words.yaml")
    return documents.parse(source.read_text(encoding="utf-8"), _Phrases, "words.yaml").events


def link_to(notice: Notice, public_url: str | None) -> str | None:
    """Return the address of the page about it, or None where ours is not known."""
    if public_url is None:
        return None
    page = f"reviews/{notice.item}" if notice.item else f"campaigns/{notice.campaign}"
    return f"{public_url.rstrip('/')}/{page}" if notice.event is not Event.TEST else public_url


def neutral(text: str, limit: int = LINE_LENGTH) -> str:
    """Return text on one line, without what hides, turns text around or ends a header."""
    kept = "".join(_shown(char) for char in unicodedata.normalize("NFC", text))
    line = " ".join(kept.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _shown(char: str) -> str:
    category = unicodedata.category(char)
    if category in {"Cc", "Zl", "Zp"}:
        return " "
    return "" if category in {"Cf", "Cs", "Co", "Cn"} else char
