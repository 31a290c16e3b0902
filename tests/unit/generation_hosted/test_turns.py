from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from copydesk.errors import ModelUnavailable
from copydesk.generation.hosted import Turns


def some_turns(**changes: Any) -> Turns:
    return Turns(**{"concurrency": 100, "wait_s": 5.0, **changes})


async def took(turns: Turns, times: int, tokens: int = 1) -> float:
    async def one() -> None:
        async with turns.turn(tokens):
            pass

    began = time.monotonic()
    await asyncio.gather(*(one() for _ in range(times)))
    return time.monotonic() - began


def test_without_limits_nobody_waits() -> None:
    """A hundred turns come at once."""
    assert asyncio.run(took(some_turns(), 100)) < 0.5


def test_a_rate_of_requests_is_held() -> None:
    """Ten a second: after the first ten, which may go at once, the other four take their time."""
    assert 0.35 < asyncio.run(took(some_turns(requests_per_minute=600), 14)) < 2


def test_a_rate_of_tokens_is_held() -> None:
    """A minute's tokens may go at once; who comes after waits until as many are free again."""
    turns = some_turns(tokens_per_minute=6_000)

    async def one_after_the_other() -> tuple[float, float]:
        return await took(turns, 1, tokens=6_000), await took(turns, 1, tokens=30)

    large, small = asyncio.run(one_after_the_other())
    assert large < 0.2 < small < 2


def test_a_rate_below_one_a_second_is_a_rate() -> None:
    """A provider that allows one request in six seconds is asked once, and the next one waits."""
    with pytest.raises(ModelUnavailable, match=r"no turn came within the 0\.2 s"):
        asyncio.run(took(some_turns(requests_per_minute=10, wait_s=0.2), 2))


def test_more_tokens_than_a_minute_allows_go_alone() -> None:
    """A call that may use more than the whole limit waits for all of it, and not for ever."""
    assert asyncio.run(took(some_turns(tokens_per_minute=100), 1, tokens=1_000)) < 1


def test_a_pause_holds_everybody_back() -> None:
    """Nobody begins while the provider asked for quiet, and then all do."""
    turns = some_turns()
    turns.pause(0.2)

    assert 0.19 < asyncio.run(took(turns, 5)) < 1


def test_a_pause_that_is_too_long_is_not_waited_for() -> None:
    """Where the pause ends after one's patience, the refusal comes at once and says how long."""
    turns = some_turns(wait_s=2.0)
    turns.pause(60)
    began = time.monotonic()
    with pytest.raises(ModelUnavailable, match=r"another (59|60) s without calls"):
        asyncio.run(took(turns, 1))

    assert time.monotonic() - began < 1


def test_no_turn_in_time_is_an_error_and_leaves_no_place_taken() -> None:
    """Whoever waited in vain for a place is told so, and the place goes to the next."""
    turns = some_turns(concurrency=1, wait_s=0.05)

    async def crowded() -> float:
        async with turns.turn(1):
            with pytest.raises(ModelUnavailable, match="no turn came"):
                await took(turns, 1)
        return await took(turns, 1)

    assert asyncio.run(crowded()) < 0.05
