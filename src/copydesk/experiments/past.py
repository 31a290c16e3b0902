"""Rates of experiments that were made, from a file: what a simulation plays again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from copydesk.errors import InputError, Problem
from copydesk.experiments import posterior
from copydesk.ranking.sends import PastSend, read_sends
from copydesk.ranking.tables import rows_of

RATES = ("test", "rate")
"""Columns of a file of rates: the test that a variant was in, and what is expected of it."""


class Past(NamedTuple):
    """What a file says."""

    rates: tuple[tuple[float, ...], ...]
    """Rates of variants that were sent side by side, an experiment a row."""
    base_rate: float
    """Answers for each send, of all together."""


def past_of(path: Path) -> Past:
    """Return what a file of rates or of past sends says.

    Past sends to one segment at one moment are variants of one experiment; their rates are drawn
    together as far as chance may have set them apart.

    Raises:
        InputError: it is neither, with line and column.
    """
    rows = rows_of(path, ())
    _, header = next(rows)
    if header.keys() >= {*RATES}:
        return _of_rates(rows, path.name)
    sends = read_sends(path)
    if not sends:
        raise InputError([Problem("", "", "holds no send", path.name)])
    return _of_sends(sends)


def _of_rates(rows: Iterator[tuple[int, Mapping[str, str]]], source: str) -> Past:
    tests: dict[str, list[float]] = defaultdict(list)
    for line, row in rows:
        tests[row["test"]].append(_rate(row["rate"], source, line))
    found = tuple(tuple(rates) for rates in tests.values() if len(rates) > 1)
    if not found:
        raise InputError([Problem("test", "", "no test has two variants", source)])
    return Past(found, float(np.mean([rate for rates in found for rate in rates])))


def _rate(written: str, source: str, line: int) -> float:
    try:
        rate = float(written)
    except ValueError:
        rate = 0.0
    if not 0 < rate < _HIGHEST:
        remedy = f"give a share above 0 and below {_HIGHEST}, as 0.012"
        raise InputError([Problem("rate", written, remedy, source, line)])
    return rate


def _of_sends(sends: Sequence[PastSend]) -> Past:
    recipients, clicks = sum(s.recipients for s in sends), sum(s.human_clicks for s in sends)
    base = min(max(clicks, 1) / recipients, _HIGHEST / 2)
    tests: dict[tuple[object, str], list[PastSend]] = defaultdict(list)
    for send in sends:
        tests[send.sent_at, send.segment].append(send)
    several = (arms for arms in tests.values() if len(arms) > 1)
    return Past(tuple(_drawn_together(arms, base) for arms in several), base)


def _drawn_together(arms: Sequence[PastSend], base: float) -> tuple[float, ...]:
    shown = np.array([arm.recipients for arm in arms], dtype=float)
    clicked = np.array([arm.human_clicks for arm in arms], dtype=float)
    believed = posterior.rates(np.zeros(len(arms)), shown, clicked, base_rate=base)
    return tuple(float(min(rate, _HIGHEST * 0.99)) for rate in believed.mean)


_HIGHEST = 0.5
