"""A short way for pulls at send time: the route's own answers, without its machinery.

It answers only what it can answer from memory: a well-formed request, a key that was good a moment
ago, a shelf at hand with something to serve. Everything else goes the long way, through `pulls.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from http import HTTPStatus
from time import perf_counter
from typing import NamedTuple
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Receive, Scope, Send

from copydesk.api import pulls
from copydesk.api.edge import SAFE_HEADERS
from copydesk.api.known_keys import KnownKeys
from copydesk.api.metrics import Metrics
from copydesk.api.pulled import Ready, answer_to
from copydesk.api.rates import Rate
from copydesk.bootstrap import Copydesk
from copydesk.desk.serving import written
from copydesk.errors import Conflict
from copydesk.publishing import DIALECTS, ApprovedCopy, Choice, PullQuery
from copydesk.variants import Slot

PREFIX = "/v1/pull/"
KEPT_MAX = 4_096
"""So many written answers are kept; beyond that all are written again."""

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


class FastLane:
    """Stands before the app, and answers those pulls that need no reading."""

    def __init__(
        self, app: ASGIApp, desk: Copydesk, keys: KnownKeys, rate: Rate, metrics: Metrics
    ) -> None:
        self.app = app
        self._rate = rate
        self._serving = desk.serving
        self._max_age_s = desk.settings.pull_max_age_s
        self._keys = keys
        self._metrics = metrics
        self._written: dict[tuple[object, ...], Lines] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection, as ASGI has it."""
        started = perf_counter()
        lines = self._answer(scope) if _is_pull(scope) else None
        if lines is None:
            await self.app(scope, receive, send)
            return
        same = _header(scope, b"if-none-match")
        status = HTTPStatus.NOT_MODIFIED if same and lines.tag in same else HTTPStatus.OK
        body = b"" if status is HTTPStatus.NOT_MODIFIED else lines.body
        headers = lines.headers if body else lines.headers[2:]
        await send({"type": "http.response.start", "status": int(status), "headers": headers})
        await send({"type": "http.response.body", "body": body})
        self._metrics.note(pulls.ROUTE, "GET", int(status), perf_counter() - started)

    def _answer(self, scope: Scope) -> Lines | None:
        key = self._keys.known(_header(scope, b"authorization") or b"")
        if key is None or not key.brands:
            return None
        query = _query(scope["path"].removeprefix(PREFIX), scope["query_string"])
        choice = self._serving.at_hand(query, key.brands) if query is not None else None
        if query is None or choice is None or choice.approved is None:
            return None
        lines = self._lines(query, choice, choice.approved)
        if lines is not None and not self._rate.has_taken(key.bucket):
            return None  # the route says so
        if lines is not None:
            self._metrics.pulls.labels(choice.source.value).inc()
            self._serving.counts.note(query.campaign, choice.approved.id)
        return lines

    def _lines(self, query: PullQuery, choice: Choice, approved: ApprovedCopy) -> Lines | None:
        individual = choice.audience is not None and choice.audience.recipient is not None
        # The hash binds the text: the same key always means the same answer.
        what = (approved.id, approved.approval_hash, choice.source, individual)
        key = (*what, query.slots, query.dialect)
        lines = self._written.get(key)
        if lines is None:
            try:
                pulled = written(query, choice, approved)
            except Conflict:
                return None
            lines = _lines_of(answer_to(pulled, self._max_age_s))
            if len(self._written) >= KEPT_MAX:
                self._written.clear()
            self._written[key] = lines
        return lines


def _is_pull(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    path: str = scope["path"]
    return path.startswith(PREFIX)


def _header(scope: Scope, name: bytes) -> bytes | None:
    headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
    return next((value for key, value in headers if key == name), None)


def _query(campaign: str, query_string: bytes) -> PullQuery | None:
    """Return the query if it is well formed without any doubt."""
    pairs = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True)
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


@lru_cache(maxsize=64)
def _slots(written_as: str) -> tuple[Slot, ...]:
    return pulls.slots_in(written_as)


def _lines_of(ready: Ready) -> Lines:
    headers = [(b"content-type", b"application/json")]
    headers += [(b"content-length", str(len(ready.body)).encode())]
    headers += [(name.lower().encode(), value.encode()) for name, value in ready.headers.items()]
    return Lines(ready.body, ready.tag.encode(), headers + _SAFE)
