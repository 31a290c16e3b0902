"""The command, and how its results are shown."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

import click
from rich.text import Text

from copydesk.cli.conformance import contract, hostile  # they register their checks
from copydesk.cli.conformance.calling import Caller
from copydesk.cli.conformance.rules import ToolRules, pull_tools
from copydesk.cli.conformance.suite import Result, Subject, run_all
from copydesk.cli.example import example
from copydesk.cli.output import console, json_option, print_json, shown
from copydesk.errors import InputError, Problem

FAILED = 1
SUITES = (contract, hostile)


@example(
    "copydesk conformance https://copydesk.example --key $KEY --campaign spring --dialect braze",
)
@click.command()
@click.argument("url")
@click.option("--key", required=True, envvar="COPYDESK_KEY", help="A key of role puller.")
@click.option("--campaign", required=True, help="One with approved copy, or a fallback.")
@click.option("--audience", help="Segment; needed where the campaign has several.")
@click.option(
    "--dialect",
    "tool",
    type=click.Choice(sorted(pull_tools())),
    default="braze",
    show_default=True,
    help="The tool whose rules are checked.",
)
@json_option
@click.pass_context
def conformance(
    ctx: click.Context,
    url: str,
    key: str,
    campaign: str,
    audience: str | None,
    tool: str,
    *,
    as_json: bool,
) -> None:
    """Check a running server as the tool calls it: many at once, slow, repeated and hostile.

    Nothing is changed on the server; it counts a few hundred pulls. Ends with status 1 when a rule
    is not kept.
    """
    rules = pull_tools()[tool]
    address = urlsplit(url if "://" in url else f"http://{url}")
    if address.scheme not in {"http", "https"} or not address.hostname:
        raise InputError([Problem("url", url, "give the address of a server, as https://HOST")])
    caller = Caller(address, key, campaign, rules.dialect, audience, rules.timeout_s)
    results = run_all(Subject(caller, rules))
    passed = _as_json(results) if as_json else _as_lines(results, rules)
    ctx.exit(0 if passed else FAILED)


def _as_json(results: Iterable[Result]) -> bool:
    passed = True
    for result in results:
        print_json(result)
        passed &= result.passed
    return passed


def _as_lines(results: Iterable[Result], rules: ToolRules) -> bool:
    screen, failed, count = console(), 0, 0
    screen.print(Text(f"{rules.tool}: {' '.join(rules.note.split())}", "dim"))
    screen.print(Text(f"Rules from {rules.source} ({rules.checked})", "dim"))
    for result in results:
        count, failed = count + 1, failed + (not result.passed)
        mark = ("ok    ", "green") if result.passed else ("FAILED", "bold red")
        screen.print(Text.assemble(mark, f" {result.check:<34} {shown(result.seen)}"))
        if not result.passed:
            screen.print(Text(f"       {result.rule}", "yellow"))
    screen.print(f"{count - failed} of {count} rules kept.")
    return failed == 0
