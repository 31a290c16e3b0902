"""Figures as a table of four columns, which every spreadsheet reads and filters."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from copydesk.desk.measuring import Figures
from copydesk.desk.shares import Share
from copydesk.publishing.spreadsheets import guarded

HEAD = ("figure", "of", "day", "value")

Value = float | int | str | None


class Line(NamedTuple):
    """One line of the table; `day` is the last of what the value is counted over."""

    figure: str
    of: str
    day: date
    value: Value


def as_csv(told: Figures) -> str:
    """Return the figures as CSV, with a line of names first. What is not known is left empty."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEAD)
    for line in _lines(told):
        writer.writerow([line.figure, guarded(line.of), line.day.isoformat(), line.value])
    return text.getvalue()


def _lines(told: Figures) -> Iterator[Line]:
    last = told.period.last
    yield from _decisions(told, last)
    yield Line("hours to a decision, median", "", last, told.times.median_hours)
    yield Line("hours to a decision, nine in ten", "", last, told.times.p90_hours)
    for one in told.queue:
        yield Line("open", "", one.day, one.open)
        yield Line("age in days, median", "", one.day, one.median_days)
        yield Line("age in days, oldest", "", one.day, one.oldest_days)
    for use in told.rules:
        yield Line("copies with a finding", use.rule, last, use.copies)
        yield Line("copies with it dismissed", use.rule, last, use.dismissed)
    for name, number in told.generated.requests.items():
        yield Line("requests", name, last, number)
    for name, number in told.generated.variants.items():
        yield Line("variants", name, last, number)
    yield Line("fallbacks to another model", "", last, told.generated.fallbacks)
    yield from _money(told)
    yield from _served(told, last)


def _decisions(told: Figures, last: date) -> Iterator[Line]:
    decisions = told.decisions
    yield from _share("approval", "", last, decisions.approval)
    yield from _share("first-pass approval", "", last, decisions.first_pass)
    yield from _share("late", "", last, decisions.late)
    for step in decisions.steps:
        of = f"since {step.first.isoformat()}"
        yield from _share("approval", of, step.last, step.approval)
        yield from _share("first-pass approval", of, step.last, step.first_pass)
    for act, number in decisions.acts.items():
        yield Line("acts", act, last, number)


def _share(figure: str, of: str, day: date, share: Share) -> Iterator[Line]:
    yield Line(f"{figure}, number", of, day, share.part)
    yield Line(f"{figure}, of", of, day, share.whole)
    yield Line(f"{figure}, low", of, day, share.low)
    yield Line(f"{figure}, high", of, day, share.high)


def _money(told: Figures) -> Iterator[Line]:
    if told.spent is None:
        return
    currency = told.spent.currency or "money"
    for one in told.spent.days:
        yield Line("calls of models", one.model, one.day, one.calls)
        yield Line("tokens", one.model, one.day, one.tokens)
        yield Line(f"{currency} spent", one.model, one.day, one.amount)


def _served(told: Figures, last: date) -> Iterator[Line]:
    for one in told.served.days:
        yield Line("pulls", "approved", one.day, one.approved)
        yield Line("pulls", "fallback", one.day, one.fallback)
    for name in ("approved", "pulled", "withdrawn", "recalled"):
        yield Line("copies", name, last, getattr(told.served, name))
