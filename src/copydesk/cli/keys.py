"""`copydesk keys`: API keys for programs."""

from __future__ import annotations

import click
from rich.table import Table

from copydesk.access import Role
from copydesk.api.people import key_view
from copydesk.cli.desk import accounts
from copydesk.cli.example import example
from copydesk.cli.local import at_the_keyboard, the_settings
from copydesk.cli.output import console, json_option, note, print_json
from copydesk.cli.users import role_option

DAY = "%Y-%m-%d"


@click.group()
def keys() -> None:
    """Add, list and revoke API keys."""


@example('KEY=$(copydesk keys add braze --role puller --label "Braze, production")')
@keys.command()
@click.argument("user")
@role_option
@click.option("--label", default="", help="What it is for.")
@click.pass_context
def add(ctx: click.Context, user: str, roles: tuple[str, ...], label: str) -> None:
    """Make a key in some of the user's roles, and print its secret: this once, and never again."""
    with accounts(the_settings(ctx.obj)) as access:
        admin = at_the_keyboard(None, Role.ADMIN)
        made = access.add_key(user, tuple(map(Role, roles)), label, admin)
    click.echo(made.secret)
    note(f"Key {made.stored.id} of {user}. Keep the secret now: it is never shown again.")


@example("copydesk keys list braze")
@keys.command("list")
@click.argument("user")
@json_option
@click.pass_context
def listing(ctx: click.Context, user: str, *, as_json: bool) -> None:
    """List a user's keys, oldest first, revoked ones too."""
    with accounts(the_settings(ctx.obj)) as access:
        found = access.keys(user, at_the_keyboard(None, Role.ADMIN))
    if as_json:
        for key in found:
            print_json(key_view(key))
        return
    table = Table("id", "roles", "label", "since", "revoked", border_style="dim")
    for key in found:
        revoked = f"{key.revoked_at:{DAY}}" if key.revoked_at else ""
        row = (key.id, ", ".join(key.roles), key.label, f"{key.created_at:{DAY}}", revoked)
        table.add_row(*row)
    console().print(table)


@example("copydesk keys revoke cdk_0123abcd")
@keys.command()
@click.argument("key_id", metavar="ID")
@click.pass_context
def revoke(ctx: click.Context, key_id: str) -> None:
    """Make a key useless, at once. ID is what `copydesk keys list` shows."""
    with accounts(the_settings(ctx.obj)) as access:
        access.revoke_key(key_id, at_the_keyboard(None, Role.ADMIN))
    note(f"{key_id} is revoked.")
