"""What allocation gains, and whether stopping keeps its word, on experiments played again.

`python benchmarks/experiments.py FILE [--train FILE]`. FILE holds randomised experiments with the
columns of the Upworthy Research Archive, as CSV or Parquet; they are played under LOLA's protocol
and as e-mail sends in four waves. Scores come from a model of words and pieces of words, trained
on the other stories of FILE and of the files given with `--train`. Seeds are fixed. Needs the
extra `train`.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from training.ranking import experiments, features  # noqa: E402
from training.ranking.experiments import Experiments  # noqa: E402
from training.ranking.pairs import members  # noqa: E402

from copydesk.experiments import evaluation, posterior, simulation, stopping  # noqa: E402
from copydesk.experiments.allocation import Rule  # noqa: E402
from copydesk.experiments.simulation import CLEAN, Dirt, Ours, Policy, Truth  # noqa: E402

FOLDS = 5
EACH = (50, 200, 400, 1000)
"""Showings an arm, LOLA's tau."""
DIRTY = Dirt(late=0.3, bots=0.2)
RATE, LOOKS, RUNS = 0.0113, 20, 2_000
LIMIT, BAD = 0.001, 0.005
"""Complaints: the limit, and what the planted variant draws."""


@dataclass(frozen=True)
class World:
    """The experiments under one notion of truth, by number of arms."""

    name: str
    truths: list[Truth]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--train", type=Path, nargs="*", default=[])
    asked = parser.parse_args()
    began = time.perf_counter()
    arms = experiments.joined(experiments.read([asked.file, *asked.train]))
    scores = scored(arms)
    own = np.flatnonzero(arms.source == 0)
    test = arms.only(own)
    print(f"{len(test):,} arms of {test.group.max() + 1:,} groups")
    for world in worlds(test, scores[own]):
        tell_lola(world)
        tell_waves(world)
    tell_null()
    tell_guard()
    tell_evaluation(worlds(test, scores[own])[1])
    print(f"{time.perf_counter() - began:.0f} s")


def scored(arms: Experiments) -> np.ndarray:
    """Return log-odds for each arm, by a model and a slope that saw no arm of its story."""
    counted, fold = features.Counted.of(arms.texts), arms.fold(FOLDS)
    raw = np.zeros(len(arms))
    for part in range(FOLDS):
        fitted = features.Wording.fitted(counted, arms, np.flatnonzero(fold != part))
        raw[fold == part] = fitted.scores(counted)[fold == part]
    raw, odds = within(raw, arms), within(arms.odds, arms)
    for part in range(FOLDS):
        rest, held = fold != part, fold == part
        weight = arms.weight[rest]
        slope = (weight * raw[rest] * odds[rest]).sum() / (weight * raw[rest] ** 2).sum()
        raw[held] *= slope
    return raw


def within(values: np.ndarray, arms: Experiments) -> np.ndarray:
    """Return values without their groups' weighted means."""
    sums = np.bincount(arms.group, arms.weight * values) / np.bincount(arms.group, arms.weight)
    left: np.ndarray = values - sums[arms.group]
    return left


def worlds(arms: Experiments, scores: np.ndarray) -> list[World]:
    """Return the experiments with observed rates for true ones, and with rates drawn after them.

    Observed rates flatter whatever follows them: the highest is partly luck. Draws of the
    posterior, made without the text, do not.
    """
    rng = np.random.default_rng(7)
    observed, drawn = list[Truth](), list[Truth]()
    groups = members(arms.group)
    for count in sorted({len(rows) for rows in groups}):
        rows = np.array([rows for rows in groups if len(rows) == count])
        shown, clicked, score = arms.shown[rows], arms.clicked[rows], scores[rows]
        believed = posterior.rates(np.zeros_like(score), shown, clicked)
        observed.append(Truth(clicked / shown, score))
        drawn.append(Truth(rng.gamma(believed.shape, 1 / believed.exposure), score))
    return [World("observed rates", observed), World("rates drawn after them", drawn)]


def gained(
    world: World,
    policy: Policy,
    each: int,
    batches: np.ndarray,
    dirt: Dirt = CLEAN,
) -> np.ndarray:
    """Return expected clicks for a send, an experiment a row."""
    rng = np.random.default_rng(11)
    played = (simulation.play(t, policy, each, batches, rng, dirt) for t in world.truths)
    return np.concatenate(list(played))


