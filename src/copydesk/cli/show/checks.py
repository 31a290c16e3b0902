"""The answer of `copydesk check` on a terminal: a table, and a summary under it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Group
from rich.table import Table
from rich.text import Text as Shown

from copydesk.cli.output import console, shown
from copydesk.cli.show import words
from copydesk.guardrails import Verdict
from copydesk.guardrails.checking import BoundAnswer, CheckAnswer


def print_checks(answers: Sequence[CheckAnswer]) -> None:
    """Print one row for each answer, then how many there are of each verdict."""
    table = Table(show_lines=True, expand=True, border_style="dim")
    table.add_column("id", overflow="fold")
    table.add_column("verdict", no_wrap=True)
    table.add_column("findings", ratio=1, overflow="fold")
    for answer in answers:
        bound = (answer.bindings or ()) if isinstance(answer, BoundAnswer) else ()
        findings = Group(*map(words.finding, answer.findings), *map(words.binding, bound))
        table.add_row(shown(answer.id or ""), words.verdict(answer.verdict), findings)
    screen = console()
    if answers:
        screen.print(table)
    screen.print(_summary(answers))


def _summary(answers: Sequence[CheckAnswer]) -> Shown:
    counts = Counter(answer.verdict for answer in answers)
    parts = [Shown(f"{len(answers)} checked")]
    for verdict in Verdict:
        sign, colour = words.VERDICT[verdict]
        parts.append(Shown(f"{sign} {counts[verdict]}", colour))
    return Shown("   ").join(parts)
