"""Recipients are divided as the posterior says, and everybody would divide them the same."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.errors import InputError
from copydesk.experiments import Allocation, Arm, Posterior, assign, propensities, wave_of
from copydesk.experiments.allocation import FLOOR, WAVES, Rule, floored, greedy, top_two

RULES: tuple[Rule, ...] = ("fixed", "thompson", "top-two", "squared")
PLAN = Allocation(id="spring", control="a")
KNOWN = Posterior(
    version=3,
    arms=(
        Arm("a", shown=900, clicked=9),
        Arm("b", score=0.1, shown=1_000, clicked=14),
        Arm("c", score=-0.1, shown=800, clicked=7),
    ),
)
KEYS = [f"recipient {number}" for number in range(4_000)]

arms = st.lists(
    st.builds(
        Arm,
        id=st.text(min_size=1, max_size=4),
        score=st.floats(-1, 1),
        weight=st.floats(0.1, 10),
        shown=st.floats(0, 1e5),
        clicked=st.integers(0, 500).map(float),
        stopped=st.booleans(),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda arm: arm.id,
)


@settings(max_examples=60, deadline=None)
@given(arms=arms, rule=st.sampled_from(RULES), data=st.data(), key=st.text())
def test_the_order_of_variants_never_changes_an_assignment(
    arms: list[Arm], rule: Rule, data: st.DataObject, key: str
) -> None:
    """However the variants are ordered, a recipient gets the same one with the same propensity."""
    plan = replace(PLAN, rule=rule)
    turned = data.draw(st.permutations(arms))
    one = assign(plan, Posterior(1, tuple(arms)), key)
    assert assign(plan, Posterior(1, tuple(turned)), key) == one


@settings(max_examples=60, deadline=None)
@given(arms=arms, rule=st.sampled_from(RULES), wave=st.integers(0, 3))
def test_propensities_sum_to_one(arms: list[Arm], rule: Rule, wave: int) -> None:
    """Shares of any posterior, by any rule, in any wave, are probabilities that sum to one."""
    shares = propensities(replace(PLAN, rule=rule), Posterior(1, tuple(arms)), wave)
    assert sum(shares.values()) == pytest.approx(1)
    assert min(shares.values()) >= 0
    assert not {arm.id for arm in arms if arm.stopped} & (shares.keys() - {PLAN.control})


@settings(max_examples=40, deadline=None)
@given(arms=arms, wave=st.integers(0, 3))
def test_no_running_variant_falls_below_the_floor(arms: list[Arm], wave: int) -> None:
    """Every variant that still runs keeps the floor, in the greedy wave too."""
    shares = propensities(PLAN, Posterior(1, tuple(arms)), wave)
    least = min(PLAN.floor, 1 / len(shares))
    assert min(shares.values()) >= least - 1e-12


@pytest.mark.parametrize("rule", RULES)
def test_propensities_match_frequencies(rule: Rule) -> None:
    """Of the recipients of a wave, as many get a variant as its propensity says."""
    plan = replace(PLAN, rule=rule)
    found = [assign(plan, KNOWN, key) for key in KEYS]
    last = [assigned for assigned in found if assigned.wave == 2]
    counts = Counter(assigned.variant for assigned in last)
    for variant, share in propensities(plan, KNOWN, 2).items():
        error = (share * (1 - share) / len(last)) ** 0.5
        assert counts[variant] / len(last) == pytest.approx(share, abs=4 * error)
        assert {a.propensity for a in last if a.variant == variant} <= {share}


def test_waves_have_the_sizes_that_were_planned() -> None:
    """5, 10, 25 and 60 per cent of recipients fall into the four waves."""
    counts = Counter(wave_of(PLAN, key) for key in KEYS)
    for wave, share in enumerate(WAVES):
        error = (share * (1 - share) / len(KEYS)) ** 0.5
        assert counts[wave] / len(KEYS) == pytest.approx(share, abs=4 * error)


def test_another_process_assigns_the_same() -> None:
    """A second process, with another seed for its hashes, gives every recipient the same."""
    mine = [assign(PLAN, KNOWN, key).variant for key in KEYS[:50]]
    program = (
        "import json, sys; from copydesk.experiments import *;"
        "known = json.load(sys.stdin);"
        "arms = tuple(Arm(i, score=s, shown=n, clicked=c) for i, s, n, c in known['arms']);"
        "plan = Allocation(id='spring', control='a');"
        "print(json.dumps([assign(plan, Posterior(3, arms), k).variant for k in known['keys']]))"
    )
    told = {
        "arms": [(arm.id, arm.score, arm.shown, arm.clicked) for arm in reversed(KNOWN.arms)],
        "keys": KEYS[:50],
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(told), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout) == mine


def test_a_stopped_variant_moves_its_own_recipients_alone() -> None:
    """When a variant of a fixed split stops, nobody who had another is moved."""
    plan = replace(PLAN, rule="fixed")
    before = {key: assign(plan, KNOWN, key).variant for key in KEYS[:1_000]}
    stopped = tuple(replace(arm, stopped=arm.id == "b") for arm in KNOWN.arms)
    for key, variant in before.items():
        after = assign(plan, Posterior(4, stopped), key).variant
        assert after == variant if variant != "b" else after in {"a", "c"}


def test_when_all_have_stopped_the_control_is_sent() -> None:
    """With every arm stopped, everybody gets the control."""
    stopped = tuple(replace(arm, stopped=True) for arm in KNOWN.arms)
    assigned = assign(PLAN, Posterior(4, stopped), "anna")
    assert (assigned.variant, assigned.propensity) == ("a", 1.0)


def test_the_holdout_is_permanent_and_gets_the_control() -> None:
    """The same recipients are held out of every experiment and version, and get its control."""
    spring = replace(PLAN, holdout=0.1)
    summer = Allocation(id="summer", control="c", holdout=0.1, rule="fixed")
    held = {key for key in KEYS if assign(spring, KNOWN, key).held_out}
    assert len(held) / len(KEYS) == pytest.approx(0.1, abs=0.02)
    for key in held:
        assigned = assign(summer, replace(KNOWN, version=9), key)
        assert (assigned.variant, assigned.held_out, assigned.propensity) == ("c", True, 1.0)


def test_a_smaller_holdout_is_part_of_a_larger() -> None:
    """Whoever is held out at 5 per cent is held out at 10."""
    small, large = replace(PLAN, holdout=0.05), replace(PLAN, holdout=0.1)
    held = [key for key in KEYS if assign(small, KNOWN, key).held_out]
    assert held
    assert all(assign(large, KNOWN, key).held_out for key in held)


def test_experiments_divide_independently() -> None:
    """Who got a variant in one experiment tells nothing of what they get in another."""
    one, other = replace(PLAN, rule="fixed"), Allocation("summer", "a", rule="fixed")
    pairs = Counter(
        (assign(one, KNOWN, key).variant, assign(other, KNOWN, key).variant) for key in KEYS
    )
    assert len(pairs) == 9
    assert all(count / len(KEYS) == pytest.approx(1 / 9, abs=0.025) for count in pairs.values())


def test_identical_variants_get_equal_shares() -> None:
    """Variants of which the same is known share evenly, in every wave, by every rule."""
    twins = Posterior(1, (Arm("x", shown=500, clicked=6), Arm("y", shown=500, clicked=6)))
    for rule in RULES:
        for wave in range(4):
            shares = propensities(replace(PLAN, rule=rule), twins, wave)
            assert shares["x"] == pytest.approx(shares["y"])


def test_a_fixed_split_keeps_its_weights() -> None:
    """Weights of one to three are shares of a quarter and three quarters, whatever is known."""
    known = Posterior(1, (Arm("a", weight=1, shown=1e4, clicked=900), Arm("b", weight=3)))
    assert propensities(replace(PLAN, rule="fixed"), known, 3) == {"a": 0.25, "b": 0.75}


def test_the_last_wave_goes_to_the_best_expected_rate() -> None:
    """But for the floor of the others, the last wave is the best's."""
    assert propensities(PLAN, KNOWN, 3)["b"] == pytest.approx(1 - 2 * FLOOR)