def lift(mine: np.ndarray, base: np.ndarray) -> str:
    """Return the gain over the base with its 95 % interval, by bootstrap over experiments."""
    rng = np.random.default_rng(3)
    rows = rng.integers(0, len(mine), (200, len(mine)))
    low, high = np.percentile(mine[rows].sum(1) / base[rows].sum(1) - 1, [2.5, 97.5])
    return f"{mine.sum() / base.sum() - 1:+6.1%} [{low:+.1%}, {high:+.1%}]"


def tell_table(
    title: str,
    world: World,
    rows: dict[str, tuple[Policy, Callable[[int], np.ndarray], Dirt]],
) -> None:
    print(f"\n{title}, {world.name}: gain over a 20 % A/B test")
    print(f"{'showings an arm':34}" + "".join(f"{each:>24}" for each in EACH))
    two = simulation.wave_batches(tested_first=True)
    against = {each: gained(world, simulation.tested, each, two) for each in EACH}
    for name, (policy, batches, dirt) in rows.items():
        found = [gained(world, policy, each, batches(each), dirt) for each in EACH]
        cells = (lift(mine, against[each]) for mine, each in zip(found, EACH, strict=True))
        print(f"{name:34}" + "".join(f"{cell:>24}" for cell in cells))
    best = [sum(float(t.rates.max(-1).sum()) for t in world.truths) for _ in EACH]
    cells = (f"{b / against[e].sum() - 1:+6.1%}" for b, e in zip(best, EACH, strict=True))
    print(f"{'knowing the best':34}" + "".join(f"{cell:>24}" for cell in cells))


def tell_lola(world: World) -> None:
    """Print what each policy gains where it learns from every showing."""
    policies: dict[str, Policy] = {
        "even split": simulation.even,
        "UCB": simulation.ucb,
        "plain Thompson": simulation.thompson,
        "tempered Thompson, no text": Ours(text=False),
        "LOLA's 2-UCB, our scores": simulation.lola,
        "tempered Thompson": Ours(),
        "top-two Thompson": Ours(rule="top-two"),
        "P(best) squared": Ours(rule="squared"),
        "  the last 60 % greedy": Ours(rule="squared", greedy_from=0.4),
        "  without the floor of 1 %": Ours(rule="squared", floor=0.0),
    }
    batches = simulation.lola_batches
    rows = {name: (policy, batches, CLEAN) for name, policy in policies.items()}
    tell_table("LOLA's protocol", world, rows)


def tell_waves(world: World) -> None:
    """Print what each policy gains in an e-mail send of four waves, clean and dirty."""
    rules: tuple[Rule, ...] = ("thompson", "top-two", "squared")
    ours = {rule: Ours(rule=rule, greedy_from=0.4) for rule in rules}
    four = lambda _: simulation.wave_batches()  # noqa: E731
    two = lambda _: simulation.wave_batches(tested_first=True)  # noqa: E731
    rows: dict[str, tuple[Policy, Callable[[int], np.ndarray], Dirt]] = {
        "UCB": (simulation.ucb, four, CLEAN),
        "plain Thompson": (simulation.thompson, four, CLEAN),
        "tempered Thompson": (ours["thompson"], four, CLEAN),
        "top-two Thompson": (ours["top-two"], four, CLEAN),
        "P(best) squared": (ours["squared"], four, CLEAN),
        "  without text": (Ours(rule="squared", text=False, greedy_from=0.4), four, CLEAN),
        "  30 % late, 20 % bots": (ours["squared"], four, DIRTY),
        "  opens taken for clicks": (ours["squared"], four, Dirt(opens=True)),
        "A/B, 30 % late, 20 % bots": (simulation.tested, two, DIRTY),
    }
    tell_table("Four waves of 5/10/25/60 %", world, rows)


def tell_null() -> None:
    """Print how often each way of stopping calls a winner where none is, and finds one."""
    fractions = [(look + 1) / LOOKS for look in range(LOOKS)]
    edges = np.array(stopping.group_sequential(fractions))
    ways: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
        "p < 0.05 at each look": lambda a, b: np.abs(z_of(a, b)) > 1.96,
        "group sequential": lambda a, b: np.abs(z_of(a, b)) > edges,
        "e-value of 20": lambda a, b: stopping.evidence(a, b, np.full(a.shape, 0.5)) >= 20,
        "P(best) > 0.975, prior of tests": settled,
    }
    sends = stopping.sends_needed(RATE, 0.2)
    print(f"\n{RUNS:,} A/B runs of {sends:,} sends a variant, looked at {LOOKS} times")
    for name, called in ways.items():
        shares = [
            simulation.false_winners(
                called, rate=RATE, sends=sends, looks=LOOKS, runs=RUNS, lift=gain,
                rng=np.random.default_rng(5),
            )
            for gain in (0.0, 0.2)
        ]  # fmt: skip
        print(f"{name:34} false winners {shares[0]:6.1%}, finds a lift of 20 % in {shares[1]:.1%}")


