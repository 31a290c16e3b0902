"""A thread that looks at the store for changes made elsewhere, several times a second."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

from copydesk.errors import StoreUnavailable
from copydesk.storage.watched import WatchedStore

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.2


class Follower(Protocol):
    """What keeps up with the store by reading what is new in it."""

    def follow(self) -> None:
        """Read what is new. Raises StoreUnavailable."""


class Watch:
    """Looks while it is started. What cannot be looked at for a moment is lost, and said once."""

    def __init__(self, store: WatchedStore, followers: Sequence[Follower] = ()) -> None:
        self._store = store
        self._followers = followers
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._was_lost = False

    def start(self) -> None:
        """Begin to look. A store that cannot be reached now is looked for until it can."""
        self._stopping = threading.Event()
        with suppress(StoreUnavailable):
            self._look()
        run = (self._stopping,)
        self._thread = threading.Thread(target=self._run, args=run, name="watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more; a look that hangs is not waited for."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(LOOK_EVERY_S)
        self._store.look_away()

    def _run(self, stopping: threading.Event) -> None:
        while not stopping.wait(LOOK_EVERY_S):
            try:
                self._look()
            except StoreUnavailable as error:
                self._tell(lost=True, why=error.message)
            else:
                self._tell(lost=False)

    def _look(self) -> None:
        # Followers first: what the look then vouches for, they have read.
        for follower in self._followers:
            follower.follow()
        self._store.look()

    def _tell(self, *, lost: bool, why: str = "") -> None:
        if lost and not self._was_lost:
            log.warning("store.lost: %s", why)
        if self._was_lost and not lost:
            log.warning("store.found")
        self._was_lost = lost
