"""Fairness: what the report says of groups, and when it says nothing."""

from __future__ import annotations

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.ranking.fairness import (
    Interval,
    Shown,
    difference_of,
    ratio_of,
    report,
    shares,
    wilson,
)

COUNTS = st.integers(1, 5000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


def test_wilson_agrees_with_newcombes_printed_examples() -> None:
    """81 of 263 gives 0.2553 to 0.3662, and 0 of 20 gives 0 to 0.1611 (Newcombe 1998, table I)."""
    assert wilson(81, 263)[1:] == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 20)[1:] == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson(0, 0) == (0.0, 0.0, 1.0)


def test_difference_agrees_with_newcombes_printed_example() -> None:
    """56 of 70 less 48 of 80 gives 0.0524 to 0.3339 (Newcombe 1998, method 10, example a)."""
    found = difference_of(wilson(56, 70), wilson(48, 80))

    assert found == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


@given(COUNTS, COUNTS)
def test_every_value_lies_in_its_interval(one: tuple[int, int], other: tuple[int, int]) -> None:
    """Shares, ratios and differences of any counts are finite below and within their limits."""
    first, second = wilson(*one), wilson(*other)
    for found in (first, second, ratio_of(first, second), difference_of(first, second)):
        assert found.low <= found.value <= found.high
        assert not any(map(math.isnan, found))
    assert 0 <= first.low <= first.high <= 1
    assert ratio_of(first, second).low >= 0


@given(COUNTS, COUNTS)
def test_a_ratio_turned_round_has_its_limits_turned_round(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    """The interval of a by b is that of b by a, inverted, wherever both are finite."""
    ahead, back = (ratio_of(wilson(*a), wilson(*b)) for a, b in ((one, other), (other, one)))

    if ahead.low > 0 and math.isfinite(back.high):
        assert ahead.low * back.high == pytest.approx(1, rel=1e-6)


def test_intervals_of_ratios_hold_what_they_promise() -> None:
    """Of 600 pairs of samples from rates of 0.1 and 0.2, about 95 % hold the ratio of a half."""
    pick, held = Random(3), 0
    for _ in range(600):
        counts = [sum(pick.random() < rate for _ in range(120)) for rate in (0.1, 0.2)]
        found = ratio_of(wilson(counts[0], 120), wilson(counts[1], 120))
        held += found.low <= 0.5 <= found.high

    assert 0.93 <= held / 600 <= 0.98


def test_four_fifths_is_told_only_where_the_interval_agrees() -> None:
    """A group far below, one level, one too close to tell and one too small are each so called."""
    found = shares(
        {"a": (500, 1000), "b": (300, 1000), "c": (490, 1000), "d": (39, 100), "e": (1, 10)}
    )

    assert [share.verdict for share in found] == [
        "highest", "below", "at least", "not enough data", "not enough data",
    ]  # fmt: skip
    assert found[1].ratio is not None
    assert found[1].ratio.value == pytest.approx(0.6)
    assert found[1].why.startswith("60% of the rate of a, between 5")
    assert found[4].why == "10 recipients: fewer than 30 tell nothing"


def test_a_small_group_is_never_the_measure_of_others() -> None:
    """Ten of ten in a tiny group do not make the large ones fall short."""
    found = {share.group: share for share in shares({"tiny": (10, 10), "x": (50, 100)})}

    assert found["tiny"].verdict == "not enough data"
    assert found["x"].verdict == "highest"


def test_groups_alone_or_empty_are_no_comparison() -> None:
    """No groups give no rows; only small ones give rows without a verdict."""
    assert shares({}) == ()
    assert [share.verdict for share in shares({"x": (1, 3), "y": (0, 4)})] == [
        "not enough data", "not enough data",
    ]  # fmt: skip


def shown(group: str, offer: str, number: int, score: float = 0.5) -> list[Shown]:
    return [Shown(group, offer, f"v-{offer}", score + n % 5 * 0.01) for n in range(number)]


def test_a_report_covers_offers_variants_and_scores() -> None:
    """A discount that older readers rarely see is found, under the offer and under its variant."""
    rows = [
        *shown("young", "20 % off", 300), *shown("young", "none", 300),
        *shown("old", "20 % off", 100), *shown("old", "none", 500, score=0.4),
    ]  # fmt: skip
    found = report(rows)

    assert {(name, share.group) for name, share in found.below} == {
        ("20 % off", "old"), ("v-20 % off", "old"), ("none", "young"), ("v-none", "young"),
    }  # fmt: skip
    assert [score.group for score in found.scores] == ["old", "young"]
    assert "below those of the others" in found.scores[0].why
    assert found.scores[0].difference is not None
    assert found.scores[0].difference.value == pytest.approx(-0.5 / 6 * 1, abs=0.001)


@given(
    st.lists(
        st.builds(Shown, st.sampled_from("ab"), st.sampled_from("xy"), st.none(), st.none()),
        max_size=90,
    )
)
def test_the_order_of_rows_does_not_matter(rows: list[Shown]) -> None:
    """Shuffled rows give the same report."""
    shuffled = list(rows)
    Random(1).shuffle(shuffled)

    assert report(shuffled) == report(rows)


def test_groups_that_are_treated_alike_are_seldom_called_below() -> None:
    """Of 200 reports on five groups treated by lot, at most one in twenty finds one below."""
    pick, wrong = Random(5), 0
    for _ in range(200):
        counts = {g: (sum(pick.random() < 0.3 for _ in range(200)), 200) for g in "abcde"}
        wrong += any(share.verdict == "below" for share in shares(counts))

    assert wrong <= 10


def test_scores_of_few_are_not_compared() -> None:
    """Under thirty on either side nothing is said."""
    found = report([*shown("a", "x", 10), *shown("b", "x", 100)])

    assert all(score.difference is None for score in found.scores)
    assert found.scores[0].why.startswith("not enough data: 10 scores beside 100")


def test_equal_scores_show_no_difference() -> None:
    """Two groups with the same scores are told to be without one."""
    found = report([*shown("a", "x", 100), *shown("b", "x", 100)])

    assert {score.why for score in found.scores} == {"no difference shown"}
    assert isinstance(found.scores[0].difference, Interval)
