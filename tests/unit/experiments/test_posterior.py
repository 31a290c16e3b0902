"""What is believed of rates agrees with closed forms and with draws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.experiments.posterior import (
    STRENGTH,
    Rates,
    _log_gamma,
    best_probabilities,
    expected_loss,
    matured,
    rates,
)


@settings(max_examples=50, deadline=None)
@given(
    first=st.integers(1, 60), second=st.integers(1, 60),
    one=st.floats(100, 1e5), other=st.floats(100, 1e5),
)  # fmt: skip
def test_the_better_of_two_is_told_as_the_closed_form_tells(
    first: int, second: int, one: float, other: float
) -> None:
    """For whole shapes, P(X > Y) is a sum of binomial terms; the quadrature agrees."""
    known = Rates(np.array([first, second], dtype=float), np.array([one, other]))
    p, trials = one / (one + other), first + second - 1
    terms = (math.comb(trials, k) * p**k * (1 - p) ** (trials - k) for k in range(first))
    # X > Y: the first `trials` events of both processes hold fewer than `first` of X's.
    assert best_probabilities(known)[0] == pytest.approx(sum(terms), abs=1e-3)


def test_probabilities_and_losses_agree_with_draws() -> None:
    """A million draws of four rates find the same best and the same losses."""
    known = rates(np.array([0.2, 0, 0, -0.2]), np.full(4, 900.0), np.array([9.0, 12, 11, 15]))
    draws = np.random.default_rng(1).gamma(known.shape, 1 / known.exposure, (1_000_000, 4))
    best = np.bincount(draws.argmax(1)) / len(draws)
    loss = (draws.max(1, keepdims=True) - draws).mean(0)
    assert best_probabilities(known) == pytest.approx(best, abs=0.002)
    assert expected_loss(known) == pytest.approx(loss, rel=0.01)


def test_experiments_at_once_are_as_one_by_one() -> None:
    """Rows of an array are experiments that do not touch each other."""
    shape, exposure = np.array([[20.0, 30], [15, 14]]), np.array([[900.0, 1_500], [1_000, 1_000]])
    both = best_probabilities(Rates(shape, exposure))
    for row in range(2):
        alone = best_probabilities(Rates(shape[row], exposure[row]))
        assert both[row] == pytest.approx(alone)


def test_before_any_send_the_scores_decide() -> None:
    """Without data the expected rates are the base rate times the odds that the ranker expects."""
    scores = np.array([0.3, 0.0, -0.3])
    known = rates(scores, np.zeros(3), np.zeros(3), base_rate=0.02)
    assert known.mean == pytest.approx(0.02 * np.exp(scores))
    assert known.shape.tolist() == [STRENGTH] * 3


def test_the_level_follows_the_clicks_of_all_variants() -> None:
    """An experiment in which a tenth click is believed to have that level for all variants."""
    known = rates(np.zeros(2), np.array([5_000.0, 0.0]), np.array([500.0, 0.0]))
    assert known.mean[1] == pytest.approx(0.1, rel=0.05)


def test_tempering_keeps_the_mean_and_scales_the_variance() -> None:
    """At a factor of 0.3 the variance is 0.3 of what it was."""
    known = Rates(np.array([20.0]), np.array([1_000.0]))
    tempered = known.tempered(0.3)
    variance = known.shape / known.exposure**2
    assert tempered.mean == pytest.approx(known.mean)
    assert tempered.shape / tempered.exposure**2 == pytest.approx(0.3 * variance)


def test_a_surely_better_variant_has_no_loss() -> None:
    """Choosing the best of two that are far apart loses nothing; the other loses the difference."""
    known = Rates(np.array([5_000.0, 1_000.0]), np.array([1e5, 1e5]))
    loss = expected_loss(known)
    assert loss[0] == pytest.approx(0, abs=2e-6)
    assert loss[1] == pytest.approx(0.04, rel=1e-3)


def test_half_of_a_batch_counts_at_the_half_life() -> None:
    """A batch counts not at all when sent, half after the half-life, three quarters after two."""
    counted = matured(np.full(4, 100.0), np.array([-1.0, 0.0, 6.0, 12.0]), half_life_h=6)
    assert counted.tolist() == pytest.approx([0, 0, 50, 75])


@given(value=st.floats(0.5, 1e6))
def test_the_log_gamma_is_the_mathematical_one(value: float) -> None:
    """The vectorised function agrees with the library's to twelve digits."""
    assert _log_gamma(np.array(value)) == pytest.approx(math.lgamma(value), rel=1e-11, abs=1e-11)
