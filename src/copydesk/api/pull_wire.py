"""Pulls as ASGI has them: what a scope asks for, and an answer ready to be sent."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import parse_qsl

from starlette.types import Scope, Send

from copydesk.api import pulls
from copydesk.api.edge import SAFE_HEADERS
from copydesk.api.pulled import Ready
from copydesk.publishing import DIALECTS, PullQuery
from copydesk.variants import Slot

PREFIX = "/v1/pull/"

_NAME = re.compile(pulls.NAME)
_FORMS = {
    "r": re.compile(pulls.RECIPIENT_KEY),
    "audience": _NAME,
    "slot": re.compile(pulls.SLOTS),
    "dialect": re.compile("|".join(f"^{re.escape(name)}$" for name in DIALECTS)),
}
_SAFE = [(name.lower().encode(), value.encode()) for name, value in SAFE_HEADERS.items()]


class Lines(NamedTuple):
    """An answer as ASGI sends it."""

    body: bytes
    tag: bytes
    headers: list[tuple[bytes, bytes]]
    """Type and length of the body first."""


def is_pull(scope: Scope, *methods: str) -> bool:
    """Return whether this is a request for copy, by one of these methods."""
    if scope["type"] != "http" or scope["method"] not in methods:
        return False
    path: str = scope["path"]
    return path.startswith(PREFIX)


def header(scope: Scope, name: bytes) -> bytes | None:
    """Return the first header of this name, which is in lower case, or None."""
    headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
    return next((value for key, value in headers if key == name), None)


def query_of(scope: Scope) -> PullQuery | None:
    """Return what is asked for if it is well formed without any doubt, else None."""
    campaign = scope["path"].removeprefix(PREFIX)
    pairs = _pairs(scope["query_string"].decode("latin-1"))
    asked = dict(pairs)
    if len(asked) != len(pairs) or not _NAME.fullmatch(campaign):
        return None
    for name, value in pairs:
        form = _FORMS.get(name)
        if form is None or not form.fullmatch(value):
            return None
    slots = _slots(asked.get("slot", pulls.ALL_SLOTS))
    dialect = asked.get("dialect", pulls.NEUTRAL)
    return PullQuery(campaign, asked.get("r"), asked.get("audience"), slots, dialect)


def _pairs(query: str) -> list[tuple[str, str]]:
    """Return names and values; the usual query, which is plain, is taken apart in no time."""
    if "%" in query or "+" in query or "=" not in query:
        return parse_qsl(query, keep_blank_values=True)
    halves = [piece.partition("=") for piece in query.split("&")]
    return [(name, value) for name, _, value in halves]


def lines_of(ready: Ready, **more: str) -> Lines:
    """Return the answer as it is sent; `more` headers win, `_` in their names is a hyphen."""
    named = {name.replace("_", "-"): value for name, value in more.items()}
    kept = {name: value for name, value in ready.headers.items() if name.lower() not in named}
    headers = [(b"content-type", b"application/json")]
    headers += [(b"content-length", str(len(ready.body)).encode())]
    said = {**kept, **named}.items()
    headers += [(name.lower().encode(), value.encode()) for name, value in said]
    return Lines(ready.body, ready.tag.encode(), headers + _SAFE)


async def send_lines(lines: Lines, scope: Scope, send: Send) -> HTTPStatus:
    """Send the answer, or 304 to who has it already; return which."""
    same = header(scope, b"if-none-match")
    status = HTTPStatus.NOT_MODIFIED if same and lines.tag in same else HTTPStatus.OK
    body = b"" if status is HTTPStatus.NOT_MODIFIED else lines.body
    headers = lines.headers if body else lines.headers[2:]
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send({"type": "http.response.body", "body": body})
    return status


@lru_cache(maxsize=64)
def _slots(written_as: str) -> tuple[Slot, ...]:
    return pulls.slots_in(written_as)
