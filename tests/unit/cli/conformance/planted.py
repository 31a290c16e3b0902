"""Servers with one fault each, planted before our own app."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qsl, urlencode, urlsplit

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from copydesk.cli.conformance.calling import Caller
from copydesk.cli.conformance.rules import ToolRules
from copydesk.cli.conformance.suite import Result, Subject, run_all

SLOW_S = 0.6


@contextmanager
def listening(app: ASGIApp) -> Iterator[str]:
    """Serve the app from a thread; yield its address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


def results(address: str, key: str, rules: ToolRules, campaign: str = "spring") -> list[Result]:
    caller = Caller(urlsplit(address), key, campaign, rules.dialect, None, rules.timeout_s)
    return list(run_all(Subject(caller, rules)))


def broken(found: list[Result]) -> set[str]:
    return {result.check for result in found if not result.passed}


class Leaking:
    """Keeps answers as a proxy does that was told to leave the recipient out of the address."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._kept: dict[str, list[Message]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = parse_qsl(scope["query_string"].decode())
        kept_under = scope["path"] + urlencode([(n, v) for n, v in asked if n != "r"])
        if kept_under in self._kept:
            for message in self._kept[kept_under]:
                await send(message)
            return
        said: list[Message] = []

        async def keep(message: Message) -> None:
            said.append(dict(message))
            await send(message)

        await self._app(scope, receive, keep)
        if said[0]["status"] == 200:
            self._kept[kept_under] = said


class Redirecting:
    """Sends everybody to the address with a slash at its end."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].endswith("/"):
            await self._app({**scope, "path": scope["path"].rstrip("/")}, receive, send)
            return
        there = f"{scope['path']}/?{scope['query_string'].decode()}".encode()
        await send(
            {"type": "http.response.start", "status": 307, "headers": [(b"location", there)]}
        )
        await send({"type": "http.response.body", "body": b""})


class Listing:
    """Wraps every answer in a list, as feeds used to be."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def wrapped(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [(n, v) for n, v in message["headers"] if n != b"content-length"]
                message = {**message, "headers": headers}
            elif message.get("body"):
                message = {**message, "body": b"[" + message["body"] + b"]"}
            await send(message)

        await self._app(scope, receive, wrapped)


class Slow:
    """Takes longer than the tool waits."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(SLOW_S)
        await self._app(scope, receive, send)
