"""Work spread over processes: in order, with little held, and honest when a process ends."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from copydesk.cli.processes import GIVEN_AHEAD, in_order
from copydesk.errors import CopydeskError

WORKERS = 2


def doubled(number: int) -> int:
    return 2 * number


def ended(_number: int) -> int:
    os._exit(1)


def test_results_come_in_order_and_few_pieces_are_held() -> None:
    """Results keep the order of the work, and what was not asked for yet is not read far ahead."""
    read = []

    def pieces() -> Iterator[int]:
        for number in range(40):
            read.append(number)
            yield number

    results = in_order(doubled, pieces(), WORKERS)

    assert next(results) == 0
    assert len(read) <= WORKERS * GIVEN_AHEAD
    assert list(results) == [2 * number for number in range(1, 40)]


def test_an_ended_process_is_an_error_that_says_so() -> None:
    """When the system ends a process, its work is not silently left out."""
    with pytest.raises(CopydeskError, match="fewer --workers"):
        list(in_order(ended, [1, 2, 3], WORKERS))
