"""What allocation gains, and whether stopping keeps its word, on experiments played again.

`python benchmarks/experiments.py FILE [--train FILES] [--scores SCORES] [--tune]`. FILE holds
randomised experiments with the columns of the Upworthy Research Archive, as CSV or Parquet; they
are played under LOLA's protocol and as e-mail sends in four waves. SCORES is what
`python -m training.ranking.unseen FILE --train FILES --out SCORES` wrote: scores by a model that
learned from nothing in FILE. Without it they come from words and pieces of words alone, trained on
the other stories of FILE and FILES. `--tune` plays the stories that SCORES kept apart from FILES,
for each of several constants. Seeds are fixed. Needs the extra `train`; where mabwiser is
installed, its Thompson sampling is played beside.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import baselines, replication  # noqa: E402

from copydesk.experiments import counted, evaluation, posterior, simulation, stopping  # noqa: E402
from copydesk.experiments.allocation import FLOOR, TEMPERED, WAVES, Rule  # noqa: E402
from copydesk.experiments.posterior import STATED, STRENGTH  # noqa: E402
from copydesk.experiments.simulation import CLEAN, Dirt, Ours, Policy, Truth  # noqa: E402
from copydesk.ranking.training import experiments, features  # noqa: E402
from copydesk.ranking.training.experiments import Experiments  # noqa: E402
from copydesk.ranking.training.pairs import members  # noqa: E402

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
    parser.add_argument("--scores", type=Path)
    parser.add_argument("--tune", action="store_true")
    asked = parser.parse_args()
    began = time.perf_counter()
    arms = experiments.joined(experiments.read([asked.file, *asked.train]))
    scores, apart = read_scores(asked.scores, arms) if asked.scores else (scored(arms), None)
    if asked.tune and apart is not None:
        tell_tuning(worlds(arms.only(apart), scores[apart]))
    elif asked.tune:
        parser.error("--tune needs --scores: they say which stories were kept apart")
    else:
        own = np.flatnonzero(arms.source == 0)
        tell_all(arms.only(own), scores[own], [asked.file, *asked.train])
    print(f"{time.perf_counter() - began:.0f} s")


def tell_all(test: Experiments, scores: np.ndarray, files: list[Path]) -> None:
    """Print everything but the tuning."""
    print(f"{len(test):,} arms of {test.group.max() + 1:,} groups")
    for world in (both := worlds(test, scores)):
        tell_lola(world)
        tell_waves(world)
    tell_mabwiser(both[0])
    tell_null()
    tell_guard()
    replication.tell(test, scores)
    replication.tell_splits(files)
    tell_evaluation(both[1])


def read_scores(file: Path, arms: Experiments) -> tuple[np.ndarray, np.ndarray]:
    """Return the scores of the arms, and the rows that were kept apart for tuning."""
    with np.load(file) as stored:
        if list(stored["texts"]) != arms.texts:
            sys.exit(f"{file} is of other files: make it with these, in this order")
        return stored["scores"], stored["apart"]


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
        believed = posterior.rates(np.zeros_like(score), shown, clicked, strength=STATED)
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
        "UCB": baselines.ucb,
        "plain Thompson": simulation.thompson,
        "tempered Thompson, no text": Ours(text=False),
        "LOLA's 2-UCB, our scores": baselines.lola,
        "tempered Thompson": Ours(),
        "top-two Thompson": Ours(rule="top-two"),
        "P(best) squared": Ours(rule="squared"),
        "  the last 60 % greedy": Ours(rule="squared", greedy_from=0.4),
        "  and without the floor": Ours(rule="squared", greedy_from=0.4, floor=0.0),
    }
    batches = baselines.lola_batches
    rows = {name: (policy, batches, CLEAN) for name, policy in policies.items()}
    tell_table("LOLA's protocol", world, rows)


def tell_waves(world: World) -> None:
    """Print what each policy gains in an e-mail send of four waves, clean and dirty."""
    rules: tuple[Rule, ...] = ("thompson", "top-two", "squared")
    late = simulation.LAST_BEGINS
    ours = {rule: Ours(rule=rule, greedy_from=late) for rule in rules}
    four = lambda _: simulation.wave_batches()  # noqa: E731
    before = lambda _: np.array([0.05, 0.1, 0.25, 0.6])  # noqa: E731
    two = lambda _: simulation.wave_batches(tested_first=True)  # noqa: E731
    rows: dict[str, tuple[Policy, Callable[[int], np.ndarray], Dirt]] = {
        "UCB": (baselines.ucb, four, CLEAN),
        "plain Thompson": (simulation.thompson, four, CLEAN),
        "tempered Thompson": (ours["thompson"], four, CLEAN),
        "top-two Thompson": (ours["top-two"], four, CLEAN),
        "P(best) squared": (ours["squared"], four, CLEAN),
        "  waves of 5/10/25/60 %": (Ours(rule="squared", greedy_from=0.4), before, CLEAN),
        "  without text": (Ours(rule="squared", text=False, greedy_from=late), four, CLEAN),
        "  30 % late, 20 % bots": (ours["squared"], four, DIRTY),
        "  opens taken for clicks": (ours["squared"], four, Dirt(opens=True)),
        "A/B, 30 % late, 20 % bots": (simulation.tested, two, DIRTY),
    }
    tell_table("Four waves of 8/16/30/46 %", world, rows)


def tell_tuning(both: list[World]) -> None:
    """Print the gains of our waves, one constant changed at a time."""
    best = {"strength": STRENGTH, "tempered": TEMPERED, "floor": FLOOR, "waves": WAVES}
    tried: dict[str, tuple[object, ...]] = {
        "strength": (7.0, 14.0, 20.0),
        "tempered": (0.1, 0.2, 0.5, 1.0),
        "floor": (0.0, 0.005, 0.01, 0.02),
        "waves": ((0.05, 0.1, 0.25, 0.6), (0.05, 0.15, 0.3, 0.5), (0.1, 0.2, 0.3, 0.4)),
    }
    ways = [best, *({**best, name: one} for name, each in tried.items() for one in each)]
    for world in both:
        two = simulation.wave_batches(tested_first=True)
        against = {each: gained(world, simulation.tested, each, two) for each in EACH}
        print(f"\n{len(against[EACH[0]]):,} groups kept apart, {world.name}")
        for way in ways:
            waves = np.array(way["waves"])
            policy = Ours(
                rule="squared", greedy_from=1 - waves[-1], strength=way["strength"],
                tempered=way["tempered"], floor=way["floor"],
            )  # fmt: skip
            sums = ((gained(world, policy, e, waves).sum(), against[e].sum()) for e in EACH)
            print(f"{told_of(way):62}" + "".join(f"{a / b - 1:+8.1%}" for a, b in sums))


def told_of(way: dict[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in way.items())


def tell_mabwiser(world: World, every: int = 8) -> None:
    """Print what mabwiser's Thompson sampling gains where it learns from every showing."""
    try:
        from mabwiser.mab import MAB, LearningPolicy
    except ImportError:
        print("\nmabwiser is not installed: its Thompson sampling is not played")
        return
    few = World(world.name, [Truth(t.rates[::every], t.scores[::every]) for t in world.truths])
    two = simulation.wave_batches(tested_first=True)
    print(f"\nmabwiser's Thompson sampling, LOLA's protocol, each {every}th group, {world.name}")
    for each in EACH[:2]:
        rng = np.random.default_rng(17)
        mine = [
            by_library(
                lambda arms, seed: MAB(arms, LearningPolicy.ThompsonSampling(), seed=seed),
                rates,
                each,
                rng,
            )
            for truth in few.truths
            for rates in truth.rates
        ]
        base = gained(few, simulation.tested, each, two)
        ours = gained(
            few, Ours(rule="squared", greedy_from=0.4), each, baselines.lola_batches(each)
        )
        both = f"mabwiser {lift(np.array(mine), base)}, ours {lift(ours, base)}"
        print(f"{each} showings an arm: {both}")


def by_library(
    make: Callable[[list[int], int], Any], rates: np.ndarray, each: int, rng: np.random.Generator
) -> float:
    """Return expected clicks for a send where a library divides, told after each batch."""
    arms = list(range(len(rates)))
    bandit = make(arms, int(rng.integers(1 << 30)))
    bandit.fit([0], [0])
    total = 0.0
    for part in baselines.lola_batches(each):
        sent = np.array([bandit.predict() for _ in range(round(part * each * len(arms)))])
        total += rates[sent].sum()
        bandit.partial_fit(sent, (rng.random(len(sent)) < rates[sent]).astype(int))
    return total / (each * len(arms))


def tell_null() -> None:
    """Print how often each way of stopping calls a winner where none is, and finds one."""
    fractions = [(look + 1) / LOOKS for look in range(LOOKS)]
    edges = np.array(stopping.group_sequential(fractions))
    ways: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
        "p < 0.05 at each look": lambda a, b: np.abs(z_of(a, b)) > 1.96,
        "group sequential, normal": lambda a, b: np.abs(z_of(a, b)) > edges,
        "group sequential, exact for counts": lambda a, b: counted.called(a, b, fractions),
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
