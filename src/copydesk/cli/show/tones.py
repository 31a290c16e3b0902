"""The answer of `copydesk brand score` on a terminal."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text as Shown

from copydesk.brand_voice.tone import ToneScore
from copydesk.cli.output import console, shown

FURTHEST = 3
"""Sentences shown, those furthest from the brand."""


def print_tone(name: str, tone: ToneScore) -> None:
    """Print a text's score, what it is made of, and its sentences furthest from the brand."""
    screen = console()
    if tone.score is None or tone.usual is None:
        screen.print(Shown(f"{shown(name)}: no score: {tone.abstained}", "yellow"))
        return
    low, high = tone.usual
    head = (
        f"{shown(name)}: {tone.score:.0f} of 100; the brand's own sentences {low:.0f} to {high:.0f}"
    )
    screen.print(Shown(head, "bold"))
    table = Table.grid(padding=(0, 2))
    for part in tone.breakdown:
        sign = Shown(f"{part.log_odds:+.2f}", "red" if part.log_odds < 0 else "green")
        table.add_row(sign, part.name, Shown(shown(part.why), "dim"))
    screen.print(table)
    for sentence in sorted(tone.sentences, key=lambda one: one.score)[:FURTHEST]:
        screen.print(f"{sentence.score:4.0f}  {shown(sentence.text)}")
