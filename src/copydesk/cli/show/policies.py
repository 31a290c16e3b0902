"""Policies, and what they would change, on a terminal."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text as Shown

from copydesk.cli.output import console, shown
from copydesk.desk.rehearsal import Change, Rehearsal
from copydesk.review_queue import Policy, Rule
from copydesk.review_queue.policy import NOTHING_MATCHED

SEGMENTS = 10


def print_policy(policy: Policy) -> None:
    """Print the rules in order, what decides when none matches, and the terms of trust."""
    screen = console()
    table = Table(expand=True, border_style="dim")
    for heading in ("rule", "when", "route", "because"):
        table.add_column(heading, overflow="fold")
    for rule in policy.rules:
        table.add_row(rule.name, _when(rule), _route(rule), rule.because)
    last = NOTHING_MATCHED
    table.add_row(last.rule, "no rule matches", last.route.value, last.because)
    screen.print(table)
    if policy.trust is None:
        screen.print("trust: no rule lets a segment leave review")
    else:
        terms = (f"{name} {value:g}" for name, value in policy.trust.model_dump().items())
        screen.print(f"trust: {', '.join(terms)}")
    screen.print(f"priority: {_weights(policy)}")
    screen.print(Shown(f"sha256 {policy.sha256}", "dim"))


def print_rehearsal(found: Rehearsal) -> None:
    """Print what would change, by route, segment and example."""
    screen = console()
    said = f"{found.copies} copies, {found.unchanged} keep their route"
    if found.other_rule:
        said += f", {found.other_rule} of them by another rule"
    screen.print(f"{said}. To a person: {found.reviewed_before} then, {found.reviewed_after} now.")
    for change in found.changes:
        screen.print()
        screen.print(Shown(f"{change.before} → {change.after}: {change.copies}", "bold"))
        screen.print(_segments(change))
        for one in change.examples:
            rules = f"{one.decided_by} → {one.would_be_decided_by}"
            screen.print(f"  {one.variant_id}  {one.verdict}  {rules}  “{shown(one.subject)}”")
    screen.print()
    screen.print(Shown("Nothing was changed.", "dim"))


def _segments(change: Change) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2))
    table.add_column(justify="right")
    table.add_column(overflow="fold")
    for segment, copies in list(change.segments.items())[:SEGMENTS]:
        table.add_row(str(copies), shown(segment))
    if len(change.segments) > SEGMENTS:
        table.add_row("", f"and {len(change.segments) - SEGMENTS} segments more")
    return table


def _when(rule: Rule) -> str:
    given = rule.when.model_dump(mode="json", exclude_none=True)
    return "\n".join(
        f"{name}: {', '.join(value) if isinstance(value, list) else str(value).lower()}"
        for name, value in given.items()
    )


def _weights(policy: Policy) -> str:
    weights = policy.priority.model_dump(mode="json")
    every = {**weights, **weights.pop("severities")}
    return ", ".join(f"{name} {value}" for name, value in every.items() if name != "severities")


def _route(rule: Rule) -> str:
    said = [rule.route.value]
    said += ["unless trusted"] if rule.trust else []
    said += [f"within {rule.sla_hours:g} h"] if rule.sla_hours is not None else []
    said += [f"{rule.points:+g} points"] if rule.points else []
    return ", ".join(said)
