"""`copydesk timing`: when recipients answer, and who has had enough."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from copydesk.bootstrap import secret_of, timing_of
from copydesk.cli.example import example
from copydesk.cli.local import the_settings
from copydesk.cli.output import json_option, print_json, shown
from copydesk.desk.keeping_time import KeepingTime
from copydesk.publishing.keyring import kept_key
from copydesk.storage.build import open_store


@example("copydesk timing update", "copydesk timing show Northpeak 5f2c0a")
@click.group()
def timing() -> None:
    """Count when recipients answer, and say what their history tells of one."""


@example("copydesk timing update")
@timing.command()
@click.pass_context
def update(ctx: click.Context) -> None:
    """Count every brand's outcomes anew: once a night is enough.

    What is told of single recipients is drawn towards these counts.
    """
    with _opened(ctx) as keeping:
        for brand, sent, answers in keeping.update():
            click.echo(shown(f"{brand}: {answers:,} answers to {sent:,} messages"))


@example("copydesk timing show Northpeak 5f2c0a", "copydesk timing show Northpeak 5f2c0a --json")
@timing.command()
@click.argument("brand")
@click.argument("key")
@json_option
@click.pass_context
def show(ctx: click.Context, brand: str, key: str, *, as_json: bool) -> None:
    """Print what the history of BRAND with the recipient of KEY tells, and why, or why nothing."""
    with _opened(ctx) as keeping:
        told = keeping.explained(brand, kept_key(secret_of(the_settings(ctx.obj)), key))
    if as_json:
        print_json(told)
        return
    click.echo(shown(f"hours: {told.hours}"))
    click.echo(shown(f"fatigue: {told.fatigue}"))


@contextmanager
def _opened(ctx: click.Context) -> Iterator[KeepingTime]:
    settings = the_settings(ctx.obj)
    store = open_store(settings.database_url)
    try:
        yield timing_of(settings, store)
    finally:
        store.close()
