from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.api.pages import plots
from copydesk.api.pages.plotting import (
    BOTTOM,
    HEIGHT,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    Point,
    columns,
    few,
    is_enough,
    lines,
    nice_ticks,
    number,
    percent,
    scale,
)


@pytest.mark.parametrize(
    ("top", "ticks"),
    [
        (1, (0, 0.25, 0.5, 0.75, 1)),
        (7, (0, 2, 4, 6, 8)),
        (417, (0, 200, 400, 600)),
        (0, (0, 1)),
        (5e-324, (0, 1)),
    ],
)
def test_ticks_are_round_numbers_that_reach_the_top(top: float, ticks: tuple[float, ...]) -> None:
    """Steps are 1, 2, 2.5 or 5 times a power of ten, and the last reaches what is drawn."""
    assert nice_ticks(top) == ticks


def test_counts_have_no_ticks_between_whole_numbers() -> None:
    """Half a decision is not written at an axis."""
    assert nice_ticks(1, whole=True) == (0, 1)
    assert nice_ticks(3, whole=True) == (0, 1, 2, 3)


@settings(deadline=None)
@given(st.floats(0.001, 1e12))
def test_ticks_reach_any_top_in_few_steps(top: float) -> None:
    """Whatever is drawn, there are at most five ticks, the first is zero and the last is enough."""
    ticks = nice_ticks(top)

    assert len(ticks) <= 5
    assert ticks[0] == 0
    assert ticks[-1] >= top * (1 - 1e-6)


def test_a_scale_maps_ends_to_ends() -> None:
    """The lowest value stands at the start, the highest at the end, the middle between."""
    place = scale(0, 10, 100, 0)

    assert (place(0), place(5), place(10)) == (100, 50, 0)
    assert scale(3, 3, 0, 9)(3) == 0


@settings(deadline=None)
@given(st.lists(st.lists(st.floats(0, 1e6), min_size=1, max_size=4), min_size=1, max_size=31))
def test_columns_stay_in_their_frame_and_stand_on_each_other(stacks: list[list[float]]) -> None:
    """No column leaves the frame or meets the next, and each part stands on the one below."""
    chart = columns([str(n) for n in range(len(stacks))], stacks)

    assert all(one.x >= LEFT and one.x + one.width <= WIDTH - RIGHT + 0.1 for one in chart.columns)
    assert all(one.x + one.width <= other.x + 0.1 for one, other in pairwise(chart.columns))
    for one in chart.columns:
        assert all(TOP - 0.1 <= block.y <= HEIGHT - BOTTOM for block in one.blocks)
        for below, above in pairwise(one.blocks):
            assert above.y + above.height == pytest.approx(below.y, abs=0.02)


def test_a_mark_stands_behind_its_column() -> None:
    """Between two columns, so that what is over it is told from what is under."""
    chart = columns(["1 h", "24 h", "2 d"], [[1.0], [2.0], [3.0]], mark=1, all_labels=True)

    second, third = chart.columns[1:]
    assert chart.mark is not None
    assert second.x + second.width < chart.mark < third.x
    assert [tick.label for tick in chart.x_ticks] == ["1 h", "24 h", "2 d"]


def test_a_line_is_interrupted_where_nothing_is_known() -> None:
    """A missing week is no zero, and no stroke leads over it; its neighbours are dots."""
    points = [Point(0.5), Point(0.6), Point(None), Point(0.7, 0.4, 0.9)]
    line = lines(["a", "b", "c", "d"], [points], top=1.0).lines[0]

    assert len(line.strokes) == 1
    assert len(line.dots) == 3
    low, high = line.dots[-1].low, line.dots[-1].high
    assert low is not None
    assert high is not None
    assert low > line.dots[-1].y > high


def test_one_point_is_no_course() -> None:
    """A line takes two points that are known."""
    assert not is_enough([Point(None), Point(0.5)])
    assert is_enough([Point(0.1), Point(None), Point(0.5)])


def test_few_labels_are_written_and_the_last_is_one_of_them() -> None:
    """As many as can be read, evenly apart."""
    assert few([str(n) for n in range(31)]) == (6, 14, 22, 30)
    assert few(["a", "b"]) == (0, 1)


def test_numbers_at_an_axis_are_short() -> None:
    """Thousands are written with a letter, shares in per cent."""
    assert [number(value) for value in (0, 250, 2_500, 3e6, 4e9)] == [
        "0", "250", "2.5k", "3M", "4G",
    ]  # fmt: skip
    assert percent(0.25) == "25 %"


def test_days_are_drawn_in_few_stretches_of_one_length() -> None:
    """Ninety days are thirty columns of three; no day is left out or counted twice."""
    first, last = date(2026, 1, 1), date(2026, 3, 31)

    stretches = plots.spans(first, last)

    assert len(stretches) == 30
    assert (stretches[0][0], stretches[-1][1]) == (first, last)
    assert all((later[0] - earlier[1]).days == 1 for earlier, later in pairwise(stretches))


def test_times_are_written_in_the_unit_that_fits() -> None:
    """Minutes under an hour, days from two on."""
    told = [plots.hours(value) for value in (None, 0.5, 3.25, 60)]
    assert told == ["\u2013", "30 min", "3.2 h", "2.5 days"]
