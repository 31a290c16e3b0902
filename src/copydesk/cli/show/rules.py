"""Rules on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table
from rich.text import Text as Shown

from copydesk.cli.output import console, shown
from copydesk.cli.show import words
from copydesk.guardrails.kinds import Rule
from copydesk.guardrails.overrides import Override
from copydesk.guardrails.rule import RuleCase
from copydesk.variants import Slot


def print_rules(rules: Sequence[Rule]) -> None:
    """Print one row for each rule."""
    table = Table("rule", "severity", "what it says", expand=True, border_style="dim")
    table.columns[0].overflow = "fold"
    for rule in rules:
        severity = Shown(rule.severity.value, words.SEVERITY[rule.severity])
        scope = ", ".join((*rule.jurisdictions, *rule.sectors))
        said = Shown.assemble(shown(rule.message), (f"  {scope}", "dim"))
        table.add_row(rule.id, severity, said)
    console().print(table)
    console().print(f"{len(rules)} rules")


def print_rule(rule: Rule, override: Override | None = None) -> None:
    """Print everything about one rule."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    if override is not None:
        table.add_row(
            "house", shown(f"{override.severity}: {override.reason or 'no reason given'}")
        )
    for name, value in _said(rule):
        if value:
            table.add_row(name, shown(value))
    console().print(table)


def _said(rule: Rule) -> Iterator[tuple[str, str]]:
    elsewhere = ", ".join(f"{place}: {severity}" for place, severity in rule.severity_in.items())
    yield "rule", rule.id
    yield "category", rule.category
    yield "severity", rule.severity.value + (f" ({elsewhere})" if elsewhere else "")
    yield "says", rule.message
    yield "why", rule.why
    yield "law", " ".join(filter(None, (rule.citation, rule.link)))
    yield "unverified", "" if rule.verified else rule.verified_note or ""
    yield "law of", ", ".join(rule.jurisdictions) or "everywhere"
    yield "sectors", ", ".join(rule.sectors) or "all"
    yield "slots", ", ".join(rule.slots)
    yield "decided by", rule.reviewer or ""
    for name, cases in (("must flag", rule.must_flag), ("must pass", rule.must_pass)):
        for case in cases:
            yield name, _text(case)


def _text(case: RuleCase) -> str:
    slots = (f"{slot.value}: {getattr(case, slot)}" for slot in Slot if getattr(case, slot))
    return case.text or "; ".join(slots)
