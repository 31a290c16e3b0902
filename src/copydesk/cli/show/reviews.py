"""The review queue on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text as Shown

from copydesk.cli.output import console, shown
from copydesk.cli.show import words
from copydesk.desk.queueing import Ranked
from copydesk.review_queue import OPEN, ReviewItem
from copydesk.review_queue.priority import Priority

MINUTES = "%Y-%m-%d %H:%M"


def print_queue(found: Sequence[Ranked]) -> None:
    """Print one row for each item, in the order given."""
    screen = console()
    if not found:
        screen.print("Nothing waits.")
        return
    table = words.table("id", "points", "since", "campaign", "subject", "why", "state")
    for item, priority in found:
        subject = words.copy_text(item.copy_now.subject)
        since = f"{item.created_at:{MINUTES}}"
        state = item.state.value + (f", {item.holder}" if item.holder else "")
        points = f"{priority.points:.0f}" + (" late" if priority.is_late else "")
        table.add_row(item.id, points, since, item.campaign, subject, item.routed_because, state)
    screen.print(table)


def print_item(item: ReviewItem, priority: Priority) -> None:
    """Print the copy as it stands, how urgent it is, its findings, and what was decided."""
    screen = console()
    screen.print(Shown(f"{item.id}   {item.campaign}   {item.state.value}", "bold"))
    screen.print(Shown(f"asked for by {item.requester}; {item.routed_because}", "dim"))
    if item.state in OPEN:
        parts = "; ".join(f"{part.name} {part.points:.1f} ({part.why})" for part in priority.parts)
        screen.print(Shown(f"priority {priority.points:.1f}: {parts}", "dim"))
    screen.print(words.copy_table(item.copy_now))
    screen.print(words.verdict(item.checked.verdict))
    for found in item.checked.findings:
        screen.print(words.finding(found))
    for decision in item.decisions:
        said = shown(f"{decision.reason or ''} {decision.note or ''}".strip())
        screen.print(f"{decision.at:{MINUTES}}  {decision.actor}  {decision.act}  {said}".rstrip())
