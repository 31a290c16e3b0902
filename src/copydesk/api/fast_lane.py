"""A short way for pulls at send time: the route's own answers, without its machinery.

It answers only what it can answer from memory: a well-formed request, a key that was good a moment
ago, a shelf at hand with something to serve. Everything else goes the long way, through `pulls.py`.
"""

from __future__ import annotations

from time import perf_counter

from starlette.types import ASGIApp, Receive, Scope, Send

from copydesk.api import pulls
from copydesk.api.known_keys import KnownKeys
from copydesk.api.metrics import Metrics
from copydesk.api.pull_wire import Lines, header, is_pull, lines_of, query_of, send_lines
from copydesk.api.pulled import answer_to, seconds_left
from copydesk.api.rates import Rate
from copydesk.bootstrap import Copydesk
from copydesk.desk.serving import written
from copydesk.errors import Conflict
from copydesk.publishing import ApprovedCopy, Choice, PullQuery

KEPT_MAX = 4_096
"""So many written answers are kept; beyond that all are written again."""


class FastLane:
    """Stands before the app, and answers those pulls that need no reading."""

    def __init__(
        self, app: ASGIApp, desk: Copydesk, keys: KnownKeys, rate: Rate, metrics: Metrics
    ) -> None:
        self.app = app
        self._rate = rate
        self._serving = desk.serving
        self._clock = desk.clock
        self._max_age_s = desk.settings.pull_max_age_s
        self._keys = keys
        self._metrics = metrics
        self._written: dict[tuple[object, ...], Lines] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection, as ASGI has it."""
        started = perf_counter()
        lines = self._answer(scope) if is_pull(scope, "GET") else None
        if lines is None:
            await self.app(scope, receive, send)
            return
        status = await send_lines(lines, scope, send)
        self._metrics.note(pulls.ROUTE, "GET", int(status), perf_counter() - started)

    def _answer(self, scope: Scope) -> Lines | None:
        key = self._keys.known(header(scope, b"authorization") or b"")
        if key is None or not key.brands:
            return None
        query = query_of(scope)
        choice = self._serving.at_hand(query, key.brands) if query is not None else None
        if query is None or choice is None or choice.approved is None:
            return None
        lines = self._lines(query, choice, choice.approved)
        if lines is not None and not self._rate.has_taken(key.bucket):
            return None  # the route says so
        if lines is not None:
            self._metrics.note_pull(choice.source.value)
            self._serving.counts.note(query.campaign, choice.approved.id)
        return lines

    def _lines(self, query: PullQuery, choice: Choice, approved: ApprovedCopy) -> Lines | None:
        individual = choice.audience is not None and choice.audience.recipient is not None
        # The hash binds the text: the same key always means the same answer.
        what = (approved.id, approved.approval_hash, choice.source, individual)
        now = self._clock()
        left_s = seconds_left(choice.good_until, self._max_age_s, now)
        key = (*what, query.slots, query.dialect, left_s)
        lines = self._written.get(key)
        if lines is None:
            try:
                pulled = written(query, choice, approved)
            except Conflict:
                return None
            lines = lines_of(answer_to(pulled, self._max_age_s, now))
            if len(self._written) >= KEPT_MAX:
                self._written.clear()
            self._written[key] = lines
        return lines
