"""The record on a terminal."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rich.table import Table
from rich.text import Text as Shown

from copydesk.cli.output import console, shown
from copydesk.review_queue import AuditChain, AuditEntry

MINUTES, SECONDS = "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"


def chain_data(chain: AuditChain) -> dict[str, object]:
    """Return what was found, for programs."""
    found = chain._asdict()
    del found["walked"]  # it is all of them
    return {"holds": chain.fault is None, **found}


def print_chain(chain: AuditChain) -> None:
    """Print whether the record holds, what is wrong with it, and what to keep elsewhere."""
    screen = console()
    if chain.fault is None:
        screen.print(Shown("The record holds.", "bold"))
    else:
        where = f" at number {chain.broken_at}" if chain.broken_at is not None else ""
        screen.print(Shown(f"The record does not hold{where}: {shown(chain.fault)}.", "bold"))
    if chain.found is not None:
        screen.print(f"What stands there: {shown(chain.found)}", soft_wrap=True)
    screen.print(f"count {chain.events}")
    screen.print(f"head  {chain.sha256}", soft_wrap=True)


def print_entries(entries: Sequence[AuditEntry]) -> None:
    """Print one row for each event, newest first."""
    screen = console()
    if not entries:
        screen.print("Nothing is on record.")
        return
    table = Table(border_style="dim")
    for heading in ("number", "at", "act"):
        table.add_column(heading, no_wrap=True)
    for heading in ("actor", "about"):
        table.add_column(heading, overflow="fold")
    for entry in entries:
        event = entry.event
        cells = (f"{event.at:{MINUTES}}", event.act, event.actor, event.subject)
        table.add_row(str(entry.number), *map(shown, cells))
    screen.print(table)


def print_entry(entry: AuditEntry) -> None:
    """Print one event with its details and hashes."""
    screen, event = console(), entry.event
    said = f"{entry.number}   {event.act}   by {event.actor}, about {event.subject}"
    screen.print(Shown(shown(said), "bold"))
    screen.print(f"{event.at:{SECONDS}} UTC")
    details = json.dumps(event.details, indent=2, ensure_ascii=False)
    screen.print(shown(details), soft_wrap=True)
    screen.print(f"hash  {entry.sha256}", soft_wrap=True)
    screen.print(f"after {entry.previous}", soft_wrap=True)
