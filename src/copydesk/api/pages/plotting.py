"""Where the parts of a chart stand: scales, ticks and shapes, which `charts.html` draws as SVG.

All lengths are units of the drawing, 360 wide: about a pixel each on a telephone, so that its words
can be read there. Nothing here knows what is counted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

WIDTH, HEIGHT = 360.0, 190.0
LEFT, RIGHT, TOP, BOTTOM = 40.0, 10.0, 12.0, 26.0
TICKS = 4
LEAST = 1e-9
"""What is less is drawn as nothing: ticks are written to ten decimals."""
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
LABELS = 4
GAP = 0.25
"""Of a column's place that is left free."""
ENOUGH = 2
"""Points that make a line: one alone tells no course."""


class Tick(NamedTuple):
    """A place on an axis, and what is written there."""

    at: float
    label: str


class Block(NamedTuple):
    """A part of a column, as a rectangle."""

    series: int
    y: float
    height: float


class Column(NamedTuple):
    """A column of parts, the first at the bottom."""

    x: float
    width: float
    blocks: tuple[Block, ...]
    label: str
    value: float


class Dot(NamedTuple):
    """A point of a line, with the interval that holds its true value."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None


class Line(NamedTuple):
    """A line through its points; where one is missing it is interrupted."""

    series: int
    strokes: tuple[str, ...]
    dots: tuple[Dot, ...]


class Chart(NamedTuple):
    """What is drawn in one frame."""

    y_ticks: tuple[Tick, ...]
    x_ticks: tuple[Tick, ...]
    columns: tuple[Column, ...] = ()
    lines: tuple[Line, ...] = ()
    mark: float | None = None
    """Where a line across all columns stands, as of an SLA."""


class Point(NamedTuple):
    """A value that may be missing, with its interval where it has one."""

    value: float | None
    low: float | None = None
    high: float | None = None


def nice_step(top: float, ticks: int = TICKS) -> float:
    """Return the smallest of 1, 2, 2.5 and 5 times a power of ten that reaches `top` in `ticks`."""
    if top < LEAST:
        return 1.0
    power = 10.0 ** math.floor(math.log10(top / ticks))
    return next(step * power for step in STEPS if step * power * ticks >= top * (1 - 1e-9))


def nice_ticks(top: float, ticks: int = TICKS, *, whole: bool = False) -> tuple[float, ...]:
    """Return values from 0 to `top` or a little beyond, evenly apart; `whole` for counts."""
    step = nice_step(top, ticks)
    if whole:
        step = max(1.0, math.ceil(step))
    number = max(1, math.ceil(top / step - 1e-9))
    return tuple(round(step * place, 10) for place in range(number + 1))


def scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    """Return what places a value between `low` and `high` between `start` and `end`."""
    spread = (high - low) or 1.0

    def place(value: float) -> float:
        return round(start + (value - low) / spread * (end - start), 2)

    return place


def few(labels: Sequence[str], at_most: int = LABELS) -> tuple[int, ...]:
    """Return the places of labels that are written: few, evenly apart, the last one of them."""
    every = max(1, math.ceil(len(labels) / at_most))
    return tuple(sorted(range(len(labels) - 1, -1, -every)))


def columns(
    labels: Sequence[str],
    parts: Sequence[Sequence[float]],
    *,
    whole: bool = True,
    write: Callable[[float], str] | None = None,
    mark: int | None = None,
    all_labels: bool = False,
) -> Chart:
    """Return stacked columns, one a label; `mark` stands behind the column at that place."""
    totals = [math.fsum(stack) for stack in parts]
    heights = nice_ticks(max(totals, default=0), whole=whole)
    up, place = _up(heights[-1]), (WIDTH - LEFT - RIGHT) / max(1, len(labels))
    width = round(place * (1 - GAP), 2)
    drawn = [
        Column(
            round(LEFT + place * (n + GAP / 2), 2), width, _stack(stack, up), labels[n], totals[n]
        )
        for n, stack in enumerate(parts)
    ]
    written = range(len(labels)) if all_labels else few(labels)
    return Chart(
        y_ticks=tuple(Tick(up(value), (write or number)(value)) for value in heights),
        x_ticks=tuple(Tick(round(LEFT + place * (n + 0.5), 2), labels[n]) for n in written),
        columns=tuple(drawn),
        mark=None if mark is None else round(LEFT + place * (mark + 1), 2),
    )


def lines(
    labels: Sequence[str],
    series: Sequence[Sequence[Point]],
    *,
    top: float | None = None,
    whole: bool = False,
    write: Callable[[float], str] | None = None,
) -> Chart:
    """Return lines over the labels; `top` where the axis should end there."""
    known = [one.value for points in series for one in points if one.value is not None]
    heights = nice_ticks(max(known, default=0) if top is None else top, whole=whole)
    up = _up(heights[-1])
    across = scale(0, max(1, len(labels) - 1), LEFT + 8, WIDTH - RIGHT - 8)
    return Chart(
        y_ticks=tuple(Tick(up(value), (write or number)(value)) for value in heights),
        x_ticks=tuple(Tick(across(n), labels[n]) for n in few(labels)),
        lines=tuple(_line(n, points, across, up) for n, points in enumerate(series)),
    )


def is_enough(points: Sequence[Point]) -> bool:
    """Return whether the points make a line."""
    return sum(one.value is not None for one in points) >= ENOUGH


def number(value: float) -> str:
    """Write a value at an axis in few signs, as 40k."""
    for size, sign in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{sign}"
    return f"{value:g}"


def percent(value: float) -> str:
    """Write a share at an axis."""
    return f"{100 * value:g} %"


def _up(top: float) -> Callable[[float], float]:
    return scale(0, top, HEIGHT - BOTTOM, TOP)


def _stack(parts: Sequence[float], up: Callable[[float], float]) -> tuple[Block, ...]:
    blocks, below = [], 0.0
    for series, part in enumerate(parts):
        if part > 0:
            y = up(below + part)
            blocks.append(Block(series, y, round(up(below) - y, 2)))
            below += part
    return tuple(blocks)


def _line(
    series: int,
    points: Sequence[Point],
    across: Callable[[float], float],
    up: Callable[[float], float],
) -> Line:
    strokes: list[list[str]] = [[]]
    dots = []
    for place, one in enumerate(points):
        if one.value is None:
            strokes.append([])
            continue
        x, y = across(place), up(one.value)
        strokes[-1].append(f"{x},{y}")
        bounds = [None if end is None else up(end) for end in (one.low, one.high)]
        dots.append(Dot(x, y, *bounds))
    drawn = tuple(" ".join(stroke) for stroke in strokes if len(stroke) >= ENOUGH)
    return Line(series, drawn, tuple(dots))
