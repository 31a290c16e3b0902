"""`copydesk outcomes`: what recipients did, from files, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import get_args

import click
from rich.table import Table

from copydesk import documents
from copydesk.access import Actor, Role
from copydesk.bootstrap import attributing_of, secret_of, sorting_of, utc_now
from copydesk.cli.example import example
from copydesk.cli.local import at_the_keyboard, the_settings
from copydesk.cli.options import limit_option
from copydesk.cli.output import console, json_option, note, print_data, print_json, shown
from copydesk.desk.importing import Imported, Importing
from copydesk.desk.sorting import Sorting
from copydesk.feedback import OutcomeKind
from copydesk.feedback.reading import Defaults
from copydesk.feedback.tools import Tool, tool_named, tools
from copydesk.publishing import recipient_key
from copydesk.settings import Settings
from copydesk.storage import Store
from copydesk.storage.build import open_store

BAD_INPUT = 2
COUNTED = ("rows", "events", "new", "passed_over", "bad")
TOLD_MAX = 100
"""So many rows that do not fit are told one by one."""

tool_option = click.option("--tool", type=click.Choice(sorted(tools())), help="Of this tool alone.")


@example("copydesk outcomes import events.csv --tool marketo", "copydesk outcomes rejected")
@click.group()
def outcomes() -> None:
    """Import what recipients did, and see what tools delivered that could not be read."""


@example(
    "copydesk outcomes import events.csv --tool marketo",
    "copydesk outcomes import link_clicks.csv --tool listmonk --kind click --campaign spring",
)
@outcomes.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--tool",
    required=True,
    metavar="TOOL",
    help=f"Whose file it is: {', '.join(sorted(tools()))}; or a .yaml file of yours, like theirs.",
)
@click.option(
    "--kind",
    type=click.Choice(get_args(OutcomeKind)),
    help="What all rows tell that do not say it themselves.",
)
@click.option("--campaign", default="", help="Of rows that do not name one.")
@click.option("--variant", help="Of rows that do not name one.")
@json_option
@click.pass_context
def importing(
    ctx: click.Context,
    file: Path,
    tool: str,
    kind: OutcomeKind | None,
    campaign: str,
    variant: str | None,
    *,
    as_json: bool,
) -> None:
    """Import a file: CSV, TSV, JSON, JSON Lines or Parquet, by its ending.

    It is read row by row and kept some thousand at a time. Broken off, run it again: what is kept
    already is not kept twice. Rows that do not fit are told by number, the others are imported, and
    the exit status is 2.
    """
    shape = _shape(tool)
    told = _Told()
    with _opened(ctx) as (settings, store, sorting):
        key = partial(recipient_key, secret_of(settings))
        run = Importing(store, sorting, key, utc_now)
        done = run.run(file, shape, Defaults(kind, campaign, variant), _operator(), told.refuse)
    told.end()
    counted = {name: getattr(done, name) for name in COUNTED}
    if as_json:
        print_data(counted)
    else:
        note(_counted(done))
    if done.bad:
        ctx.exit(BAD_INPUT)


@example("copydesk outcomes rejected", "copydesk outcomes rejected --tool braze --json")
@outcomes.command()
@tool_option
@limit_option(10_000)
@json_option
@click.pass_context
def rejected(ctx: click.Context, tool: str | None, limit: int, *, as_json: bool) -> None:
    """List delivered events that could not be read, newest first: none is lost."""
    with _opened(ctx) as (_, _, sorting):
        found = sorting.unread(_operator(), tool, limit)
    for one in found:
        if as_json:
            print_json(one)
        else:
            where = "whole" if one.place < 0 else f"event {one.place}"
            click.echo(shown(f"{one.tool} {one.at:%Y-%m-%d %H:%M} {one.delivery} {where}"))
            click.echo(shown(f"  {one.why}\n  {one.event}"))
    if not found and not as_json:
        note("Everything that was delivered could be read.")


@example("copydesk outcomes retry --tool braze")
@outcomes.command()
@tool_option
@click.pass_context
def retry(ctx: click.Context, tool: str | None) -> None:
    """Read again what could not be read, and attribute what belonged to no campaign.

    As after an update, or when the file of attribution knows more of the tool's ids.
    """
    with _opened(ctx) as (settings, store, sorting):
        number = sorting.again(_operator(), tool)
        sorting.everything()
        left = sum(count.unread for count in sorting.counts().values())
        placed = attributing_of(settings, store).again(_operator(), tool)
    note(f"{number} deliveries read again; {left} events still cannot be read.")
    note(f"{placed.placed:,} events found their campaign; {placed.left:,} still belong to none.")


@example("copydesk outcomes read")
@outcomes.command()
@click.pass_context
def read(ctx: click.Context) -> None:
    """Read what waits, without a server: `copydesk serve` does so by itself."""
    with _opened(ctx) as (_, _, sorting):
        sorting.everything()
        counts = sorting.counts()
    left = sum(count.unread for count in counts.values())
    note(f"Nothing waits; {left} events could not be read.")


@example("copydesk outcomes count spring")
@outcomes.command()
@click.argument("campaign")
@json_option
@click.pass_context
def count(ctx: click.Context, campaign: str, *, as_json: bool) -> None:
    """Count a campaign's events by variant, kind and whether people did it."""
    with _opened(ctx) as (_, store, _), store.transaction() as tx:
        found = tx.outcomes.tally(campaign)
    if as_json:
        print_data([one._asdict() for one in found])
        return
    if not found:
        note(f"Nothing is known of campaign {shown(campaign)}: no outcome names it.")
        return
    table = Table("variant", "kind", "human", "events", border_style="dim")
    for one in found:
        table.add_row(one.variant_id or "not known", one.kind, one.human, f"{one.events:,}")
    console().print(table)


def _counted(done: Imported) -> str:
    found = f"{done.rows:,} rows, {done.events:,} events, {done.new:,} new"
    passed = f", {done.passed_over:,} passed over: they tell of no outcome" * bool(done.passed_over)
    return f"{found}{passed}; {done.bad:,} bad" if done.bad else f"{found}{passed}"


class _Told:
    """Prints rows that do not fit, the first of them."""

    def __init__(self) -> None:
        self._number = 0

    def refuse(self, why: str) -> None:
        self._number += 1
        if self._number <= TOLD_MAX:
            note(shown(why))

    def end(self) -> None:
        if self._number > TOLD_MAX:
            note(f"and {self._number - TOLD_MAX:,} more rows that do not fit")


def _shape(tool: str) -> Tool:
    """Return what a tool's columns mean, by its name or by a file. Raises InputError."""
    is_file = tool.endswith((".yaml", ".yml"))
    return documents.load(Path(tool), Tool) if is_file else tool_named(tool)


def _operator() -> Actor:
    return at_the_keyboard(None, Role.ADMIN)


@contextmanager
def _opened(ctx: click.Context) -> Iterator[tuple[Settings, Store, Sorting]]:
    """Open outcomes alone: rules are not compiled, which would take seconds."""
    settings = the_settings(ctx.obj)
    store = open_store(settings.database_url)
    try:
        yield settings, store, sorting_of(settings, store)
    finally:
        store.close()
