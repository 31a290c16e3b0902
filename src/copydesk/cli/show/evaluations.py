"""An evaluation on a terminal: a column for each entrant, a line for each measure."""

from __future__ import annotations

from collections.abc import Callable

from rich.table import Table
from rich.text import Text as Shown

from copydesk.cli.output import console, shown
from copydesk.evaluation import Evaluation, Row
from copydesk.evaluation.page import amount, categories, percent

LONGEST_NAME = 27
"""Columns of the longest measure: names stay on one line, entrants wrap."""

Write = Callable[[Row], str]

MEASURES: dict[str, Write] = {
    "accepted after checks": lambda row: percent(row.accepted),
    "passed every check": lambda row: percent(row.clean),
    "accepted without repair": lambda row: percent(row.first_time),
    "failed requests": lambda row: str(row.failed),
    "distinct-1, distinct-2": lambda row: (
        f"{amount(row.distinct_1, 2)}, {amount(row.distinct_2, 2)}"
    ),
    "alike within a request": lambda row: amount(row.alike, 2),
    "subject, median characters": lambda row: amount(row.subject),
    "subjects cut by a client": lambda row: percent(row.subjects_cut),
    "body, median words": lambda row: amount(row.body),
    "tone, 0 to 100": lambda row: amount(row.tone),
    "tokens in, out": lambda row: f"{amount(row.input_tokens)}, {amount(row.output_tokens)}",
    "money": lambda row: f"{amount(row.cost, 4)} {row.currency or ''}".rstrip(),
    "seconds, median and slowest": lambda row: (
        f"{amount(row.seconds, 2)}, {amount(row.slowest, 2)}"
    ),
}


def print_evaluation(evaluation: Evaluation) -> None:
    """Print the measures, the findings by category, and what failed."""
    screen = console()
    table = Table(border_style="dim")
    first = f"{len(evaluation.cases)} requests of {evaluation.asked}"
    table.add_column(first, overflow="fold", min_width=LONGEST_NAME)
    for row in evaluation.rows:
        table.add_column(shown(row.entrant), justify="right", overflow="fold")
    for name, write in MEASURES.items():
        table.add_row(name, *map(write, evaluation.rows))
    table.add_section()
    for category in categories(evaluation):
        counts = (str(row.findings.get(category, 0)) for row in evaluation.rows)
        table.add_row(Shown(category, "dim"), *counts)
    screen.print(table)
    if evaluation.tone_note:
        screen.print(Shown(f"No tone score: {evaluation.tone_note}.", "dim"))
    for result in evaluation.results:
        if result.error:
            screen.print(Shown(shown(f"{result.entrant}, {result.case}: {result.error}"), "red"))
