"""Looking often does not make winners of equals, and harm stops by itself."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.errors import InputError
from copydesk.experiments import simulation, stopping
from copydesk.experiments.posterior import Rates

LOOKS, RUNS = 20, 2_000


def winners(called: Callable[[np.ndarray, np.ndarray], np.ndarray], lift: float = 0) -> float:
    return simulation.false_winners(
        called, rate=0.0113, sends=40_000, looks=LOOKS, runs=RUNS, lift=lift,
        rng=np.random.default_rng(5),
    )  # fmt: skip


def by_evidence(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return stopping.evidence(one, other, np.full(one.shape, 0.5)) >= 20


def z_of(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    a, b = one.cumsum(-1), other.cumsum(-1)
    z: np.ndarray = np.abs(a - b) / np.sqrt(a + b)
    return z


def test_evidence_calls_few_false_winners_over_2000_experiments() -> None:
    """Of 2,000 equal pairs looked at 20 times, at most 5 per cent get a winner."""
    assert winners(by_evidence) <= 0.05


def test_evidence_finds_a_real_lift() -> None:
    """A lift of 30 per cent is found in most runs."""
    assert winners(by_evidence, lift=0.3) > 0.9


def test_peeking_at_p_values_calls_many_false_winners() -> None:
    """The same 2,000 pairs, looked at with p below 0.05: a fifth and more get a winner."""
    assert winners(lambda one, other: z_of(one, other) > 1.96) > 0.2


def test_group_sequential_boundaries_keep_alpha() -> None:
    """Boundaries for 20 looks call 5 per cent of equals, within the error of 2,000 runs."""
    edges = np.array(stopping.group_sequential([(n + 1) / LOOKS for n in range(LOOKS)]))
    found = winners(lambda one, other: z_of(one, other) > edges)
    assert found == pytest.approx(0.05, abs=3 * math.sqrt(0.05 * 0.95 / RUNS))


def test_group_sequential_boundaries_are_the_published_ones() -> None:
    """Five equal looks have the boundaries of Lan and DeMets's O'Brien-Fleming spending."""
    found = stopping.group_sequential([0.2, 0.4, 0.6, 0.8, 1.0])
    assert found == pytest.approx([4.8769, 3.3569, 2.6803, 2.2898, 2.0310], abs=5e-4)


def test_one_look_is_the_ordinary_test() -> None:
    """With a single look the boundary is 1.96."""
    assert stopping.group_sequential([1.0]) == [pytest.approx(1.95996, abs=1e-4)]


@pytest.mark.parametrize("fractions", [[], [0.5], [0.6, 0.4, 1.0], [0.5, 0.5, 1.0]])
def test_looks_that_do_not_rise_to_the_end_are_refused(fractions: list[float]) -> None:
    """Fractions that fall, stand still or do not end at all sends are told."""
    with pytest.raises(InputError, match="rise to 1"):
        stopping.group_sequential(fractions)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=8))
def test_evidence_is_the_same_whichever_variant_comes_first(clicks: list[tuple[int, int]]) -> None:
    """Exchanging the two variants, and their share, leaves the e-value as it is."""
    one, other = np.array(clicks).T
    share = np.full(len(clicks), 0.3)
    mine = stopping.evidence(one, other, share)
    assert stopping.evidence(other, one, 1 - share) == pytest.approx(mine)


def test_the_mean_of_the_evidence_is_one_without_a_difference() -> None:
    """Summed over all outcomes of a batch by their probabilities, the e-value is exactly one."""
    total, share = 30, 0.2
    won = np.arange(total + 1)
    odds = [math.comb(total, k) * share**k * (1 - share) ** (total - k) for k in won]
    e = stopping.evidence(won[:, None], total - won[:, None], np.full((total + 1, 1), share))
    assert float(np.dot(odds, e[:, 0])) == pytest.approx(1)


def test_a_winner_beats_every_rival() -> None:
    """Evidence of 30 against one rival and 5 against another makes no winner at 5 per cent."""
    assert not stopping.winner([30, 5])
    assert stopping.winner([30, 25])


def test_a_choice_waits_until_little_can_be_lost() -> None:
    """Equal and unknown variants are not settled; one that is surely better is."""
    unknown = Rates(np.array([14.0, 14.0]), np.array([1_240.0, 1_240.0]))
    known = Rates(np.array([400.0, 600.0]), np.array([30_000.0, 30_000.0]))
    assert stopping.choice(unknown, least_loss=0.0001) is None
    assert stopping.choice(known, least_loss=0.0001) == 1


def test_sends_needed_are_those_of_the_formula() -> None:
    """One click in a hundred, a lift of ten per cent, 80 per cent power: 163,092 each."""
    assert stopping.sends_needed(0.01, 0.1) == pytest.approx(163_092, abs=2)


@given(rate=st.floats(0.001, 0.3), sends=st.integers(500, 10**6))
def test_the_detectable_lift_is_the_inverse(rate: float, sends: int) -> None:
    """The lift that is told as detectable needs no more sends than there are, and hardly fewer."""
    lift = stopping.detectable_lift(rate, sends)
    if math.isfinite(lift):
        assert stopping.sends_needed(rate, lift) <= sends
        assert stopping.sends_needed(rate, lift * 0.99) >= sends - 1


def test_a_list_too_small_for_any_lift_is_told() -> None:
    """With five sends each, not even twice a rate of a half can be found."""
    assert stopping.detectable_lift(0.5, 5) == math.inf


def test_rates_beyond_one_are_refused() -> None:
    """A rate that would be above one with the lift cannot be planned for."""
    with pytest.raises(InputError, match="rates"):
        stopping.sends_needed(0.6, 1.0)


def test_a_faulty_split_raises_an_alarm_and_a_sound_one_does_not() -> None:
    """54,000 against 50,000 is no even split; 50,200 against 50,000 may be one."""
    assert stopping.mismatch([54_000, 50_000], [1, 1]) > 1 / stopping.MISMATCH
    assert stopping.mismatch([50_200, 50_000], [1, 1]) < 1


def test_a_sound_split_seldom_raises_an_alarm_however_often_looked_at() -> None:
    """Of 400 sound splits looked at after each of 50 batches, hardly one raises an alarm."""
    batches = np.random.default_rng(2).multinomial(1_000, [0.2, 0.3, 0.5], (400, 50)).cumsum(1)
    alarms = sum(
        any(stopping.mismatch(list(row), [2, 3, 5]) > 1 / stopping.MISMATCH for row in run)
        for run in batches
    )
    assert alarms <= 2


@pytest.mark.parametrize("shares", [[1.0], [1.0, 0.0]])
def test_shares_that_do_not_fit_the_counts_are_refused(shares: list[float]) -> None:
    """Each count needs a share above nothing."""
    with pytest.raises(InputError, match="shares"):
        stopping.mismatch([10, 10], shares)


def test_a_planted_bad_variant_is_stopped_within_the_stated_sends() -> None:
    """Complaints at five times the limit: 95 of 100 variants are stopped in time."""
    stated = stopping.sends_until_stopped(0.005, 0.001)
    sends = simulation.sends_to_stop(
        0.005, 0.001, most=10_000, runs=200, rng=np.random.default_rng(3)
    )
    assert stated < 5_000
    assert np.mean(sends <= stated) >= 0.95


def test_a_variant_at_its_limit_is_seldom_stopped() -> None:
    """A variant that keeps to the limit is stopped in 5 of 100 cases at most, ever."""
    sends = simulation.sends_to_stop(
        0.001, 0.001, most=20_000, runs=200, rng=np.random.default_rng(4)
    )
    assert np.isfinite(sends).mean() <= 0.05


def test_a_variant_within_its_limit_is_not_expected_to_stop() -> None:
    """For a rate at the limit no number of sends is stated."""
    assert stopping.sends_until_stopped(0.001, 0.001) == math.inf


def test_the_mean_of_the_harm_is_one_at_the_limit_and_less_below() -> None:
    """Over all outcomes of 40 sends, the guard's e-value is fair at the limit."""
    for rate, mean in ((0.05, 1.0), (0.03, 0.6)):
        odds = [math.comb(40, k) * rate**k * (1 - rate) ** (40 - k) for k in range(41)]
        found = sum(p * stopping.harm(k, 40, 0.05) for k, p in enumerate(odds))
        assert found == pytest.approx(mean) if mean == 1 else found < 1


@given(events=st.integers(0, 100), sends=st.integers(200, 20_000))
def test_the_bound_is_where_the_guard_begins_to_stop(events: int, sends: int) -> None:
    """Limits clearly below the bound stop the variant, limits clearly above do not."""
    bound = stopping.rate_at_least(events, sends)
    assert bound <= events / sends
    if bound:
        assert stopping.must_stop(events, sends, bound * 0.999)
        assert not stopping.must_stop(events, sends, bound * 1.001)


@pytest.mark.parametrize("limit", [0.0, 1.0, 0.9])
def test_a_limit_that_cannot_be_crossed_is_refused(limit: float) -> None:
    """Limits of nothing, and limits so high that no multiple is a rate, are told."""
    with pytest.raises(InputError, match="limit"):
        stopping.harm(1, 10, limit)
