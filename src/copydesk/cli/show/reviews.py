"""The review queue on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text as Shown

from copydesk.cli.output import console, shown
from copydesk.cli.show import words
from copydesk.review_queue import ReviewItem

MINUTES = "%Y-%m-%d %H:%M"


def print_queue(items: Sequence[ReviewItem]) -> None:
    """Print one row for each item, oldest first."""
    screen = console()
    if not items:
        screen.print("Nothing waits.")
        return
    table = Table(expand=True, border_style="dim")
    for heading in ("id", "since", "campaign", "subject", "why", "state"):
        table.add_column(heading, overflow="fold")
    for item in items:
        subject = words.copy_text(item.copy_now.subject)
        since = f"{item.created_at:{MINUTES}}"
        state = item.state.value + (f", {item.holder}" if item.holder else "")
        table.add_row(item.id, since, item.campaign, subject, item.routed_because, state)
    screen.print(table)


def print_item(item: ReviewItem) -> None:
    """Print the copy as it stands, its findings, and what was decided."""
    screen = console()
    screen.print(Shown(f"{item.id}   {item.campaign}   {item.state.value}", "bold"))
    screen.print(Shown(f"asked for by {item.requester}; {item.routed_because}", "dim"))
    screen.print(words.copy_table(item.copy_now))
    screen.print(words.verdict(item.checked.verdict))
    for found in item.checked.findings:
        screen.print(words.finding(found))
    for decision in item.decisions:
        said = shown(f"{decision.reason or ''} {decision.note or ''}".strip())
        screen.print(f"{decision.at:{MINUTES}}  {decision.actor}  {decision.act}  {said}".rstrip())
