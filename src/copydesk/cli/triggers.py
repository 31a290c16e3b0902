"""`copydesk triggers`: the rules that say which events call which campaign's copy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import click

from copydesk.bootstrap import secret_of, utc_now
from copydesk.cli.example import example
from copydesk.cli.lines import Lines
from copydesk.cli.local import the_settings
from copydesk.cli.output import json_option, note, print_json, shown
from copydesk.desk.dry_run import DryRun, Outlook
from copydesk.errors import InputError, Problem
from copydesk.publishing import recipient_key
from copydesk.publishing.keyring import kept_key
from copydesk.publishing.triggers import Occurrence, TriggerBook


@click.group()
def triggers() -> None:
    """Try the rules of triggers on events."""


@example(
    "copydesk triggers test events.jsonl",
    "copydesk triggers test events.jsonl --rules triggers.yaml --json",
)
@triggers.command()
@click.argument("file")
@click.option(
    "--rules",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="File of rules; the one of the settings when left out.",
)
@click.option(
    "--after",
    type=click.FloatRange(0, 24 * 365),
    default=0,
    show_default=True,
    help="Hours after the last event at which a pull would come.",
)
@json_option
@click.pass_context
def test(ctx: click.Context, file: str, rules: Path | None, after: float, *, as_json: bool) -> None:
    """Say what a pull would get after the events of FILE, a JSON object a line; nothing is kept.

    The exit status is 2 when a line is no event, or the rules cannot be used.
    """
    settings = the_settings(ctx.obj)
    book = TriggerBook.load(rules or settings.triggers)
    if not book.triggers:
        raise InputError(
            [Problem("--rules", "", "name a file of rules: the setting `triggers` names none")]
        )
    secret = secret_of(settings)
    run = DryRun(book, partial(recipient_key, secret), partial(kept_key, secret))
    lines = Lines(file, Occurrence, lenient=False)
    for line in lines:
        run.hear(line.noun)
    for outlook in run.outlook(timedelta(hours=after), utc_now()):
        if as_json:
            print_json(outlook)
        else:
            click.echo(shown(" ".join(_told(outlook))))
    for kind in run.unheard:
        note(f"no rule names `{kind}`")
    ctx.exit(2 if lines.bad else 0)


def _told(outlook: Outlook) -> Iterator[str]:
    yield outlook.recipient_key[:12]
    yield f"{outlook.campaign}:"
    yield outlook.audience or f"withheld, since {outlook.withheld}"
    if outlook.rule:
        yield f"({outlook.rule})"