def test_a_single_wave_explores() -> None:
    """A send in one wave is not greedy: nothing was learned within it."""
    assert propensities(replace(PLAN, waves=(1.0,)), KNOWN, 0)["b"] < 1 - 4 * FLOOR


def test_top_two_is_the_closed_form() -> None:
    """Of 0.6, 0.3 and 0.1 top-two plays the first half directly and as challenger of the others."""
    first, second, third = 0.6, 0.3, 0.1
    expected = 0.5 * first + 0.5 * first * (second / (1 - second) + third / (1 - third))
    played = top_two(np.array([first, second, third]))
    assert played[0] == pytest.approx(expected)
    assert played.sum() == pytest.approx(1)


def test_top_two_of_a_certain_best_keeps_a_half_for_the_others() -> None:
    """Where one is surely best, half goes to it and half evenly to the others."""
    assert top_two(np.array([1.0, 0.0, 0.0])).tolist() == [0.5, 0.25, 0.25]
    assert top_two(np.array([1.0])).tolist() == [1.0]


def test_a_floor_above_an_even_split_is_an_even_split() -> None:
    """A floor of a half among four leaves each a quarter."""
    assert floored(np.array([1.0, 0, 0, 0]), 0.5).tolist() == [0.25] * 4


def test_equal_bests_share() -> None:
    """The greedy rule divides evenly among those that are equally good."""
    assert greedy(np.array([0.1, 0.2, 0.2])).tolist() == [0.0, 0.5, 0.5]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("waves", (0.5, 0.6)), ("waves", ()), ("waves", (1.5, -0.5)), ("holdout", 1.0),
        ("holdout", -0.1), ("floor", 2.0), ("tempered", 0.0), ("base_rate", 0.0),
    ],
)  # fmt: skip
def test_an_experiment_that_cannot_be_carried_out_is_refused(field: str, value: object) -> None:
    """Shares that do not fit, or factors without sense, are named in the error."""
    with pytest.raises(InputError, match=field):
        Allocation(id="spring", control="a", **{field: value})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [
        Arm("z", weight=0), Arm("z", score=9), Arm("z", shown=-1), Arm("z", clicked=float("nan")),
        Arm("a"),
    ],
)  # fmt: skip
def test_an_arm_that_cannot_be_weighed_is_refused(wrong: Arm) -> None:
    """Negative counts, weights of nothing, wild scores and double ids are told."""
    with pytest.raises(InputError, match="arms"):
        propensities(PLAN, Posterior(1, (*KNOWN.arms, wrong)), 0)
