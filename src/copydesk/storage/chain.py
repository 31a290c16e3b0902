"""The chain that makes the audit record evidence: each event is hashed with all before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from copydesk.errors import CopydeskError
from copydesk.review_queue import AuditChain, AuditEntry, AuditEvent, Noted
from copydesk.review_queue.ports import NOTHING
from copydesk.storage.stored import read, written

FIRST = "0" * 64
"""What stands before the first event."""


class Filed(NamedTuple):
    """Where a database files an event, to find it again: it must say what the event says."""

    subject: str
    act: str
    actor: str
    at: datetime

    @classmethod
    def of(cls, event: AuditEvent) -> Filed:
        """Return where this event belongs."""
        return cls(event.subject, event.act, event.actor, event.at)


class Link(NamedTuple):
    """An event as it is kept: its document, byte for byte, and the hash of all up to it."""

    number: int
    previous: str
    document: str
    sha256: str
    filed: Filed | None = None
    """None where it is found by its document alone."""

    @property
    def entry(self) -> AuditEntry:
        """The same, read. Raises CopydeskError when the document is no event."""
        event = read(AuditEvent, self.document)
        return AuditEntry(
            number=self.number, previous=self.previous, sha256=self.sha256, event=event
        )


STRETCH = 100
"""Events that are walked together where not all are: two milliseconds."""
START = Link(0, "", "", FIRST)
"""What the first event follows."""


def canonical(event: AuditEvent) -> str:
    """Return the event as it is hashed: JSON with names in order, and no spaces between them.

    Raises:
        InputError: it holds the character U+0000, which no store takes.
    """
    plain = json.loads(written(event))
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def hash_of(number: int, previous: str, document: str) -> str:
    """Return the SHA-256 over the number, the hash before and the document, line by line."""
    return hashlib.sha256(f"{number}\n{previous}\n{document}".encode()).hexdigest()


def linked(last: Link, event: AuditEvent) -> Link:
    """Return the link of this event that follows `last`."""
    number, document = last.number + 1, canonical(event)
    sha256 = hash_of(number, last.sha256, document)
    return Link(number, last.sha256, document, sha256, Filed.of(event))


def walked(links: Iterable[Link], noted: Noted = NOTHING) -> AuditChain:
    """Walk the chain from its first link, and say where it does not hold, and why."""
    count, last, bad, fault = 0, START, None, None
    missing = None if noted.sha256 == FIRST and not noted.events else noted.sha256
    for count, link in enumerate(links, start=1):
        if fault is None:
            fault = _wrong(link, last)
            bad = (count, link.document) if fault else None
        if link.sha256 == noted.sha256 and noted.events in {None, count}:
            missing = None
        last = link
    fault = fault or _lost(count, noted, missing)
    broken_at, found = bad or (None, None)
    return AuditChain(count, last.sha256, broken_at, fault, found)


def walked_around(
    numbers: Collection[int], end: Link, held: int, read: Callable[[int, int], Iterable[Link]]
) -> AuditChain:
    """Walk the stretches that hold these numbers, and the last one, and say what does not hold.

    `end` is the last link, `held` says how many links there are, and `read` returns those from one
    number to another.
    """
    count = 0
    for first, last in stretches({*numbers, end.number} - {0}):
        links = iter(read(first - 1, last))
        before = START if first == 1 else next(links, None) or START
        for link in links:
            fault = _wrong(link, before)
            if fault is not None:
                wrong = (before.number + 1, fault, link.document)
                return AuditChain(end.number, end.sha256, *wrong, walked=count)
            before, count = link, count + 1
        if before.number < min(last, end.number):
            missing = (before.number + 1, "it is missing: nothing follows", None)
            return AuditChain(end.number, end.sha256, *missing, walked=count)
    fault = None
    if held != end.number:
        fault = f"there are {held:,} events, and the last one has number {end.number:,}"
    return AuditChain(end.number, end.sha256, None, fault, walked=count)


def stretches(numbers: Collection[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and last number of each stretch, the one after it with it, in order."""
    first = last = 0
    for block in sorted({(number - 1) // STRETCH for number in numbers}):
        begins, ends = block * STRETCH + 1, (block + 1) * STRETCH + 1
        if last and begins <= last:
            last = ends
            continue
        if last:
            yield first, last
        first, last = begins, ends
    if last:
        yield first, last


def _wrong(link: Link, last: Link) -> str | None:
    """Return what is wrong with a link that should follow `last`, or None."""
    expected = last.number + 1
    if link.number > expected:
        return f"it is missing: number {link.number} follows number {last.number}"
    if link.number < expected:
        return f"number {link.number} stands here: it was put in, or the order was changed"
    if hash_of(link.number, link.previous, link.document) != link.sha256:
        return "its content, its number or its hash was changed: they do not fit each other"
    if link.previous != last.sha256:
        return "it was not made to follow the one before: one of the two was put in, or changed"
    return _misfiled(link)


def _misfiled(link: Link) -> str | None:
    if link.filed is None:
        return None
    try:
        own = Filed.of(link.entry.event)
    except CopydeskError as error:
        return f"it does not read as an event: {error.message}"
    differs = [name for name in Filed._fields if getattr(own, name) != getattr(link.filed, name)]
    if not differs:
        return None
    name = differs[0]
    return f"it is filed under {name} {getattr(link.filed, name)}, and says {getattr(own, name)}"


def _lost(count: int, noted: Noted, missing: str | None) -> str | None:
    """Return what is wrong with a chain that holds in itself, but not with what was noted."""
    if noted.events is not None and count < noted.events:
        return f"{noted.events - count} of the {noted.events} events noted were cut off at the end"
    if missing is not None:
        where = "" if noted.events is None else f" number {noted.events}"
        return f"no event{where} has the hash noted, {missing}: some were cut off, or made anew"
    return None
