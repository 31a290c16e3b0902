"""A time limit for checks that run somebody else's code: a model, a validator."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from time import monotonic

from copydesk.guardrails.findings import Finding
from copydesk.guardrails.guard import Guard, Submission
from copydesk.guardrails.unavailable import EngineUnavailable

DEFAULT_S = 10.0
AT_ONCE = 4
"""Checks of one guard that may be under way: a stuck one cannot be stopped, only not joined."""


class TimedGuard:
    """Runs a guard, and gives up on it after some seconds: that is then a finding, in words.

    What was given up on runs on in its own thread. Of those no more than AT_ONCE are let live;
    with all of them stuck the guard is out of service until one of them returns.
    """

    def __init__(self, guard: Guard, seconds: float = DEFAULT_S) -> None:
        self.name = guard.name
        self.seconds = seconds
        self._guard = guard
        self._free = threading.Semaphore(AT_ONCE)

    @property
    def state(self) -> str:
        """The guard's own state."""
        return str(getattr(self._guard, "state", "ready"))

    def check(self, submission: Submission) -> Iterable[Finding]:
        """Return what the guard finds, or raise what it raises.

        Raises:
            EngineUnavailable: it did not answer in time.
        """
        deadline = monotonic() + self.seconds
        if not self._free.acquire(timeout=self.seconds):
            raise EngineUnavailable(self.name, f"{late(self.seconds)}: {AT_ONCE} checks are stuck")
        run = _Run(self._guard, submission, self._free)
        run.start()
        run.join(max(0.0, deadline - monotonic()))
        return run.found(self.seconds)


class _Run(threading.Thread):
    """One check by one guard, in a thread that the process does not wait for at its end."""

    def __init__(self, guard: Guard, submission: Submission, free: threading.Semaphore) -> None:
        super().__init__(name=f"check by {guard.name}", daemon=True)
        self._work = guard, submission, free
        self._findings: Sequence[Finding] | None = None
        self._error: BaseException | None = None

    def run(self) -> None:
        guard, submission, free = self._work
        try:
            self._findings = list(guard.check(submission))
        except BaseException as error:  # noqa: BLE001 - raised again where somebody waits for it
            self._error = error
        finally:
            free.release()

    def found(self, seconds: float) -> Sequence[Finding]:
        """Return the findings; raise the guard's error, or EngineUnavailable where it is late."""
        if self._error is not None:
            raise self._error
        if self._findings is None:
            raise EngineUnavailable(self._work[0].name, late(seconds))
        return self._findings


def late(seconds: float) -> str:
    """Return why a guard that was waited for in vain did not take part."""
    return f"it did not answer within {seconds:g} s"
