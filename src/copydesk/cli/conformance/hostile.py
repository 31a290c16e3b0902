"""Callers as they come: many at once, slow, rude, and with anything in the query."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http import HTTPStatus
from urllib.parse import quote

from copydesk.cli.conformance.calling import Broken, Said
from copydesk.cli.conformance.suite import Subject, check

SLOW_PIECES, PAUSE_S = 8, 0.05
HANG_UPS = 20
SERVER_ERROR = 500
TOO_LONG = 129
PARAMETERS = ("r", "slot", "audience", "dialect", "fields")
GARBAGE = (
    "%00", "%0d%0aX-Injected:%201", "%ff%fe", "<script>alert(1)</script>", "' OR 1=1 --",
    "../../etc/passwd", "%252e%252e", "{{7*7}}", "${jndi:ldap://x}", "\u202e", "%F0%9F%92%A9",
    "a" * 5_000, "", "%", "%zz", "&&&===", "NaN", "-1", "[]", "null",
)  # fmt: skip


@check
def burst(subject: Subject) -> str:
    """Many calls at the same moment are all answered in time, each with its recipient's copy."""
    keys = [subject.recipients[n % 4] for n in range(subject.rules.at_once)]
    with ThreadPoolExecutor(len(keys)) as pool:
        said = list(pool.map(subject.caller.pull, keys))
    slowest = max(subject.good(one).seconds for one in said)
    by_key: dict[str, set[bytes]] = {}
    for key, one in zip(keys, said, strict=True):
        by_key.setdefault(key, set()).add(one.body)
    if any(len(bodies) > 1 for bodies in by_key.values()):
        raise Broken("two answers for one recipient")
    return f"{len(said)} at once, the slowest in {slowest * 1_000:.0f} ms"


@check
def kept_connection(subject: Subject) -> str:
    """Several pulls on one connection are each answered with their own recipient's copy."""
    caller = subject.caller
    alone = [caller.pull(key).body for key in subject.recipients[:5]]
    with closing(caller.connection()) as connection:
        kept = [caller.on(connection, caller.path(key)) for key in subject.recipients[:5]]
    if [subject.good(one).body for one in kept] != alone:
        raise Broken("other answers than on connections of their own")
    return f"{len(kept)} on one connection"


@check
def slow_caller(subject: Subject) -> str:
    """A request that comes in pieces is answered, and holds up nobody else."""
    path = subject.caller.path(subject.recipients[0])
    request = subject.caller.request_bytes(path)
    size = -(-len(request) // SLOW_PIECES)
    with closing(subject.caller.raw()) as slow:
        for start in range(0, len(request), size):
            slow.sendall(request[start : start + size])
            time.sleep(PAUSE_S)
        quick = subject.good(subject.caller.pull(subject.recipients[1]))
        try:
            status = slow.recv(12)
        except OSError as error:
            raise Broken(f"no answer to a slow caller: {error}") from error
    if not status.startswith(b"HTTP/1.1 200"):
        raise Broken(f"{status!r} to a slow caller")
    return f"answered after {SLOW_PIECES} pieces; another meanwhile in {quick.seconds * 1e3:.0f} ms"


@check
def rude_callers(subject: Subject) -> str:
    """Callers that hang up midway, or ask and never read, hold up nobody else."""
    request = subject.caller.request_bytes(subject.caller.path(subject.recipients[0]))
    for number in range(HANG_UPS):
        with closing(subject.caller.raw()) as rude:
            rude.sendall(request if number % 2 else request[: len(request) // 2])
    said = subject.good(subject.caller.pull(subject.recipients[0]))
    return f"after {HANG_UPS} of them 200 in {said.seconds * 1_000:.0f} ms"


@check
def head(subject: Subject) -> str:
    """HEAD is answered without a body, with 200 or 405."""
    path = subject.caller.path(subject.recipients[0])
    said = subject.caller.ask(path, method="HEAD")
    if said.status not in {HTTPStatus.OK, HTTPStatus.METHOD_NOT_ALLOWED}:
        raise Broken(f"{said.status}")
    return f"{said.status}"


@check
def percent_encoded(subject: Subject) -> str:
    """A recipient's key is the same however it is encoded, and wherever it stands."""
    caller, key = subject.caller, "conformance.Key~1"
    encoded = "".join(f"%{ord(char):02x}" for char in key)
    plain = subject.good(caller.pull(key))
    other = subject.good(caller.ask(caller.path(key).replace(quote(key), encoded)))
    path, _, query = caller.path(key).partition("?")
    turned = subject.good(caller.ask(f"{path}?{'&'.join(reversed(query.split('&')))}"))
    if not plain.body == other.body == turned.body:
        raise Broken("another answer to the same key, written otherwise")
    return "three ways to write it, one answer"


@check
def overlong(subject: Subject) -> str:
    """A key, a campaign or a header that is too long is refused, with a status of the caller's."""
    caller = subject.caller
    said = [caller.pull("k" * length) for length in (TOO_LONG, 4_000)]
    said.append(caller.pull("k", campaign="c" * 300))
    said.append(_or_closed(subject, {"X-Padding": "x" * 20_000}))
    said.append(_or_closed(subject, {"Authorization": f"Bearer {'x' * 20_000}"}))
    _no_crash(said)
    if any(one.status == HTTPStatus.OK for one in said[:3]):
        raise Broken("200 to a key or a campaign that is too long")
    return ", ".join(str(one.status) for one in said)


def _or_closed(subject: Subject, headers: dict[str, str]) -> Said:
    """Return the answer; a server may also hang up on what is absurd."""
    try:
        return subject.caller.ask(subject.caller.path(subject.recipients[0]), headers)
    except Broken:
        return Said(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, {}, b"", 0)


@check
def garbage(subject: Subject) -> str:
    """Whatever stands in query or path: no error of the server's, no page, no injected header."""
    caller = subject.caller
    path = caller.path().partition("?")[0]
    written = [quote(piece, safe="%&=/$:[]-") for piece in GARBAGE]
    said = [caller.ask(f"{path}?{name}={piece}") for piece in written for name in PARAMETERS]
    said += [caller.ask(f"{path.rpartition('/')[0]}/{piece}") for piece in written]
    _no_crash(said)
    if any("x-injected" in one.headers for one in said):
        raise Broken("a header that the caller wrote came back")
    if any("html" in one.headers.get("content-type", "") for one in said):
        raise Broken("a page, to a program")
    return f"{len(said)} queries: {', '.join(sorted({str(one.status) for one in said}))}"


def _no_crash(said: Sequence[Said]) -> None:
    crashed = [one for one in said if one.status >= SERVER_ERROR]
    if crashed:
        raise Broken(f"{crashed[0].status}: {crashed[0].body[:100].decode(errors='replace')}")


@check
def still_well(subject: Subject) -> str:
    """After all of this the first recipient gets the answer that they got at first."""
    said = [subject.good(subject.caller.pull(subject.recipients[0])) for _ in range(2)]
    return f"200 in {said[-1].seconds * 1_000:.0f} ms"
