"""The whole of Copydesk, wired, for commands that keep or read something."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from copydesk.bootstrap import Copydesk, bootstrap
from copydesk.settings import Settings


@contextmanager
def opened(settings: Settings) -> Iterator[Copydesk]:
    """Wire Copydesk, and let go of connections and memory at the end."""
    desk = bootstrap(settings)
    try:
        yield desk
    finally:
        asyncio.run(desk.aclose())
