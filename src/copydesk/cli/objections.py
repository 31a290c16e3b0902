"""`copydesk objections`: recipients who object to copy made from what is known about them."""

from __future__ import annotations

import click

from copydesk.access import Role
from copydesk.cli.example import example
from copydesk.cli.identities import identities
from copydesk.cli.local import at_the_keyboard, the_settings
from copydesk.cli.output import note

ME = (Role.PULLER, Role.ADMIN)


@click.group()
def objections() -> None:
    """Note who objects to personal copy, and who took that back."""


@example("copydesk objections add d6f1c2a7e0b94f35", "copydesk objections add --recipient 4711")
@objections.command()
@click.argument("keys", metavar="[KEY]...", nargs=-1)
@click.option("--recipient", "recipients", multiple=True, help="An id, where you have no key.")
@click.pass_context
def add(ctx: click.Context, keys: tuple[str, ...], recipients: tuple[str, ...]) -> None:
    """Note that recipients object: they get generic copy only, from the next pull on."""
    with identities(the_settings(ctx.obj)) as found:
        named = (*keys, *map(found.ring.key_for, recipients))
        new = found.object(named, at_the_keyboard(None, *ME))
    note(f"{new} of {len(named)} are new.")


@example("copydesk objections remove d6f1c2a7e0b94f35")
@objections.command()
@click.argument("keys", metavar="KEY...", nargs=-1, required=True)
@click.pass_context
def remove(ctx: click.Context, keys: tuple[str, ...]) -> None:
    """Note that recipients took their objections back."""
    with identities(the_settings(ctx.obj)) as found:
        ended = found.take_back(keys, at_the_keyboard(None, *ME))
    note(f"{ended} of {len(keys)} had objected.")


@example("copydesk objections show d6f1c2a7e0b94f35")
@objections.command()
@click.argument("key")
@click.pass_context
def show(ctx: click.Context, key: str) -> None:
    """Print whether a recipient objects: `yes` or `no`."""
    with identities(the_settings(ctx.obj)) as found:
        click.echo("yes" if found.objects(key, at_the_keyboard(None, *ME)) else "no")
