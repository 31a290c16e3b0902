"""Pieces of text for a terminal: verdicts with their sign, copy with its merge tags marked."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text as Shown

from copydesk.cli.output import shown
from copydesk.guardrails import Binding, Finding, Severity, Verdict
from copydesk.review_queue import Route
from copydesk.variants import Copy, MergeTag, Text

VERDICT = {
    Verdict.PASS: ("✓ pass", "green"),
    Verdict.REVIEW: ("● review", "yellow"),
    Verdict.BLOCK: ("✗ block", "red"),
}
ROUTE = {
    Route.APPROVED: ("✓ approved", "green"),
    Route.REVIEW: ("● waits for a person", "yellow"),
    Route.BLOCKED: ("✗ blocked", "red"),
}
SEVERITY = {
    Severity.BLOCK: "red",
    Severity.REVIEW: "yellow",
    Severity.WARN: "cyan",
    Severity.INFO: "dim",
}


def verdict(of: Verdict) -> Shown:
    """Return the verdict with its sign: told apart by sign and word, not by colour alone."""
    return Shown.assemble(VERDICT[of])


def route(of: Route) -> Shown:
    """Return where a variant went, with its sign."""
    return Shown.assemble(ROUTE[of])


def copy_text(text: Text) -> Shown:
    """Return the text of a slot with its merge tags set off from the words."""
    written = Shown()
    for node in text.nodes:
        written.append(shown(str(node)), "magenta" if isinstance(node, MergeTag) else "")
    return written


def table(*headings: str, title: str = "") -> Table:
    """Return an empty table as wide as the terminal, whose cells are folded."""
    told = Shown(title, "bold") if title else None
    made = Table(title=told, title_justify="left", expand=True, border_style="dim")
    for heading in headings:
        made.add_column(heading, overflow="fold")
    return made


def copy_table(copy: Copy) -> Table:
    """Return a copy slot by slot, the name of each beside its text."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for slot, text in copy.slots():
        table.add_row(slot.value, copy_text(text))
    return table


def finding(of: Finding) -> Shown:
    """Return a finding in one paragraph: how bad, where, what, and by which rule."""
    said = Shown()
    said.append(of.severity.value, SEVERITY[of.severity])
    said.append(f" {of.slot.value} ")
    if of.match and of.match not in of.message:
        said.append(f"“{shown(of.match)}” ", "bold")
    said.append(shown(of.message))
    said.append(f"  {of.rule}", "dim")
    if of.citation:
        said.append(f"  {of.citation}", "dim italic")
    return said


def binding(of: Binding) -> Shown:
    """Return what a claim rests on, in one line."""
    said = Shown(f"{of.slot.value} ", "dim")
    said.append(f"“{shown(of.match)}”")
    if of.rests_on:
        said.append(f" rests on {', '.join(map(shown, of.rests_on))}", "dim")
    else:
        said.append(" rests on nothing in the brief", "yellow")
    return said
