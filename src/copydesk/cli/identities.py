"""`copydesk keys ...` for the keys that recipients are known by, and what opens them alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import click

from copydesk.access import Role
from copydesk.bootstrap import secret_of, utc_now
from copydesk.cli.example import example
from copydesk.cli.local import at_the_keyboard, the_settings
from copydesk.cli.output import note
from copydesk.desk.identities import OVERLAP, Identities
from copydesk.settings import Settings
from copydesk.storage.build import open_store

DAYS_MAX = 3_650


@contextmanager
def identities(settings: Settings) -> Iterator[Identities]:
    """Open the keys of recipients alone: rules are not compiled, which would take seconds."""
    store = open_store(settings.database_url)
    try:
        found = Identities(store, utc_now, secret_of(settings))
        found.follow()
        yield found
    finally:
        store.close()


@example("copydesk keys rotate-recipient-key", "copydesk keys rotate-recipient-key --overlap 7")
@click.command("rotate-recipient-key")
@click.option(
    "--overlap",
    type=click.IntRange(0, DAYS_MAX),
    metavar="DAYS",
    default=OVERLAP.days,
    show_default=True,
    help="For so long keys of before are taken at pull as well.",
)
@click.pass_context
def rotate(ctx: click.Context, overlap: int) -> None:
    """Hand out new keys of recipients; those of now end after the overlap.

    Every recipient stays who they are: variants, outcomes and objections are kept under a key that
    never leaves. Give callers new keys with `copydesk keys of-recipients`.
    """
    with identities(the_settings(ctx.obj)) as found:
        ring = found.rotate(timedelta(days=overlap), at_the_keyboard(None, Role.ADMIN))
    ends = ring.ends[ring.newest - 1]
    note(f"Keys are k{ring.newest} now. Those of before are taken until {ends:%Y-%m-%d %H:%M} UTC.")


@example("copydesk keys of-recipients 4711", "copydesk keys of-recipients < ids.txt > keys.tsv")
@click.command("of-recipients")
@click.argument("recipients", metavar="[ID]...", nargs=-1)
@click.pass_context
def of_recipients(ctx: click.Context, recipients: tuple[str, ...]) -> None:
    """Print the key of each recipient as `ID<tab>KEY`; without IDs, of each line of the input."""
    with identities(the_settings(ctx.obj)) as found:
        for recipient in recipients or (line.rstrip("\r\n") for line in sys.stdin):
            if recipient:
                click.echo(f"{recipient}\t{found.ring.key_for(recipient)}")
