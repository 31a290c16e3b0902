"""Pieces of text for a terminal: verdicts with their sign, copy with its merge tags marked."""

from __future__ import annotations

from rich.text import Text as Shown

from copydesk.cli.output import shown
from copydesk.guardrails import Finding, Severity, Verdict
from copydesk.review_queue import Route
from copydesk.variants import MergeTag, Text

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


def finding(of: Finding) -> Shown:
    """Return a finding in one paragraph: how bad, where, what, and by which rule."""
    said = Shown()
    said.append(of.severity.value, SEVERITY[of.severity])
    said.append(f" {of.slot.value} ")
    if of.match:
        said.append(f"“{shown(of.match)}” ", "bold")
    said.append(shown(of.message))
    said.append(f"  {of.rule}", "dim")
    if of.citation:
        said.append(f"  {of.citation}", "dim italic")
    return said
