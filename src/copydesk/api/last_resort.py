"""What a pull is answered with when what stands behind it is down: the fallback, never an error.

Where the store cannot be looked at, refuses, or does not answer in time, a caller whose key was
good when the store was last heard of gets the campaign's fallback from memory, if that holds
without the offer. It says so: `X-Copydesk-Degraded`, and `no-store`.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from copydesk.api import pulls
from copydesk.api.known_keys import KnownKeys
from copydesk.api.metrics import Metrics
from copydesk.api.problems import HttpError, problem_response
from copydesk.api.pull_wire import Lines, header, is_pull, lines_of, query_of, send_lines
from copydesk.api.pulled import answer_to
from copydesk.bootstrap import Copydesk
from copydesk.desk.rendering import bare
from copydesk.desk.serving import written
from copydesk.errors import Conflict

WITHIN_S = 0.8
"""So long a pull waits for the store: a campaign tool gives up after two seconds."""
WHY = "store-unreachable"
WHY_BARE = "the store cannot be reached, and with it what the recipient agreed to"
PULLS = ("GET", "POST")
RETRY_AFTER_S = 2


class LastResort:
    """Stands before the app, and answers those pulls that it cannot answer in time."""

    def __init__(self, app: ASGIApp, desk: Copydesk, keys: KnownKeys, metrics: Metrics) -> None:
        self.app = app
        self._stand_in = desk.serving.stand_in
        self._clock = desk.clock
        self._keys = keys
        self._metrics = metrics
        self._under_way: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection, as ASGI has it."""
        if not is_pull(scope, *PULLS):
            await self.app(scope, receive, send)
            return
        spare = self._spare(scope) if self._stand_in.is_lost else None
        if spare is not None:
            await self._answer(spare, scope, send)
        else:
            await self._try(scope, receive, send)

    async def _try(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have the app answer; where it has not begun to in time, answer in its place."""
        tried = _Tried(send)
        task = asyncio.create_task(self._run(scope, receive, tried))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        await asyncio.wait({task}, timeout=WITHIN_S)
        # What is spare is looked for now: what the app waits for may come after what it has read.
        spare = None if tried.has_begun else self._spare(scope)
        if tried.has_begun or (spare is None and not tried.is_over and not self._stand_in.is_lost):
            await task
        if tried.has_begun:
            return
        # What the app still says goes nowhere: it waits for a thread, which nobody can cancel.
        tried.is_over = True
        if spare is None:
            await _unavailable(scope, receive, send)
        else:
            await self._answer(spare, scope, send)

    async def _run(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)

    async def _answer(self, spare: Lines, scope: Scope, send: Send) -> None:
        began = perf_counter()
        status = await send_lines(spare, scope, send)
        self._metrics.note_pull("degraded")
        self._metrics.note(pulls.ROUTE, scope["method"], int(status), perf_counter() - began)

    def _spare(self, scope: Scope) -> Lines | None:
        key = self._keys.last_known(header(scope, b"authorization") or b"")
        query = query_of(scope) if key is not None else None
        if key is None or query is None:
            return None
        choice = self._stand_in.choose(query, key.brands)
        if choice is None or choice.approved is None:
            return None
        copy = choice.approved.copy_
        try:
            rendered = bare(copy, WHY_BARE) if scope["method"] == "POST" else None
            pulled = written(query, choice, choice.approved, rendered)
        except Conflict:
            return None
        kept_by_nobody = "private, no-store"
        ready = answer_to(pulled, 0, self._clock())
        return lines_of(ready, cache_control=kept_by_nobody, x_copydesk_degraded=WHY)


class _Tried:
    """Passes on what the app sends, unless that is that the store is down, or comes too late."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.has_begun = False
        self.is_over = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.is_over |= message["status"] == HTTPStatus.SERVICE_UNAVAILABLE
            self.has_begun = not self.is_over
        if not self.is_over:
            await self._send(message)


async def _unavailable(scope: Scope, receive: Receive, send: Send) -> None:
    status = HTTPStatus.SERVICE_UNAVAILABLE
    said = "The store does not answer, and there is no fallback that holds without the offer."
    response = problem_response(HttpError(status, said))
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    await response(scope, receive, send)