def z_of(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    a, b = one.cumsum(-1), other.cumsum(-1)
    z: np.ndarray = (a - b) / np.sqrt(np.maximum(a + b, 1))
    return z


def settled(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Tell where the population's prior makes it 0.975 sure which is better."""
    sends = stopping.sends_needed(RATE, 0.2) // LOOKS * np.arange(1, LOOKS + 1)
    clicked = np.stack([one.cumsum(-1), other.cumsum(-1)], -1).astype(float)
    shown = np.broadcast_to(sends[:, None], clicked.shape).astype(float)
    rows = [
        posterior.best_probabilities(posterior.rates(np.zeros_like(c), s, c)).max(-1)
        for c, s in zip(clicked, shown, strict=True)
    ]
    return np.stack(rows) > 0.975


def tell_guard() -> None:
    """Print after how many sends the guard stops a bad variant, and how often a good one."""
    rng = np.random.default_rng(9)
    bad = simulation.sends_to_stop(BAD, LIMIT, most=20_000, runs=500, rng=rng)
    good = simulation.sends_to_stop(LIMIT, LIMIT, most=20_000, runs=500, rng=rng)
    middle, most = np.percentile(bad, [50, 95])
    stated = stopping.sends_until_stopped(BAD, LIMIT)
    print(f"\ncomplaints of {BAD:.1%} at a limit of {LIMIT:.1%}, looked at each 50 sends")
    print(f"{'bad variant stopped':34} after {middle:,.0f} sends (median), {most:,.0f} (95 of 100)")
    print(f"{'stated beforehand':34} {stated:,.0f} sends (95 of 100)")
    print(f"{'at the limit itself':34} {np.isfinite(good).mean():.1%} stopped within 20,000 sends")


def tell_evaluation(world: World, sends: int = 20_000, runs: int = 400) -> None:
    """Print how far estimates of "always the highest score" are off, from logged sends."""
    rng = np.random.default_rng(13)
    found: dict[str, list[tuple[float, bool]]] = {"IPS": [], "SNIPS": [], "DR": []}
    refused = 0
    for _ in range(runs):
        truth = world.truths[rng.integers(min(5, len(world.truths)))]
        row = int(rng.integers(len(truth.rates)))
        value, estimates = evaluated(truth, row, sends, rng)
        for name, estimate in estimates.items():
            if isinstance(estimate, evaluation.Abstained):
                refused += 1
                continue
            inside = estimate.low <= value <= estimate.high
            found[name].append(((estimate.value - value) / value, inside))
    print(f"\n{runs} logged sends of {sends:,}, evaluated for another policy")
    for name, each in found.items():
        error = math.sqrt(np.mean([off**2 for off, _ in each]))
        covered = np.mean([inside for _, inside in each])
        print(f"{name:34} error {error:.1%} of the rate, intervals hold it in {covered:.1%}")
    print(f"{'abstained':34} {refused // 3}")


def evaluated(
    truth: Truth, row: int, sends: int, rng: np.random.Generator
) -> tuple[float, dict[str, evaluation.Estimate | evaluation.Abstained]]:
    """Log sends in two waves that explore, and evaluate giving all to the highest score."""
    rates, scores = truth.rates[row], truth.scores[row]
    count, policy = len(rates), Ours(rule="top-two", tempered=1.0)
    shown, clicked = np.zeros(count), np.zeros(count)
    parts = list[tuple[np.ndarray, np.ndarray, np.ndarray]]()
    for wave in (0.25, 0.75):
        shares = policy(scores, shown, clicked, 0.0)
        sent = rng.choice(count, round(wave * sends), p=shares)
        reward = (rng.random(len(sent)) < rates[sent]).astype(float)
        parts.append((sent, reward, shares[sent]))
        shown = shown + np.bincount(sent, minlength=count)
        clicked = clicked + np.bincount(sent, reward, minlength=count)
    sent, reward, propensity = (np.concatenate(column) for column in zip(*parts, strict=True))
    would = np.eye(count)[scores.argmax()]
    target = np.tile(would, (len(sent), 1))
    logged = evaluation.Logged(reward, propensity, target[np.arange(len(sent)), sent])
    expected, under = evaluation.crossed(sent, reward, target)
    return float(rates @ would), {
        "IPS": evaluation.ips(logged),
        "SNIPS": evaluation.snips(logged),
        "DR": evaluation.doubly_robust(logged, expected, under),
    }


if __name__ == "__main__":
    main()
