"""The answer of `copydesk rank` on a terminal."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text as Shown

from copydesk.cli.output import console, shown
from copydesk.ranking import Ranking, RankRequest, Scored

MOST_TELLING = 3
"""Parts shown for a candidate: those that cost it most."""


def print_ranking(ranking: Ranking, request: RankRequest, number: int) -> None:
    """Print the candidates of one line, best first, with what cost each the most."""
    title = Shown(shown(ranking.id or f"line {number}"), "bold")
    table = Table(title=title, title_justify="left", expand=True, border_style="dim")
    table.add_column("", justify="right")
    table.add_column("score", no_wrap=True)
    table.add_column("subject", ratio=2)
    table.add_column("least points for", ratio=3, style="dim")
    subjects = {c.id: c.copy_.subject.render() for c in request.candidates}
    for place, scored in enumerate(ranking.ranking, start=1):
        span = f"{scored.score:.2f}  {scored.low:.2f} to {scored.high:.2f}"
        table.add_row(str(place), span, shown(subjects[scored.id]), _weakest(scored))
    console().print(table)
    if ranking.abstained:
        console().print(Shown(f"Do not rely on this order: {ranking.abstained}.", "yellow"))


def _weakest(scored: Scored) -> str:
    parts = sorted(scored.breakdown, key=lambda part: part.points)[:MOST_TELLING]
    return "; ".join(f"{part.name.replace('_', ' ')}: {part.why}" for part in parts)
