"""The answer of `copydesk rank` on a terminal."""

from __future__ import annotations

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
    title = Shown(shown(ranking.id or f"line {number}"), "bold")
    table = Table(title=title, title_justify="left", expand=True, border_style="dim")
    table.add_column("", justify="right")
    table.add_column("score", no_wrap=True)
    table.add_column("subject", ratio=2)
    heading = "what moves it most" if _is_learned(ranking) else "least points for"
    table.add_column(heading, ratio=3, style="dim")
    subjects = {c.id: c.copy_.subject.render() for c in request.candidates}
    for place, scored in enumerate(ranking.ranking, start=1):
        span = f"{scored.score:.2f}  {scored.low:.2f} to {scored.high:.2f}"
        table.add_row(str(place), span, shown(subjects[scored.id]), _telling(scored))
    console().print(table)
    if ranking.abstained:
        console().print(Shown(f"Do not rely on this order: {shown(ranking.abstained)}.", "yellow"))


def _is_learned(ranking: Ranking) -> bool:
    return any(part.name == START for part in ranking.ranking[0].breakdown)


def _telling(scored: Scored) -> str:
    """Return what moves a learned score most; of the rules of the craft, what is missed most."""
    if not any(part.name == START for part in scored.breakdown):
        parts = sorted(scored.breakdown, key=lambda part: part.points)[:MOST_TELLING]
        return "; ".join(f"{_name(part)}: {part.why}" for part in parts)
    moved = [part for part in scored.breakdown if part.name != START and part.points]
    parts = sorted(moved, key=lambda part: -abs(part.points))[:MOST_TELLING]
    return "; ".join(f"{_name(part)} {part.points:+.2f}: {part.why}" for part in parts)


def _name(part: Part) -> str:
    return part.name.replace("_", " ").replace(".", " ")
