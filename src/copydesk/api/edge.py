"""What every request passes through: a size limit, headers that keep browsers safe, clean text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from copydesk.api.problems import HttpError, problem_response
from copydesk.errors import InputError, Problem

BODY_BYTES_MAX = 1_000_000
DELIVERY_BYTES_MAX = 10_000_000
"""Of what campaign tools deliver: some send a thousand events at once."""
DELIVERIES = "/v1/outcomes/"
DEPTH_MAX = 32
"""Our shapes nest six deep; what nests deeper is made to exhaust a parser."""
KEPT = "/static/"
"""Files of ours, the same for everybody."""
LONE_SURROGATE = re.compile("[\ud800-\udfff]")

SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
}


class SafeHeaders:
    """Adds SAFE_HEADERS to every answer that does not say otherwise.

    What does not say that it may be kept is kept by no cache: answers hold keys, links and copy.
    So, too, what a request's `state.more_headers` says, as how many more requests there may be.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection, as ASGI has it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                more: Mapping[str, str] = scope.get("state", {}).get("more_headers", {})
                for name, value in (*SAFE_HEADERS.items(), *more.items()):
                    headers.setdefault(name, value)
                if not scope["path"].startswith(KEPT):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, send_safely)


class BodyLimit:
    """Refuses a body over BODY_BYTES_MAX with 413, before or while it is read."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection, as ASGI has it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = DELIVERY_BYTES_MAX if scope["path"].startswith(DELIVERIES) else BODY_BYTES_MAX
        length = Headers(scope=scope).get("content-length", "0")
        if length.isdigit() and int(length) > most:
            await problem_response(too_large(most))(scope, receive, send)
            return
        await self.app(scope, _counted(receive, most), send)


def too_large(most: int = BODY_BYTES_MAX) -> HttpError:
    """Return the error for a body that is too long."""
    message = f"A request body may have at most {most:,} bytes: send less at once."
    return HttpError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, message)


def _counted(receive: Receive, most: int) -> Receive:
    total = 0

    async def receive_counted() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > most:
            error = too_large(most)
            raise HTTPException(error.status, error.message)
        return message

    return receive_counted


async def clean_json(request: Request) -> None:
    """Refuse JSON that no store or encoder can keep as it is: NUL, lone surrogates, deep nesting.

    A dependency of every route with a body; malformed JSON is left for FastAPI to refuse.
    """
    if "json" not in request.headers.get("content-type", ""):
        return
    try:
        data = await request.json()
    except (ValueError, RecursionError):
        return
    problems = unfit(data)
    if problems:
        raise InputError(problems)


def unfit(data: object) -> list[Problem]:
    """Return a problem for each text in plain data that cannot be stored, and for deep nesting."""
    problems: list[Problem] = []
    waiting: list[tuple[str, object, int]] = [("", data, 0)]
    while waiting:
        path, value, depth = waiting.pop()
        if depth > DEPTH_MAX:
            return [Problem("", "", f"nest objects and lists at most {DEPTH_MAX} deep")]
        if isinstance(value, str):
            problems += [Problem(path, "", why) for why in _refusals(value)]
        else:
            waiting += _children(path, value, depth)
    return problems


def _children(path: str, value: Any, depth: int) -> list[tuple[str, object, int]]:  # noqa: ANN401 - any JSON
    if isinstance(value, list):
        return [(f"{path}[{index}]", item, depth + 1) for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return []
    keys: list[tuple[str, object, int]] = [(path, key, depth) for key in value]
    named = [
        (f"{path}.{ascii(key)[1:-1]}".lstrip("."), item, depth + 1) for key, item in value.items()
    ]
    return keys + named


def _refusals(text: str) -> list[str]:
    refusals = []
    if "\x00" in text:
        refusals.append("take out the NUL character: it cannot be stored")
    if LONE_SURROGATE.search(text):
        refusals.append("take out the lone surrogate: it is half of a character")
    return refusals
