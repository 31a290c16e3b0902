"""Talking to a tool's API: JSON there and back, and what its errors mean for the next try."""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Mapping
from functools import cached_property
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

from copydesk import __version__
from copydesk.errors import Undelivered
from copydesk.notifications.addresses import Resolve, resolve
from copydesk.notifications.book import Place
from copydesk.notifications.exchange import Call, Reply, exchange
from copydesk.notifications.webhooks import context_of

AGAIN = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
"""Of the 4xx those that a later try can change."""
ID = re.compile(r"[A-Za-z0-9_.:-]{1,200}")
QUOTED = 300
"""Characters of an answer that are kept to tell what went wrong."""
JSON = "application/json"


class Rest:
    """One tool's API.

    `secrets` are never told: where an answer repeats one, it is taken out.
    """

    def __init__(
        self,
        place: Place,
        headers: Mapping[str, str],
        secrets: tuple[str, ...] = (),
        resolver: Resolve = resolve,
    ) -> None:
        self._place = place
        self._headers = headers
        self._secrets = secrets
        self._resolver = resolver

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: object = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:  # noqa: ANN401 - JSON
        """Return what the tool answered, as JSON says it; None for an empty answer.

        Raises:
            Undelivered: it did not get through, or the tool refused it.
            Missing: the tool has nothing there.
        """
        content, kind = _content(body, form)
        sent = {"user-agent": f"Copydesk/{__version__}", "accept": JSON, **self._headers}
        if content:
            sent.setdefault("content-type", kind)
        address = self._place.url.rstrip("/") + path + (f"?{urlencode(query)}" if query else "")
        reply = exchange(
            self._place,
            Call(method, address, {**sent, **(headers or {})}, content),
            self._context,
            self._resolver,
        )
        return self._judged(reply)

    def _judged(self, reply: Reply) -> Any:  # noqa: ANN401 - JSON
        status = reply.status
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            return self._read(reply)
        said = f"{urlsplit(self._place.url).netloc} answered {status}"
        words = self._quoted(reply.body)
        said += f": {words}" if words else ""
        if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
            raise Missing(said, for_good=True)
        in_vain = status < HTTPStatus.INTERNAL_SERVER_ERROR and status not in AGAIN
        raise Undelivered(said, for_good=in_vain, wait_s=reply.asked_wait_s)

    def _read(self, reply: Reply) -> Any:  # noqa: ANN401 - JSON
        if not reply.body.strip():
            return None
        try:
            return json.loads(reply.body)
        except ValueError as error:
            said = f"{urlsplit(self._place.url).netloc} answered {reply.status}, and not with JSON"
            raise Undelivered(f"{said}: {self._quoted(reply.body)}") from error

    def _quoted(self, body: bytes) -> str:
        text = " ".join(body[: 8 * QUOTED].decode(errors="replace").split())
        for secret in self._secrets:
            text = text.replace(secret, "…") if secret else text
        return text[:QUOTED]

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return context_of(self._place.ca_file)


class Missing(Undelivered):
    """The tool has nothing by that name."""


def found(answer: Any, *path: str | int) -> Any:  # noqa: ANN401 - JSON
    """Return what stands at a path of an answer.

    Raises:
        Undelivered: nothing is there: the tool did not answer as its documentation says.
    """
    here = answer
    for part in path:
        try:
            here = here[part]
        except (KeyError, IndexError, TypeError) as error:
            where = ".".join(map(str, path))
            raise Undelivered(f"The tool's answer has no `{where}`.") from error
    return here


def id_in(answer: Any, *path: str | int) -> str:  # noqa: ANN401 - JSON
    """Return the id at a path of an answer, fit to stand in an address. Raises Undelivered."""
    name = str(found(answer, *path))
    if not ID.fullmatch(name):
        raise Undelivered(f"The tool's answer has no usable id: {name[:60]!r}.")
    return name


def _content(body: object, form: Mapping[str, str] | None) -> tuple[bytes, str]:
    if form is not None:
        return urlencode(form).encode(), "application/x-www-form-urlencoded"
    if body is None:
        return b"", JSON
    return json.dumps(body, ensure_ascii=False).encode(), JSON
