"""Leaving a provider alone that fails: the next model writes at once, and one call looks again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from copydesk.errors import ModelUnavailable

State = Literal["closed", "open", "trying"]


class Breaker:
    """A circuit breaker, for all event loops of a process.

    It opens after `failures` calls in a row that failed for want of an answer, and refuses calls
    for `rest_s` seconds. Then one call is let through, alone: its answer closes the breaker, its
    failure opens it for another rest. What is wrong with our request or with an answer's content
    is no failure of the provider.
    """

    def __init__(
        self, failures: int, rest_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._failures_at_most = failures
        self._rest_s = rest_s
        self._clock = clock
        self._lock = threading.Lock()
        self._failed = 0
        self._opened_at: float | None = None
        self._trying = False

    @property
    def state(self) -> State:
        """Whether calls are let through: `trying` lets one."""
        with self._lock:
            if self._opened_at is None:
                return "closed"
            return "trying" if self._trying or self._left() <= 0 else "open"

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Let a call through, and learn from how it ends.

        Raises:
            ModelUnavailable: the provider is left alone for now.
        """
        tries = self._enter()
        answered = False
        try:
            yield
            answered = True
        except ModelUnavailable:
            self._note_failure()
            raise
        except Exception:
            answered = True
            raise
        finally:
            self._leave(tries=tries, answered=answered)

    def check(self) -> None:
        """Raise ModelUnavailable while calls are refused, without taking the one that is let."""
        with self._lock:
            if self._opened_at is not None and (self._trying or self._left() > 0):
                raise self._refusal()

    def _enter(self) -> bool:
        with self._lock:
            if self._opened_at is None:
                return False
            if self._trying or self._left() > 0:
                raise self._refusal()
            self._trying = True
            return True

    def _leave(self, *, tries: bool, answered: bool) -> None:
        with self._lock:
            if tries:
                self._trying = False
            if answered and (tries or self._opened_at is None):
                self._failed, self._opened_at = 0, None

    def _note_failure(self) -> None:
        with self._lock:
            self._failed += 1
            if self._failed >= self._failures_at_most:
                self._opened_at = self._clock()

    def _left(self) -> float:
        return self._rest_s - (self._clock() - (self._opened_at or 0.0))

    def _refusal(self) -> ModelUnavailable:
        return ModelUnavailable(
            f"it failed {self._failed} times in a row and is left alone for another "
            f"{max(0.0, self._left()):.0f} s"
        )
