"""Estimates from logged sends agree with closed forms, and are withheld where sends are few."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.errors import InputError
from copydesk.experiments import evaluation
from copydesk.experiments.evaluation import Abstained, Estimate, Logged

RATES = np.array([0.2, 0.4, 0.6])
SHARES = np.array([0.6, 0.3, 0.1])
TARGET = np.array([0.1, 0.2, 0.7])


def logged(sends: int, seed: int) -> tuple[Logged, np.ndarray]:
    rng = np.random.default_rng(seed)
    variant = rng.choice(3, sends, p=SHARES)
    reward = (rng.random(sends) < RATES[variant]).astype(float)
    return Logged(reward, SHARES[variant], TARGET[variant]), variant


def estimates(sends: int, seed: int) -> dict[str, Estimate | Abstained]:
    rows, variant = logged(sends, seed)
    expected, under = evaluation.crossed(variant, rows.reward, np.tile(TARGET, (sends, 1)))
    return {
        "ips": evaluation.ips(rows),
        "snips": evaluation.snips(rows),
        "dr": evaluation.doubly_robust(rows, expected, under),
    }


@pytest.mark.parametrize("name", ["ips", "snips", "dr"])
def test_intervals_hold_the_true_value(name: str) -> None:
    """In 300 logs of 1,000 sends, at least 92 per cent of 95 per cent intervals hold the truth."""
    truth, held = float(RATES @ TARGET), 0
    for seed in range(300):
        found = estimates(1_000, seed)[name]
        assert isinstance(found, Estimate)
        held += found.low <= truth <= found.high
    assert held / 300 >= 0.92


def test_a_model_of_rewards_makes_the_estimate_steadier() -> None:
    """Where variants differ much, the doubly robust error is below 0.7 of the plain one."""
    truth = float(RATES @ TARGET)
    errors: dict[str, list[float]] = {"ips": [], "dr": []}
    for seed in range(200):
        found = estimates(1_000, seed)
        for name, off in errors.items():
            estimate = found[name]
            assert isinstance(estimate, Estimate)
            off.append((estimate.value - truth) ** 2)
    assert np.mean(errors["dr"]) ** 0.5 < 0.7 * np.mean(errors["ips"]) ** 0.5


@given(st.lists(st.booleans(), min_size=60, max_size=200))
def test_the_policy_that_was_logged_is_evaluated_by_its_mean(clicks: list[bool]) -> None:
    """With target and propensity equal, the estimates are the mean reward."""
    reward, same = np.array(clicks, dtype=float), np.full(len(clicks), 0.5)
    rows = Logged(reward, same, same)
    for found in (evaluation.ips(rows), evaluation.snips(rows)):
        assert isinstance(found, Estimate)
        assert found.value == pytest.approx(reward.mean())
        assert found.effective == pytest.approx(len(clicks))


def test_effective_sends_are_kish_s() -> None:
    """Weights of 2, 1 and 0 are worth (3 squared) / 5 = 1.8 sends."""
    rows = Logged(np.zeros(3), np.array([0.5, 0.5, 0.5]), np.array([1.0, 0.5, 0.0]))
    assert rows.effective == pytest.approx(1.8)


def test_nothing_is_said_below_fifty_effective_sends() -> None:
    """One row that stands for thousands is no evidence: every estimator abstains and says why."""
    propensity, target = np.full(5_000, 0.999), np.zeros(5_000)
    propensity[:40], target[:40] = 0.01, 1.0
    rows = Logged(np.ones(5_000), propensity, target)
    for found in (
        evaluation.ips(rows),
        evaluation.snips(rows),
        evaluation.doubly_robust(rows, np.ones(5_000), np.ones(5_000)),
    ):
        assert isinstance(found, Abstained)
        assert found.why == "5000 sends are worth 40 of this policy; 50 are needed"


def test_an_empty_log_and_a_policy_never_tried_abstain() -> None:
    """No rows, or rows none of which the policy would have sent, give no estimate."""
    nothing = np.array([])
    assert isinstance(evaluation.ips(Logged(nothing, nothing, nothing)), Abstained)
    assert isinstance(evaluation.ips(Logged(np.ones(99), np.ones(99), np.zeros(99))), Abstained)


def test_a_right_model_needs_no_right_propensities() -> None:
    """With exact expectations, the doubly robust value is right though propensities are wrong."""
    variant = np.random.default_rng(8).choice(3, 5_000, p=SHARES)
    rows = Logged(RATES[variant], np.full(5_000, 0.5), TARGET[variant])
    found = evaluation.doubly_robust(rows, RATES[variant], np.full(5_000, RATES @ TARGET))
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx(float(RATES @ TARGET))


def test_a_row_s_own_reward_is_not_in_its_model() -> None:
    """Changing one reward leaves that row's expectation as it was."""
    rows, variant = logged(200, 1)
    target, changed = np.tile(TARGET, (200, 1)), rows.reward.copy()
    changed[7] = 1 - changed[7]
    before, _ = evaluation.crossed(variant, rows.reward, target)
    after, _ = evaluation.crossed(variant, changed, target)
    assert before[7] == after[7]
    assert not np.array_equal(before, after)


@pytest.mark.parametrize(
    ("propensity", "target"), [([0.0, 0.5], [1, 0]), ([0.5, 0.5], [2, 0]), ([0.5, 0.5], [1])]
)
def test_probabilities_that_are_none_are_refused(
    propensity: list[float], target: list[float]
) -> None:
    """Propensities of nothing, targets above one and columns of unlike length are told."""
    with pytest.raises(InputError):
        Logged(np.zeros(2), np.array(propensity), np.array(target, dtype=float))
