"""An evaluation on a terminal: a column for each entrant, a line for each figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table
from rich.text import Text as Shown

from copydesk.cli.output import console, shown
from copydesk.evaluation import Evaluation, Row, verdicts
from copydesk.evaluation.figures import FIGURES, categories

LONGEST_NAME = 27
"""Columns of the longest figure's name: names stay on one line, entrants wrap."""
BORDER, BORDERS = 3, 4
"""Columns of the border beside an entrant, and around the names."""
ENTRANT = 16
"""Columns that an entrant takes at least, its border included: the longest value fits on a line."""


def print_evaluation(evaluation: Evaluation) -> None:
    """Print the figures, the findings by category, what failed, and what follows for prompts.

    Entrants for whom the terminal is too narrow follow in a table of their own.
    """
    screen = console()
    room = screen.width - LONGEST_NAME - BORDERS
    for rows in _parts(evaluation.rows, max(1, room // ENTRANT)):
        screen.print(_table(evaluation, rows, max(ENTRANT, room // len(rows)) - BORDER))
    if evaluation.tone_note:
        screen.print(Shown(f"No tone score: {shown(evaluation.tone_note)}.", "dim"))
    for result in evaluation.results:
        if result.error:
            screen.print(Shown(shown(f"{result.entrant}, {result.case}: {result.error}"), "red"))
    for verdict in verdicts(evaluation):
        screen.print(Shown(shown(verdict.said)))


def _parts(rows: Sequence[Row], most: int) -> Iterator[Sequence[Row]]:
    yield from (rows[at : at + most] for at in range(0, len(rows), most))


def _table(evaluation: Evaluation, rows: Sequence[Row], most: int) -> Table:
    table = Table(border_style="dim")
    first = f"{len(evaluation.cases)} requests of {evaluation.asked}"
    table.add_column(first, overflow="fold", min_width=LONGEST_NAME)
    for row in rows:
        table.add_column(shown(row.entrant), justify="right", overflow="fold", max_width=most)
    for name, write in FIGURES.items():
        table.add_row(name, *map(write, rows))
    table.add_section()
    for category in categories(evaluation):
        counts = (str(row.findings.get(category, 0)) for row in rows)
        table.add_row(Shown(category, "dim"), *counts)
    return table
