"""The openai clients of one server: connections for each event loop, in pools that stay small."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from weakref import WeakKeyDictionary

from openai import AsyncOpenAI

CALLS_A_POOL = 8
"""The client's pool looks at each of its connections twice a call: with 64 of them that takes
longer than the call's own work."""


class Clients:
    """Makes clients as they are wanted; connections cannot be shared among event loops."""

    def __init__(self, concurrency: int, make: Callable[[], AsyncOpenAI]) -> None:
        self._pools = math.ceil(concurrency / CALLS_A_POOL)
        self._make = make
        self._turn = 0
        self._made: WeakKeyDictionary[asyncio.AbstractEventLoop, list[AsyncOpenAI]] = (
            WeakKeyDictionary()
        )

    def next(self) -> AsyncOpenAI:
        """Return a client for a call on this event loop, each in turn."""
        made = self._made.setdefault(asyncio.get_running_loop(), [])
        if len(made) < self._pools:
            made.append(self._make())
            return made[-1]
        self._turn += 1
        return made[self._turn % self._pools]

    async def aclose(self) -> None:
        """Close the connections that the running event loop opened."""
        for client in self._made.pop(asyncio.get_running_loop(), []):
            await client.close()
