"""Counting what models did, for whoever watches: calls, tokens, money, waits and retries."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from copydesk.variants import Usage

Left = tuple[int | None, float | None]
"""Tokens and money that are left of the day's budget; None is no limit."""
WAIT_STEPS_S = (0.01, 0.05, 0.25, 1.0, 5.0, 15.0, 30.0, 60.0, 120.0)


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted since the process began."""

    attempts: Mapping[tuple[str, str], int]
    """To write drafts, by any model's name and how it ended: `answered`, or an error's name."""
    calls: Mapping[tuple[str, str], int]
    """Of hosted models, likewise; `kept` is an answer that was used again."""
    tokens: Mapping[tuple[str, str], int]
    """By model and kind: `input`, `cached_input` (part of input) and `output`."""
    millionths: Mapping[tuple[str, str], int]
    """Money by model and currency, in millionths."""
    retries: Mapping[str, int]
    waits: Mapping[float, int]
    """How many waited no longer than so many seconds for their turn."""
    waited: int
    waited_s: float
    left: Left
    breaker: str
    """`closed`, `open` or `trying`."""


@dataclass(slots=True)
class Meter:
    """The counters of one Copydesk; safe for several threads."""

    _left: Callable[[], Left] = lambda: (None, None)
    _state: Callable[[], str] = lambda: "closed"
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _attempts: Counter[tuple[str, str]] = field(default_factory=Counter)
    _calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    _tokens: Counter[tuple[str, str]] = field(default_factory=Counter)
    _millionths: Counter[tuple[str, str]] = field(default_factory=Counter)
    _retries: Counter[str] = field(default_factory=Counter)
    _waits: Counter[int] = field(default_factory=Counter)
    _waited_s: float = 0.0

    def watch(self, left: Callable[[], Left], state: Callable[[], str]) -> None:
        """Ask these, when somebody looks, what is left of the day and how the breaker stands."""
        self._left, self._state = left, state

    def note_attempt(self, model: str, ended: str) -> None:
        """Count an attempt of any model to write drafts."""
        with self._lock:
            self._attempts[model, ended] += 1

    def note_call(self, model: str, ended: str) -> None:
        """Count a call."""
        with self._lock:
            self._calls[model, ended] += 1

    def note_usage(self, model: str, usage: Usage, millionths: int, currency: str | None) -> None:
        """Count what a call took."""
        with self._lock:
            self._tokens[model, "input"] += usage.input_tokens or 0
            self._tokens[model, "cached_input"] += usage.cached_tokens or 0
            self._tokens[model, "output"] += usage.output_tokens or 0
            if currency is not None:
                self._millionths[model, currency] += millionths

    def note_retry(self, model: str) -> None:
        """Count a try after the first."""
        with self._lock:
            self._retries[model] += 1

    def note_wait(self, seconds: float) -> None:
        """Count a wait for a turn."""
        with self._lock:
            self._waits[bisect_left(WAIT_STEPS_S, seconds)] += 1
            self._waited_s += seconds

    def counted(self) -> Counted:
        """Return what was counted, as it stands now."""
        left, state = self._left(), self._state()
        with self._lock:
            steps = range(len(WAIT_STEPS_S))
            within = {
                WAIT_STEPS_S[step]: sum(self._waits[lower] for lower in range(step + 1))
                for step in steps
            }
            return Counted(
                attempts=dict(self._attempts),
                calls=dict(self._calls),
                tokens=dict(self._tokens),
                millionths=dict(self._millionths),
                retries=dict(self._retries),
                waits=within,
                waited=sum(self._waits.values()),
                waited_s=self._waited_s,
                left=left,
                breaker=state,
            )
