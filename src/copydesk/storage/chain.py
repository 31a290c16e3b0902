"""The chain that makes the audit record evidence: each event is hashed with all before it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from copydesk.review_queue import AuditChain

FIRST = "0" * 64
"""What stands before the first event."""


class Link(NamedTuple):
    """An event as it is kept: its document, byte for byte, and the hash of all up to it."""

    document: str
    sha256: str


def linked(previous: str, document: str) -> Link:
    """Return the link that follows the hash `previous`: the SHA-256 of it, a line feed and this."""
    return Link(document, hashlib.sha256(f"{previous}\n{document}".encode()).hexdigest())


def walked(links: Iterable[Link]) -> AuditChain:
    """Walk the chain from its first link, and say where it does not hold."""
    count, head, broken_at = 0, FIRST, None
    for count, kept in enumerate(links, start=1):
        if broken_at is None and linked(head, kept.document) != kept:
            broken_at = count
        head = kept.sha256
    return AuditChain(count, head, broken_at)
