"""Boundaries for planned looks keep their word for counts, however few they are."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import pytest

from copydesk.experiments import simulation, stopping
from copydesk.experiments.counted import called, edges

LOOKS = [(look + 1) / 20 for look in range(20)]
RATE = 0.0113
SENDS = stopping.sends_needed(RATE, 0.2)


def found(lift: float) -> float:
    return simulation.false_winners(
        lambda one, other: called(one, other, LOOKS), rate=RATE, sends=SENDS, looks=20,
        runs=2_000, rng=np.random.default_rng(5), lift=lift,
    )  # fmt: skip


def test_at_most_one_in_twenty_null_experiments_has_a_winner() -> None:
    """Two thousand experiments between equals, each looked at 20 times."""
    assert found(0.0) <= 0.05


def test_a_real_lift_is_found_nearly_as_often_as_planned() -> None:
    """What is planned for 80 % power finds at least 75: exactness for counts costs so much."""
    assert found(0.2) >= 0.75


def test_the_chance_of_leaving_the_boundaries_is_within_alpha() -> None:
    """Summed over all paths of a short walk, exactly, for a split that is not even."""
    clicks, share = [9, 14], Fraction(3, 10)
    (low, high), (last_low, last_high) = edges(clicks, [0.4, 1.0], share=float(share), alpha=0.2)

    def chance(count: int, hits: int) -> Fraction:
        return comb(count, hits) * share**hits * (1 - share) ** (count - hits)

    inside = sum(
        chance(9, first) * chance(14, then)
        for first in range(low + 1, high)
        for then in range(15)
        if last_low < first + then < last_high
    )
    assert Fraction(1, 10) < 1 - inside <= Fraction(1, 5)


def test_no_clicks_call_nothing() -> None:
    """Before anything happened there is no winner, whatever the share."""
    assert not called(np.zeros((1, 4), int), np.zeros((1, 4), int), [0.25, 0.5, 0.75, 1]).any()


@pytest.mark.parametrize("winner", ["one", "other"])
def test_a_plain_difference_is_called_for_who_leads(winner: str) -> None:
    """Either side can win, at the second look of two at the latest."""
    more, less = np.array([[60, 60]]), np.array([[20, 20]])
    pair = (more, less) if winner == "one" else (less, more)

    assert called(*pair, [0.5, 1.0])[0].any()
