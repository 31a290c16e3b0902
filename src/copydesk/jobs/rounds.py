"""Work that comes again and again: each round in its time, by one process at a time.

Which process does it is agreed upon in the store. One that dies at it holds it for HELD at most;
what failed is tried again soon, and never ends the process.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from copydesk.errors import StoreUnavailable
from copydesk.storage import Store
from copydesk.storage.rounds import RoundState

log = logging.getLogger(__name__)

HELD = timedelta(minutes=30)
"""For so long a round is somebody's from each of its steps on."""
AGAIN = timedelta(minutes=5)
"""So soon a round that failed is tried again, if it does not come sooner."""
LOOK_S = 5.0
"""Between two looks for what is due."""
ERROR_MAX = 500
FAREWELL_S = 10.0


class Round(NamedTuple):
    """What is done, and how often."""

    name: str
    every: timedelta
    """From one beginning to the next. The first comes so long after a server first knew of it."""
    steps: Callable[[], Iterable[object]]
    """Does it, a step with each thing that it yields: between two a server may stop."""
    at_start: bool = False
    """Each process begins with it, whenever it was last done."""


class RoundKeeper:
    """Makes the rounds, in a thread of its own."""

    def __init__(
        self,
        store: Store,
        rounds: Sequence[Round],
        clock: Callable[[], datetime],
        look_s: float = LOOK_S,
    ) -> None:
        self._store = store
        self._rounds = {one.name: one for one in rounds}
        self._clock = clock
        self._look_s = look_s
        self._at_start = {one.name for one in rounds if one.at_start}
        self._left: dict[str, RoundState] = {}
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._keep, name="rounds", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the step that is under way; the rest is done by the next process."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(FAREWELL_S)

    def look(self) -> Sequence[str]:
        """Do what is due, unless another process does it; return the names.

        What fails is logged and kept. Raises StoreUnavailable.
        """
        now = self._clock()
        with self._store.transaction() as tx:
            for state in self._left.values():
                tx.rounds.put(state)
            known = {state.name: state for state in tx.rounds.all()}
            for name in self._rounds.keys() - known.keys():
                tx.rounds.know(name, now)
        self._left.clear()
        fresh = {name: RoundState(name=name, began_at=now) for name in self._rounds}
        due = [s for s in (fresh | known).values() if s.name in self._rounds and self._is_due(s)]
        return [state.name for state in due if not self._stopping.is_set() and self._do(state)]

    def _is_due(self, state: RoundState) -> bool:
        every = self._rounds[state.name].every
        wait = min(every, AGAIN) if state.failures else every
        return state.name in self._at_start or state.began_at + wait <= self._clock()

    def _do(self, before: RoundState) -> bool:
        """Do a round if nobody else is at it; return whether it was done, well or not."""
        now = self._clock()
        with self._store.transaction() as tx:
            taken = tx.rounds.take(before, now, now + HELD)
        if taken is None:
            return False
        self._at_start.discard(before.name)
        try:
            ended = self._steps(taken)
        except StoreUnavailable:
            self._left[before.name] = before.model_copy(update={"held_until": None})
            raise
        except Exception as error:  # a round that fails must not end those after it: it is told
            log.exception("rounds.failed", extra={"round": before.name})
            failed = {"failures": before.failures + 1, "error": _told(error)}
            self._put(taken, held_until=None, **failed)
            return True
        if not ended:  # the process stops: another one begins as if nobody had
            self._put(before, held_until=None)
            return False
        self._put(taken, held_until=None, ended_at=self._clock(), failures=0, error=None)
        return True

    def _steps(self, taken: RoundState) -> bool:
        """Go on step by step; return whether it came to its end."""
        held_until = taken.held_until or taken.began_at
        for _ in self._rounds[taken.name].steps():
            if self._stopping.is_set():
                return False
            now = self._clock()
            if held_until - now < HELD / 2:
                held_until = now + HELD
                self._put(taken, held_until=held_until)
        return True

    def _put(self, state: RoundState, **changes: object) -> None:
        with self._store.transaction() as tx:
            tx.rounds.put(state.model_copy(update=changes))

    def _keep(self) -> None:
        while not self._stopping.is_set():
            try:
                self.look()
            except StoreUnavailable:  # /readyz tells of it, and the next look does what is left
                log.warning("rounds.postponed")
            except Exception:  # this thread must live to make the next look
                log.exception("rounds.broken")
            self._stopping.wait(self._look_s)


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:ERROR_MAX].replace("\x00", "")
