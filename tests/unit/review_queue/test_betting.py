"""The bets that trust is earned and lost by."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.review_queue.betting import (
    DRIFT_STAKES,
    Capital,
    Drift,
    evidence_of_more,
    lower_bound,
)

LONGEST = 9

bars = st.floats(0.5, 0.99)
down = st.floats(0.0, 1.0)


def worths(bar: float, shares: tuple[float, ...]) -> list[float]:
    capital = Capital(bar)
    found = [capital.worth]
    for share in shares:
        capital.add(share)
        found.append(capital.worth)
    return found


def chance_of(shares: tuple[float, ...], rates: list[float]) -> float:
    likely = zip(shares, rates, strict=True)
    return math.prod(rate if share else 1 - rate for share, rate in likely)


@given(bars, st.lists(down, min_size=LONGEST, max_size=LONGEST), st.floats(1.01, 20))
@settings(max_examples=40, deadline=None)
def test_stopping_at_will_gains_nothing(bar: float, parts: list[float], stop: float) -> None:
    """On every path of a segment that is never above the bar, stopping as soon as the capital is
    `stop` or more leaves 1 on average at most, and happens with a chance of 1/stop at most.
    """
    rates = [bar * part for part in parts]
    mean = reached = 0.0
    for shares in itertools.product((0.0, 1.0), repeat=LONGEST):
        path = worths(bar, shares)
        stopped = next((worth for worth in path if worth >= stop), path[-1])
        mean += stopped * chance_of(shares, rates)
        reached += (max(path) >= stop) * chance_of(shares, rates)

    assert mean <= 1 + 1e-9
    assert reached <= 1 / stop + 1e-9


@given(bars, st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), max_size=12))
@settings(deadline=None)
def test_each_bet_is_fair_at_the_bar(bar: float, shares: list[float]) -> None:
    """After any past, the capital's mean over the next request is what it was, at a rate of bar."""
    before = worths(bar, tuple(shares))[-1]

    after = bar * worths(bar, (*shares, 1.0))[-1] + (1 - bar) * worths(bar, (*shares, 0.0))[-1]

    assert after == pytest.approx(before)


@given(bars, st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=12))
@settings(deadline=None)
def test_better_outcomes_never_make_the_capital_less(
    bar: float, pairs: list[tuple[float, float]]
) -> None:
    """Counting what waits as not approved can only understate the evidence."""
    worse = worths(bar, tuple(min(pair) for pair in pairs))
    better = worths(bar, tuple(max(pair) for pair in pairs))

    assert all(low <= high + 1e-12 for low, high in zip(worse, better, strict=True))


@given(bars, st.lists(st.sampled_from([0.5, 1.0, 1.0, 1.0]), min_size=1, max_size=80))
@settings(max_examples=30, deadline=None)
def test_the_bound_is_above_a_bar_when_the_bets_against_it_won(
    bar: float, shares: list[float]
) -> None:
    """The confidence bound and the test say the same of every bar."""
    bound = lower_bound(shares, alpha=0.05)
    won = worths(bar, tuple(shares))[-1] >= 20

    assert won == (bound >= bar) or bound == pytest.approx(bar, abs=1e-3)


def test_nothing_is_known_before_the_first_request() -> None:
    """The capital is 1 and the bound 0."""
    assert Capital(0.95).worth == 1.0
    assert lower_bound([], alpha=0.05) == pytest.approx(0, abs=1e-4)


def test_a_segment_put_right_need_not_win_back_what_it_lost() -> None:
    """Two hundred rejections, then approvals only: it is out in under four times the shortest.

    With all of the capital in play from the first request, it would never be.
    """
    capital = Capital(0.95)
    for _ in range(200):
        capital.add(0.0)
    approvals = 0
    while capital.worth < 20:
        capital.add(1.0)
        approvals += 1

    assert 90 < approvals < 360


@given(bars, st.floats(0, 1))
def test_drift_bets_lose_at_the_bar_and_above(bar: float, part: float) -> None:
    """One more audit at the bar or above adds nothing on average to what stood at 1 or more."""
    rate = bar + part * (1 - bar)
    up, low = Drift(bar), Drift(bar)
    up.add(1.0)
    low.add(0.0)

    assert rate * up.worth + (1 - rate) * low.worth <= 1 + 1e-9
    assert len(DRIFT_STAKES) > 1


def test_drift_is_forgotten_by_approvals_and_raised_by_edits() -> None:
    """Approvals never take the alarm below a fresh start, and edits raise it without end."""
    drift = Drift(0.95)
    for _ in range(500):
        drift.add(1.0)
    fresh = drift.worth
    for _ in range(5):
        drift.add(0.0)

    assert 0.5 < fresh <= 1
    assert drift.worth > 500


@pytest.mark.parametrize(
    ("complaints", "mails", "too_many"),
    [(0, 0, False), (1, 1_000, False), (100, 100_000, False), (12, 2_000, True), (3, 0, True)],
)
def test_complaints_are_too_many_when_they_are_no_chance(
    complaints: int, mails: int, too_many: bool
) -> None:
    """Of one in a thousand borne: as many, or a few by chance, are not too many; six times are.

    Where a tool reports complaints and no deliveries, each mail known of is one complained about.
    """
    assert (evidence_of_more(complaints, mails, 0.001) >= 20) is too_many
