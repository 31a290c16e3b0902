"""What is played is counted as it was sent, and policies order as they should."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks import baselines

from copydesk.experiments import simulation
from copydesk.experiments.simulation import Dirt, Ours, Policy, Truth


def world(seed: int = 1, tests: int = 400, arms: int = 4, skill: float = 0.5) -> Truth:
    """Tests whose scores tell the share `skill` of what there is to know."""
    rng = np.random.default_rng(seed)
    told = rng.normal(0, 0.267 * skill**0.5, (tests, arms))
    rest = rng.normal(0, 0.267 * (1 - skill) ** 0.5, (tests, arms))
    return Truth(0.0113 * np.exp(told + rest), told)


def gained(policy: Policy, batches: np.ndarray, dirt: Dirt = simulation.CLEAN) -> float:
    rng = np.random.default_rng(2)
    return float(simulation.play(world(), policy, 1_000, batches, rng, dirt).mean())


def test_an_even_split_gains_the_mean_rate() -> None:
    """Sending every variant equally often gains the mean of the rates, within rounding."""
    mean = float(world().rates.mean())
    assert gained(simulation.even, np.array([1.0])) == pytest.approx(mean, rel=0.01)


def test_what_ships_gains_more_than_an_ab_test() -> None:
    """With scores that know half, the four waves gain over 5 per cent more than an A/B test."""
    base = gained(simulation.tested, simulation.wave_batches(tested_first=True))
    ours = gained(Ours(rule="squared", greedy_from=0.4), simulation.wave_batches())
    assert ours > 1.05 * base


def test_scores_gain_over_none() -> None:
    """The same waves without the scores gain less."""
    waves = simulation.wave_batches()
    with_text = gained(Ours(rule="squared", greedy_from=0.4), waves)
    assert with_text > gained(Ours(rule="squared", greedy_from=0.4, text=False), waves)


def test_opens_taken_for_clicks_lose() -> None:
    """Learning from opens that follow other lines than clicks do gains less."""
    waves, policy = simulation.wave_batches(), Ours(rule="squared", greedy_from=0.4)
    assert gained(policy, waves, Dirt(opens=True)) < gained(policy, waves)


def test_late_clicks_and_bots_cost_little() -> None:
    """With 30 per cent late and 20 per cent of machines, at most 3 per cent are lost."""
    waves, policy = simulation.wave_batches(), Ours(rule="squared", greedy_from=0.4)
    assert gained(policy, waves, Dirt(late=0.3, bots=0.2)) > 0.97 * gained(policy, waves)


def test_no_policy_gains_more_than_knowing_the_best() -> None:
    """The best rate of each test bounds what any policy gains."""
    most = float(world().rates.max(-1).mean())
    batches = baselines.lola_batches(100)
    policies: tuple[Policy, ...] = (
        baselines.ucb, baselines.lola, simulation.thompson, Ours(), Ours(rule="top-two"),
    )  # fmt: skip
    for policy in policies:
        assert gained(policy, batches) < 1.005 * most


def test_the_same_seed_plays_the_same() -> None:
    """A run can be repeated to the last digit."""
    waves, policy = simulation.wave_batches(), Ours()
    assert gained(policy, waves) == gained(policy, waves)


def test_batches_are_the_whole_list() -> None:
    """The parts of every protocol sum to one."""
    for batches in (
        baselines.lola_batches(10), baselines.lola_batches(1_000),
        simulation.wave_batches(), simulation.wave_batches(tested_first=True),
    ):  # fmt: skip
        assert batches.sum() == pytest.approx(1)
