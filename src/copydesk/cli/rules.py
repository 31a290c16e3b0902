"""`copydesk rules`: what the checks look for, by which law, and what clears it."""

from __future__ import annotations

from pathlib import Path

import click

from copydesk.cli.example import example
from copydesk.cli.local import the_settings
from copydesk.cli.output import json_option, print_json
from copydesk.cli.show.rules import print_rule, print_rules
from copydesk.guardrails.cases import failed_cases
from copydesk.guardrails.packs import RuleBook, load_packs


@click.group()
def rules() -> None:
    """List and explain the rules of the checks: the shipped ones and those of the settings."""


@example("copydesk rules list", "copydesk rules list --category legal --jurisdiction EU")
@rules.command("list")
@click.option("--category", default="", help="Only categories that begin like this.")
@click.option("--jurisdiction", help="Only what is law there, or everywhere.")
@json_option
@click.pass_context
def listing(ctx: click.Context, category: str, jurisdiction: str | None, *, as_json: bool) -> None:
    """List rules, in the order of their packs."""
    found = [
        rule
        for rule in _book(ctx.obj)
        if rule.category.startswith(category)
        and (jurisdiction is None or not rule.jurisdictions or jurisdiction in rule.jurisdictions)
    ]
    if as_json:
        for rule in found:
            print_json(rule)
    else:
        print_rules(found)


@example("copydesk rules explain us.free_claim.conditions")
@rules.command()
@click.argument("rule_id", metavar="RULE")
@json_option
@click.pass_context
def explain(ctx: click.Context, rule_id: str, *, as_json: bool) -> None:
    """Explain one rule: what it says and why, the law, and what it must flag and must pass."""
    book = _book(ctx.obj)
    rule = book.explain(rule_id)
    if as_json:
        print_json(rule)
    else:
        print_rule(rule, book.overrides.get(rule_id))


@example("copydesk rules test house-rules.yaml")
@rules.command("test")
@click.argument("pack", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_context
def testing(ctx: click.Context, pack: Path) -> None:
    """Run the cases of one pack, and exit 1 when a rule flags or passes what it should not."""
    failures = failed_cases(pack)
    for failure in failures:
        click.echo(str(failure))
    click.echo(f"{len(failures)} cases failed" if failures else "every case holds")
    ctx.exit(1 if failures else 0)


def _book(settings: Path) -> RuleBook:
    found = the_settings(settings)
    return load_packs(found.rule_packs, found.rule_overrides)
