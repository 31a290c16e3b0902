"""Pulled copy on a terminal."""

from __future__ import annotations

from rich.text import Text as Shown

from copydesk.cli.output import console, shown
from copydesk.publishing.pull import Pulled


def print_pulled(pulled: Pulled) -> None:
    """Print the texts as the tool gets them, and what the approval rests on."""
    screen = console()
    for slot, text in pulled.texts.items():
        line = Shown.assemble((f"{slot.value:<10}", "dim"), shown(text))
        screen.print(line, soft_wrap=True)
    signed = f"{pulled.variant_id}, approved by {pulled.approved_by}"
    screen.print(Shown(f"{signed}\napproval {pulled.approval_hash}", "dim"))
    for reason in pulled.withheld:
        screen.print(Shown(shown(reason), "yellow"))
