"""A caller without kindness: it follows no redirect, tries nothing again, and keeps the time."""

from __future__ import annotations

import base64
import http.client
import json
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import SplitResult, quote, urlencode

READ_MAX = 8_000_000
"""No more of an answer is read: what is longer breaks every rule about size already."""


class Broken(Exception):
    """The server broke a rule; the message says what was seen."""


class Said(NamedTuple):
    """One answer."""

    status: int
    headers: dict[str, str]
    """By lower-case name."""
    body: bytes
    seconds: float

    @property
    def data(self) -> Any:  # noqa: ANN401 - any JSON
        """What the body says. Raises Broken when it is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise Broken(f"a body that is no JSON: {self.body[:60]!r}") from error

    @property
    def is_problem(self) -> bool:
        """Whether it is an error in the shape of RFC 9457."""
        return self.headers.get("content-type", "").startswith("application/problem+json")


@dataclass(frozen=True, slots=True)
class Caller:
    """Asks one server for one campaign's copy, as one tool does."""

    address: SplitResult
    """Scheme and host, and a path that stands before ours where there is one."""
    key: str
    campaign: str
    dialect: str
    audience: str | None
    timeout_s: float

    def path(self, recipient: str | None = None, **changes: str | None) -> str:
        """Return the path of a pull; a change to None leaves the parameter out."""
        asked = {"r": recipient, "audience": self.audience, "dialect": self.dialect, **changes}
        campaign = quote(asked.pop("campaign", None) or self.campaign, safe="")
        given = {name: value for name, value in asked.items() if value is not None}
        query = f"?{urlencode(given)}" if given else ""
        return f"{self.address.path.rstrip('/')}/v1/pull/{campaign}{query}"

    def pull(self, recipient: str | None = None, **changes: str | None) -> Said:
        """Pull, and return whatever is answered. Raises Broken where nothing is in time."""
        return self.ask(self.path(recipient, **changes))

    def ask(
        self,
        path: str,
        headers: Mapping[str, str] | None = None,
        method: str = "GET",
        body: bytes | None = None,
    ) -> Said:
        """Send one request on a connection of its own, with the key unless `headers` say else."""
        connection = self.connection()
        try:
            return self.on(connection, path, headers, method, body)
        finally:
            connection.close()

    def connection(self) -> http.client.HTTPConnection:
        """Return a connection that opens when it is used."""
        host, port = self.address.hostname or "", self.address.port
        if self.address.scheme == "https":
            return http.client.HTTPSConnection(host, port, timeout=self.timeout_s)
        return http.client.HTTPConnection(host, port, timeout=self.timeout_s)

    def on(
        self,
        connection: http.client.HTTPConnection,
        path: str,
        headers: Mapping[str, str] | None = None,
        method: str = "GET",
        body: bytes | None = None,
    ) -> Said:
        """Send one request on this connection. Raises Broken where nothing comes in time."""
        sent = {"Authorization": f"Bearer {self.key}", **(headers or {})}
        sent = {name: value for name, value in sent.items() if value}
        began = time.perf_counter()
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            said = answer.read(READ_MAX)
        except (OSError, http.client.HTTPException) as error:
            spent = time.perf_counter() - began
            raise Broken(f"no answer: {type(error).__name__} after {spent:.1f} s") from error
        named = {name.lower(): value for name, value in answer.getheaders()}
        return Said(answer.status, named, said, time.perf_counter() - began)

    def raw(self) -> socket.socket:
        """Return a bare connection, to be slow or rude on. Raises Broken when there is none."""
        host = self.address.hostname or ""
        port = self.address.port or (443 if self.address.scheme == "https" else 80)
        try:
            bare = socket.create_connection((host, port), timeout=self.timeout_s)
        except OSError as error:
            raise Broken(f"no connection: {error}") from error
        if self.address.scheme != "https":
            return bare
        return ssl.create_default_context().wrap_socket(bare, server_hostname=host)

    def request_bytes(self, path: str) -> bytes:
        """Return the request as it goes over the wire, asking to close afterwards."""
        lines = (
            f"GET {path} HTTP/1.1",
            f"Host: {self.address.netloc.rpartition('@')[2]}",
            f"Authorization: Bearer {self.key}",
            "Connection: close",
        )
        return "\r\n".join((*lines, "", "")).encode()


def basic(user: str, password: str) -> str:
    """Return the value of Authorization for basic credentials."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
