"""One exchange by HTTP with somebody else's server: guarded, timed, and with an end."""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import urlsplit

import httpcore2 as http

from copydesk.errors import Undelivered
from copydesk.notifications.addresses import Resolve, resolve
from copydesk.notifications.book import Place
from copydesk.notifications.connecting import Guarded

ANSWER_BYTES_MAX = 1024 * 1024
TROUBLE = (http.NetworkError, http.TimeoutException, http.ProtocolError, ssl.SSLError)
"""What goes wrong on the way there and back."""


class Call(NamedTuple):
    """What is sent."""

    method: str
    address: str
    headers: Mapping[str, str]
    body: bytes = b""


class Reply(NamedTuple):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    """By their names in lower case."""
    body: bytes
    """Its beginning, where it is longer than ANSWER_BYTES_MAX."""

    @property
    def asked_wait_s(self) -> float | None:
        """The seconds that `Retry-After` asks for, as a number or a date."""
        return seconds_asked(self.headers.get("retry-after", ""))


def exchange(
    place: Place, call: Call, context: ssl.SSLContext, resolver: Resolve = resolve
) -> Reply:
    """Make one call, within the place's time limit, and return what came back.

    Raises:
        Undelivered: the server could not be reached, hung up, or took too long.
    """
    guard = Guarded(
        time.monotonic() + place.timeout_s, allow_private=place.allow_private, resolver=resolver
    )
    each = dict.fromkeys(("connect", "read", "write", "pool"), place.timeout_s)
    host = urlsplit(call.address).netloc
    headers = {"host": host, **call.headers, "content-length": str(len(call.body))}
    try:
        with http.ConnectionPool(ssl_context=context, network_backend=guard) as pool:
            url, more = url_of(call.address), {"timeout": each}
            sent = list(headers.items())
            with pool.stream(
                call.method, url, headers=sent, content=call.body, extensions=more
            ) as answer:
                named = {name.decode().lower(): v.decode("latin-1") for name, v in answer.headers}
                return Reply(answer.status, named, _beginning(answer))
    except http.LocalProtocolError:
        # Its words repeat the header, which may hold a secret.
        told = "the request cannot be written: a line break in the secret or the address?"
        raise Undelivered(f"{host}: {told}", for_good=True) from None
    except TROUBLE as error:
        raise Undelivered(f"{host}: {str(error) or type(error).__name__}") from error


def url_of(address: str) -> http.URL:
    """Return the address in the parts that were judged: nobody parses it a second time."""
    parts = urlsplit(address)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host = parts.hostname or ""
    return http.URL(scheme=parts.scheme, host=host, port=parts.port, target=target)


def seconds_asked(said: str) -> float | None:
    """Return the seconds that the words of a `Retry-After` ask for, or None."""
    said = said.strip()
    if said.isdigit():
        return float(said[:9])
    try:
        return (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError):
        return None


def _beginning(answer: http.Response) -> bytes:
    read = b""
    for chunk in answer.iter_stream():
        read += chunk
        if len(read) >= ANSWER_BYTES_MAX:
            break
    return read[:ANSWER_BYTES_MAX]
