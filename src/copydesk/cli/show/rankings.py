"""The answer of `copydesk rank` on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text as Shown

from copydesk.cli.output import console, shown
from copydesk.ranking import Part, Ranking, RankRequest, Scored

MOST_TELLING = 3
"""Parts shown for a candidate: those that move it most."""
START = "average"
"""The part that every learned score begins with."""


def print_ranking(ranking: Ranking, request: RankRequest, number: int) -> None:
    """Print the candidates of one line, best first, with what told most of each."""
    screen = console()
    screen.print(Shown(shown(ranking.id or f"line {number}"), "bold"))
    subjects = {c.id: c.copy_.subject.render() for c in request.candidates}
    for place, scored in enumerate(ranking.ranking, start=1):
        span = f"{scored.score:.2f}  ({scored.low:.2f} to {scored.high:.2f})"
        screen.print(_row(f"{place}", span, shown(subjects[scored.id] or "(no subject)")))
        for part in _telling(scored):
            points = f"{part.points:+.2f}"
            screen.print(_row("", points, f"{_name(part)}: {part.why}"), style="dim")
    if ranking.abstained:
        screen.print(Shown(f"Do not rely on this order: {shown(ranking.abstained)}.", "yellow"))


def _row(place: str, figure: str, words: str) -> Table:
    row = Table.grid(padding=(0, 2, 0, 0))
    row.add_column(width=2, justify="right")
    row.add_column(width=20, no_wrap=True, justify="left" if place else "right")
    row.add_column()
    row.add_row(place, figure, words)
    return row


def _telling(scored: Scored) -> Sequence[Part]:
    """Return what moves a learned score most; of the rules of the craft, what is missed most."""
    if not any(part.name == START for part in scored.breakdown):
        return sorted(scored.breakdown, key=lambda part: part.points)[:MOST_TELLING]
    moved = [part for part in scored.breakdown if part.name != START and part.points]
    return sorted(moved, key=lambda part: -abs(part.points))[:MOST_TELLING]


def _name(part: Part) -> str:
    return part.name.replace("_", " ").replace(".", " ")
