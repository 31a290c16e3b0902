"""One transaction a thread: a second one inside the first would wait for itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class OneATime:
    """Refuses a transaction inside a transaction, loudly and at once."""

    def __init__(self) -> None:
        self._local = threading.local()

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Hold the thread's one transaction. Raises RuntimeError when it is already held."""
        if getattr(self._local, "open", False):
            raise RuntimeError(
                "This thread has a transaction open: use it, or end it before the next one. "
                "A second one would wait for the first for ever."
            )
        self._local.open = True
        try:
            yield
        finally:
            self._local.open = False
