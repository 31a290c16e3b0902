"""From the figures of a period to its charts: what is drawn, named and written beside."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from copydesk.api.pages.plotting import Chart, Point, columns, is_enough, lines, percent
from copydesk.desk.measuring import Bucket, Figures, Spent
from copydesk.desk.shares import Share

COLUMNS_AT_MOST = 31
MODELS_SHOWN = 3
"""More would need more patterns than the eye tells apart; the rest is drawn together."""
REST = "others"
NOTHING = "\u2013"
"""Stands where there is no value."""
BARS_AT_MOST = 20


class Money(NamedTuple):
    """What models cost, as it is drawn: money, or tokens where no price is known."""

    chart: Chart
    names: tuple[str, ...]
    unit: str
    days: tuple[tuple[str, tuple[float, ...]], ...]


class Plots(NamedTuple):
    """The charts of a page; None where there is too little to draw."""

    rates: Chart | None
    times: Chart | None
    open: Chart | None
    ages: Chart | None
    money: Money | None
    pulls: Chart | None


def plots(told: Figures) -> Plots:
    """Return the charts of these figures."""
    return Plots(
        rates=_rates(told),
        times=_times(told.times.buckets, told.times.sla_hours),
        open=_open(told),
        ages=_ages(told),
        money=_money(told.spent, told) if told.spent and told.spent.days else None,
        pulls=_pulls(told),
    )


def day(at: date) -> str:
    """Write a date in short, as `6 Mar`."""
    return f"{at.day} {at:%b}"


def hours(value: float | None) -> str:
    """Write a time in one unit, as `40 min`, `3.5 h` or `2.1 days`."""
    if value is None:
        return NOTHING
    if value < 1:
        return f"{60 * value:.0f} min"
    return f"{value:.1f} h" if value < 48 else f"{value / 24:.1f} days"  # noqa: PLR2004 - two days


def bucket(one: Bucket, before: Bucket | None) -> str:
    """Write how long the decisions of a bucket took."""
    if one.hours is None:
        return f"over {_short(before.hours if before and before.hours else 0)}"
    return f"up to {_short(one.hours)}"


def interval(share: Share) -> str:
    """Write the interval that holds a share in 95 of 100 cases."""
    if share.low is None or share.high is None:
        return NOTHING
    return f"{100 * share.low:.0f} to {100 * share.high:.0f} %"


def in_percent(share: Share) -> str:
    """Write a share."""
    return NOTHING if share.share is None else f"{100 * share.share:.0f} %"


def spans(first: date, last: date, at_most: int = COLUMNS_AT_MOST) -> list[tuple[date, date]]:
    """Return the days in few stretches of one length that end with the last; both ends belong."""
    number = (last - first).days + 1
    length = -(-number // at_most)
    found = []
    end = last
    while end >= first:
        found.append((max(first, end - timedelta(days=length - 1)), end))
        end -= timedelta(days=length)
    return found[::-1]


def _short(value: float) -> str:
    return f"{value:g} h" if value < 48 else f"{value / 24:g} d"  # noqa: PLR2004 - two days


def _rates(told: Figures) -> Chart | None:
    steps = told.decisions.steps
    series = [
        [_point(step.approval) for step in steps],
        [_point(step.first_pass) for step in steps],
    ]
    labels = [day(step.last) for step in steps]
    if not is_enough(series[0]):
        return None
    return lines(labels, series, top=1.0, write=percent)


def _point(share: Share) -> Point:
    return Point(share.share, share.low, share.high)


def _times(buckets: Sequence[Bucket], sla_hours: float) -> Chart | None:
    if not buckets:
        return None
    labels = ["more" if one.hours is None else _short(one.hours) for one in buckets]
    within = [
        n for n, one in enumerate(buckets) if one.hours is not None and one.hours <= sla_hours
    ]
    parts = [[float(one.items)] for one in buckets]
    return columns(labels, parts, mark=max(within, default=None), all_labels=True)


def _open(told: Figures) -> Chart | None:
    points = [Point(float(one.open)) for one in told.queue]
    has_any = any(one.open for one in told.queue)
    labels = [day(one.day) for one in told.queue]
    return lines(labels, [points], whole=True) if has_any and is_enough(points) else None


def _ages(told: Figures) -> Chart | None:
    oldest = [Point(_number(one.oldest_days)) for one in told.queue]
    median = [Point(_number(one.median_days)) for one in told.queue]
    if not is_enough(oldest):
        return None
    return lines([day(one.day) for one in told.queue], [oldest, median], whole=True)


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)


def _money(spent: Spent, told: Figures) -> Money:
    cost: defaultdict[str, Counter[date]] = defaultdict(Counter)
    for one in spent.days:
        worth = one.tokens if one.amount is None else one.amount
        cost[one.model][one.day] += worth  # type: ignore[assignment]
    names = _most(cost)
    stretches = spans(told.period.first, told.period.last)
    parts = [_stack(cost, names, stretch) for stretch in stretches]
    labels = [day(last) for _, last in stretches]
    unit = spent.currency or "tokens"
    chart = columns(labels, parts, whole=spent.currency is None)
    return Money(chart, names, unit, tuple(zip(labels, map(tuple, parts), strict=True)))


def _most(cost: Mapping[str, Counter[date]]) -> tuple[str, ...]:
    ranked = sorted(cost, key=lambda model: (-cost[model].total(), model))
    names = tuple(ranked[:MODELS_SHOWN])
    return names if len(ranked) <= MODELS_SHOWN else (*names, REST)


def _stack(
    cost: Mapping[str, Counter[date]], names: Sequence[str], stretch: tuple[date, date]
) -> list[float]:
    first, last = stretch
    totals = {
        model: float(sum(worth for at, worth in days.items() if first <= at <= last))
        for model, days in cost.items()
    }
    shown = [totals.pop(name) for name in names if name != REST]
    return [*shown, sum(totals.values())] if REST in names else shown


def _pulls(told: Figures) -> Chart | None:
    if not told.served.days:
        return None
    stretches = spans(told.period.first, told.period.last)
    parts = [
        [
            float(sum(one.approved for one in told.served.days if first <= one.day <= last)),
            float(sum(one.fallback for one in told.served.days if first <= one.day <= last)),
        ]
        for first, last in stretches
    ]
    return columns([day(last) for _, last in stretches], parts)
