"""Messages, on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from copydesk.cli.output import console, shown
from copydesk.desk.notifying import Standing
from copydesk.notifications import Delivery

MINUTES = "%Y-%m-%d %H:%M"


def print_deliveries(found: Sequence[Delivery], standing: Standing) -> None:
    """Print one row for each message, and how messages get through."""
    screen = console()
    if found:
        table = Table(expand=True, border_style="dim")
        for heading in ("message", "state", "event", "about", "to", "tries"):
            table.add_column(heading, overflow="fold")
        for one in found:
            table.add_row(*map(shown, _row(one)))
        screen.print(table)
    for one in found:
        if one.trouble is not None:
            screen.print(f"{one.id}: {shown(one.trouble)}")
    screen.print(standing.told if found else f"No message. Notifications: {standing.told}")


def _row(one: Delivery) -> tuple[str, ...]:
    to = f"{one.channel}: {one.person}" if one.person else one.channel
    more = f" and {len(one.notices) - 1} more" if len(one.notices) > 1 else ""
    return (
        one.id,
        f"{one.state.value} {one.sent_at or one.next_at:{MINUTES}}",
        one.event.value + more,
        one.about,
        to,
        str(one.tries),
    )
