"""How offers, variants and scores fall on groups, on a terminal and as JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text as Shown

from copydesk.cli.output import console, shown
from copydesk.cli.show import words
from copydesk.ranking.fairness import Fairness, Interval, MeanScore, Share

STYLES = {"below": "bold red", "at least": "green", "highest": "", "not enough data": "dim"}
WORDS = {"below": "below four fifths", "at least": "at least four fifths"}


def print_fairness(found: Fairness) -> None:
    """Print a table for each offer and variant, and one of scores."""
    screen = console()
    for kind, things in (("offer", found.offers), ("variant", found.variants)):
        for name, shares in things.items():
            screen.print(_shares(f"{kind} {shown(name)}", shares))
    if found.scores:
        screen.print(_scores(found.scores))
    below = len(found.below)
    told = f"{below} below four fifths" if below else "nothing is shown to be below four fifths"
    screen.print(Shown(f"{told}; every row holds at 95 %, not the report as a whole", "bold"))


def fairness_data(found: Fairness) -> dict[str, Any]:
    """Return the report as plain data; limits that have no end are null."""
    return {
        "offers": _of(found.offers),
        "variants": _of(found.variants),
        "scores": [_plain(one) for one in found.scores],
        "below": [{"name": name, "group": share.group} for name, share in found.below],
    }


def _of(things: Mapping[str, Sequence[Share]]) -> dict[str, Any]:
    return {name: [_plain(share) for share in shares] for name, shares in things.items()}


def _plain(row: Share | MeanScore) -> dict[str, Any]:
    return {
        name: _finite(value) if isinstance(value, Interval) else value
        for name, value in row._asdict().items()
    }


def _finite(interval: Interval) -> dict[str, float | None]:
    return {
        name: value if math.isfinite(value) else None for name, value in interval._asdict().items()
    }


def _shares(title: str, shares: Sequence[Share]) -> Table:
    table = words.table("group", "shown", "rate", "of the highest", "verdict", title=title)
    for one in shares:
        rate = f"{one.rate.value:.1%} ({one.rate.low:.1%} to {one.rate.high:.1%})"
        verdict = Shown(WORDS.get(one.verdict, one.verdict), STYLES[one.verdict])
        number = f"{one.shown:,} of {one.of:,}"
        table.add_row(shown(one.group), number, rate, _ratio(one.ratio), verdict)
    return table


def _ratio(ratio: Interval | None) -> str:
    if ratio is None:
        return ""
    high = f"{ratio.high:.0%}" if math.isfinite(ratio.high) else "no end"
    return f"{ratio.value:.0%} ({ratio.low:.0%} to {high})"


def _scores(scores: Sequence[MeanScore]) -> Table:
    table = words.table("group", "number", "mean", "beside all others", "told", title="scores")
    for one in scores:
        beside = one.difference
        span = f"{beside.value:+.3f} ({beside.low:+.3f} to {beside.high:+.3f})" if beside else ""
        table.add_row(shown(one.group), f"{one.number:,}", f"{one.mean:.3f}", span, one.why)
    return table
