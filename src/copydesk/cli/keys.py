"""`copydesk keys`: API keys for programs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click
from rich.table import Column, Table

from copydesk.access import ApiKey, Role
from copydesk.api.people import key_view
from copydesk.cli.desk import accounts
from copydesk.cli.example import example
from copydesk.cli.identities import of_recipients, rotate
from copydesk.cli.local import at_the_keyboard, the_settings
from copydesk.cli.output import console, json_option, note, print_json
from copydesk.cli.scopes import ROLE_NAMES

DAY = "%Y-%m-%d"
DAYS_MAX = 3_650


@click.group()
def keys() -> None:
    """Add, list and revoke API keys."""


@example(
    'KEY=$(copydesk keys add braze --role puller --label "Braze, production")',
    "copydesk keys add braze --role puller --brand Northpeak --expires 90",
)
@keys.command()
@click.argument("user")
@click.option(
    "--role",
    "roles",
    type=click.Choice(ROLE_NAMES),
    multiple=True,
    required=True,
    help="Of the user's own. May be given several times: roles add up.",
)
@click.option(
    "--brand",
    "brands",
    metavar="NAME",
    multiple=True,
    help="For this brand alone, of those that the user acts for. May be given several times.",
)
@click.option(
    "--expires",
    "days",
    type=click.IntRange(1, DAYS_MAX),
    metavar="DAYS",
    help="After so many days it opens nothing. Left out, it does not expire.",
)
@click.option("--label", default="", help="What it is for.")
@click.pass_context
def add(
    ctx: click.Context,
    user: str,
    roles: tuple[str, ...],
    brands: tuple[str, ...],
    days: int | None,
    label: str,
) -> None:
    """Make a key in some of the user's roles, and print its secret: this once, and never again."""
    ends = datetime.now(UTC) + timedelta(days=days) if days else None
    with accounts(the_settings(ctx.obj)) as access:
        admin = at_the_keyboard(None, Role.ADMIN)
        made = access.add_key(user, tuple(map(Role, roles)), label, admin, brands, ends)
    click.echo(made.secret)
    note(f"Key {made.stored.id} of {user}. Keep the secret now: it is never shown again.")


@example("copydesk keys list", "copydesk keys list braze")
@keys.command("list")
@click.argument("user", required=False)
@json_option
@click.pass_context
def listing(ctx: click.Context, user: str | None, *, as_json: bool) -> None:
    """List a user's keys, oldest first, revoked ones too; without a user everybody's."""
    with accounts(the_settings(ctx.obj)) as access:
        admin = at_the_keyboard(None, Role.ADMIN)
        found = access.keys(user, admin) if user else access.all_keys(admin)
    if as_json:
        for key in found:
            print_json(key_view(key))
        return
    # Whole, however narrow the terminal: `keys revoke` takes it, letter by letter.
    whole = Column("id", no_wrap=True, min_width=max((len(key.id) for key in found), default=0))
    told = ("user", "may", "label", "since", "last used", "ends")
    table = Table(whole, *told, border_style="dim")
    for key in found:
        used = f"{key.last_used_at:{DAY}}" if key.last_used_at else "never"
        row = (key.id, key.user, _may(key), key.label, f"{key.created_at:{DAY}}", used, _ends(key))
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


keys.add_command(rotate)
keys.add_command(of_recipients)


def _may(key: ApiKey) -> str:
    roles = ", ".join(key.roles)
    return f"{roles} for {', '.join(key.brands)}" if key.brands else roles


def _ends(key: ApiKey) -> str:
    if key.revoked_at is not None:
        return f"revoked {key.revoked_at:{DAY}}"
    return f"{key.expires_at:{DAY}}" if key.expires_at is not None else ""
