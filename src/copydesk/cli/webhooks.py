"""`copydesk webhooks`: the secrets by which campaign tools are known that post outcomes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

import click
from rich.table import Column, Table

from copydesk.access import Actor, Role
from copydesk.bootstrap import secret_of, tool_keys_of
from copydesk.cli.example import example
from copydesk.cli.local import at_the_keyboard, the_settings
from copydesk.cli.output import console, note, shown
from copydesk.desk.tool_keys import ToolKeys
from copydesk.feedback.tools import tools
from copydesk.feedback.webhooks import posting
from copydesk.storage.build import open_store

DAY = "%Y-%m-%d"


@example("copydesk webhooks add braze", "copydesk webhooks list")
@click.group()
def webhooks() -> None:
    """Add, list and revoke secrets of tools that post outcomes to /v1/outcomes/TOOL."""


@example(
    "SECRET=$(copydesk webhooks add braze)",
    "copydesk webhooks add sendgrid --key-file verification-key.txt",
    "copydesk webhooks add klaviyo --brand Northpeak",
)
@webhooks.command()
@click.argument("tool", type=click.Choice(posting()))
@click.option(
    "--key-file",
    type=click.File(),
    help="The key that the tool shows, in a file; `-` for standard input.",
)
@click.option("--brand", "brands", multiple=True, help="Only outcomes of this brand's campaigns.")
@click.pass_context
def add(ctx: click.Context, tool: str, key_file: TextIO | None, brands: tuple[str, ...]) -> None:
    """Keep a secret of TOOL: a new one, printed this once; or the key that the tool made.

    Secrets that are there stay good, so that one can take another's place: revoke the old one when
    the tool uses the new.
    """
    given = key_file.read() if key_file is not None else None
    with _opened(ctx) as keys:
        made = keys.add(tool, given, _operator(), brands)
    if given is None:
        click.echo(made.secret)
        note("Paste it in the tool now: it is never shown again.")
    note(f"{made.stored.id}: {tools()[tool].title} posts to /v1/outcomes/{tool}")


@example("copydesk webhooks await sfmc")
@webhooks.command("await")
@click.argument("tool", type=click.Choice(posting()))
@click.pass_context
def awaiting(ctx: click.Context, tool: str) -> None:
    """Take the one unsigned message by which TOOL asks whether it is wanted, for four hours.

    `copydesk webhooks list` then shows what it said.
    """
    with _opened(ctx) as keys:
        made = keys.wait_for_handshake(tool, _operator())
    note(f"Until {made.ends_at:%Y-%m-%d %H:%M} UTC: let the tool ask at /v1/outcomes/{tool}")


@example("copydesk webhooks list")
@webhooks.command("list")
@click.pass_context
def listing(ctx: click.Context) -> None:
    """List secrets that are kept here, by tool; never the secrets themselves."""
    with _opened(ctx) as keys:
        found, asked = keys.all(_operator()), keys.handshakes(_operator())
    table = Table(Column("id", no_wrap=True), "tool", "brands", "since", "ends", border_style="dim")
    for one in found:
        ends = f"{one.ends_at:{DAY}}" if one.ends_at is not None else ""
        what = f"{one.tool} (asks)" if one.handshake else one.tool
        brands = shown(", ".join(one.brands) or "all")
        table.add_row(one.id, what, brands, f"{one.made_at:{DAY}}", ends)
    console().print(table)
    for stored, said in asked:
        told = ", ".join(f"{name} {value}" for name, value in said.items())
        note(shown(f"{stored.tool} asked: {told}" if told else f"{stored.tool} has not asked yet"))


@example("copydesk webhooks revoke whs_0123456789ab")
@webhooks.command()
@click.argument("secret_id", metavar="ID")
@click.pass_context
def revoke(ctx: click.Context, secret_id: str) -> None:
    """Let a secret open nothing any more, at once."""
    with _opened(ctx) as keys:
        keys.end(secret_id, _operator())
    note(f"{secret_id} is revoked.")


def _operator() -> Actor:
    return at_the_keyboard(None, Role.ADMIN)


@contextmanager
def _opened(ctx: click.Context) -> Iterator[ToolKeys]:
    """Open the secrets alone: rules are not compiled, which would take seconds."""
    settings = the_settings(ctx.obj)
    store = open_store(settings.database_url)
    try:
        yield tool_keys_of(settings, store, secret_of(settings))
    finally:
        store.close()
