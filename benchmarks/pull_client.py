"""A campaign tool as a program: kept connections, a timeout, another try on another connection.

What every HTTP client does with an idempotent request is done here too: where a connection that was
kept closes before a byte of the answer came, the request is sent again on another one. That is
counted, not hidden.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, cast

TIMEOUT_S = 2.0
"""Braze's patience."""
TRIES = 3


class Answer(NamedTuple):
    """One answer, whole."""

    status: int
    head: bytes
    body: bytes


class Connection(asyncio.Protocol):
    """One kept connection, one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Answer] | None = None
        self._got = bytearray()
        self.is_open = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by descent

    def connection_lost(self, _error: Exception | None) -> None:
        """Tell who waits for an answer."""
        self.is_open = False
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(ConnectionResetError())

    def data_received(self, data: bytes) -> None:
        """Give the answer to who waits for it, when it is whole."""
        self._got += data
        end = self._got.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self._got[:end]).lower()
        at = head.find(b"content-length: ")
        length = int(head[at + 16 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self._got) < end + 4 + length:
            return
        body = bytes(self._got[end + 4 : end + 4 + length])
        self._got.clear()
        if b"connection: close" in head:
            self.is_open = False
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(Answer(int(head[9:12]), head, body))

    async def ask(self, request: bytes) -> Answer:
        """Send the request and return the answer. Raises ConnectionResetError."""
        assert self._transport is not None
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._waiting

    def close(self) -> None:
        """Hang up."""
        self.is_open = False
        if self._transport is not None:
            self._transport.abort()


@dataclass
class Tool:
    """Keeps connections to one address."""

    port: int
    key: str
    idle: list[Connection] = field(default_factory=list)
    again: int = 0
    """Requests that had to be sent once more."""

    def request(self, path: str) -> bytes:
        """Return the request as it is sent."""
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self.key}\r\n\r\n"
        return head.encode()

    async def ask(self, path: str) -> Answer:
        """Return the answer. Raises OSError or TimeoutError as a tool would tell of."""
        async with asyncio.timeout(TIMEOUT_S):
            for left in reversed(range(TRIES)):
                connection = await self._connected()
                try:
                    answer = await connection.ask(self.request(path))
                except ConnectionResetError:
                    if not left:
                        raise
                    self.again += 1
                    continue
                except asyncio.CancelledError:
                    connection.close()
                    raise
                if connection.is_open:
                    self.idle.append(connection)
                return answer
        raise AssertionError

    async def _connected(self) -> Connection:
        while self.idle:
            connection = self.idle.pop()
            if connection.is_open:
                return connection
        loop = asyncio.get_running_loop()
        _, made = await loop.create_connection(Connection, "127.0.0.1", self.port)
        return made

    def close(self) -> None:
        """Hang up all connections that are idle."""
        for connection in self.idle:
            connection.close()
        self.idle.clear()


async def closed_loop(tool: Tool, paths: Callable[[int], str], at_once: int, seconds: float) -> int:
    """Ask as fast as answers come; return how many came with 200."""
    loop = asyncio.get_running_loop()
    until, good = loop.time() + seconds, 0

    async def one(number: int) -> None:
        nonlocal good
        while loop.time() < until:
            answer = await tool.ask(paths(number))
            good += answer.status == 200
            number += at_once

    await asyncio.gather(*(one(number) for number in range(at_once)))
    return good
