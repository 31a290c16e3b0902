from __future__ import annotations

from contextlib import suppress

import pytest

from copydesk.errors import InvalidDraft, ModelUnavailable
from copydesk.generation.hosted import Breaker


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def call(breaker: Breaker, error: Exception | None = None) -> None:
    with suppress(Exception), breaker.watching():
        if error is not None:
            raise error


def state(breaker: Breaker) -> str:
    return breaker.state


def opened(clock: Clock) -> Breaker:
    breaker = Breaker(2, 30, clock)
    for _ in range(2):
        call(breaker, ModelUnavailable())
    return breaker


def test_failures_in_a_row_open_it() -> None:
    """It refuses calls after as many failures in a row as it may see, in words that say so."""
    breaker = opened(Clock())

    assert state(breaker) == "open"
    with pytest.raises(ModelUnavailable, match="failed 2 times in a row and is left alone for"):
        breaker.check()


def test_an_answer_between_failures_starts_the_count_anew() -> None:
    """Failures that are not in a row do not open it."""
    breaker = Breaker(2, 30)
    for error in (ModelUnavailable(), None, ModelUnavailable()):
        call(breaker, error)

    assert state(breaker) == "closed"


def test_what_is_wrong_with_an_answer_is_no_failure_of_the_provider() -> None:
    """A server that answers, if badly, is there."""
    breaker = Breaker(1, 30)
    call(breaker, InvalidDraft())

    assert state(breaker) == "closed"


def test_after_its_rest_one_call_is_let_through() -> None:
    """One call tries, alone; its answer lets all others through again."""
    clock = Clock()
    breaker = opened(clock)
    clock.now += 31

    with breaker.watching():
        assert state(breaker) == "trying"
        with pytest.raises(ModelUnavailable):
            breaker.check()

    assert state(breaker) == "closed"


def test_a_try_that_fails_opens_it_again() -> None:
    """The failure of the one call that was let through is one failure too many."""
    clock = Clock()
    breaker = opened(clock)
    clock.now += 31
    call(breaker, ModelUnavailable())

    assert state(breaker) == "open"
    clock.now += 31
    assert state(breaker) == "trying"


def test_a_cancelled_try_leaves_the_place_to_another() -> None:
    """A try that nobody waits for any more tells nothing, and the next call may try."""
    clock = Clock()
    breaker = opened(clock)
    clock.now += 31
    with suppress(KeyboardInterrupt), breaker.watching():
        raise KeyboardInterrupt

    breaker.check()
    call(breaker)
    assert state(breaker) == "closed"


def test_late_answers_do_not_close_it() -> None:
    """An answer to a call from before it opened says nothing of how the provider is now."""
    breaker = Breaker(1, 30, Clock())
    with breaker.watching():
        call(breaker, ModelUnavailable())

    assert state(breaker) == "open"
