"""`copydesk users`: who may sign in, and in which roles."""

from __future__ import annotations

import sys

import click
from rich.table import Table

from copydesk.access import Role, User, roles_told
from copydesk.api.people import user_view
from copydesk.cli.desk import accounts
from copydesk.cli.example import example
from copydesk.cli.local import at_the_keyboard, the_settings
from copydesk.cli.output import console, json_option, note, print_json
from copydesk.cli.scopes import brand_roles_option, roles_option, some

BrandRoles = dict[str, tuple[Role, ...]]


@click.group()
def users() -> None:
    """Add, list and disable users.

    Whoever asks for copy cannot approve it, whatever their roles: four eyes need two users.
    """


@example(
    "copydesk users add maria --role requester",
    "copydesk users add jonas --role reviewer --role approver",
    'copydesk users add li --brand "Northpeak=reviewer,approver"',
    "copydesk users add braze --role puller --no-password",
)
@users.command()
@click.argument("name")
@roles_option
@brand_roles_option
@click.option("--no-password", is_flag=True, help="For a program that only uses keys.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.pass_context
def add(
    ctx: click.Context,
    name: str,
    roles: tuple[str, ...],
    brand_roles: BrandRoles,
    *,
    no_password: bool,
    password_stdin: bool,
) -> None:
    """Add a user; the password is asked for, twelve characters or more."""
    everywhere = some(roles, brand_roles)
    password = None if no_password else _password(from_stdin=password_stdin)
    with accounts(the_settings(ctx.obj)) as access:
        admin = at_the_keyboard(None, Role.ADMIN)
        user = access.add_user(name, everywhere, password, admin, brand_roles)
    note(f"Added {user.name}: {_told(user)}.")


@example(
    "copydesk users roles maria --role requester --role puller",
    'copydesk users roles li --brand "Northpeak=reviewer" --brand "Fjord=requester"',
)
@users.command("roles")
@click.argument("name")
@roles_option
@brand_roles_option
@click.pass_context
def set_roles(
    ctx: click.Context, name: str, roles: tuple[str, ...], brand_roles: BrandRoles
) -> None:
    """Give a user these roles and no others; keys and sessions follow at once."""
    everywhere = some(roles, brand_roles)
    with accounts(the_settings(ctx.obj)) as access:
        admin = at_the_keyboard(None, Role.ADMIN)
        user = access.set_roles(name, everywhere, admin, brand_roles)
    note(f"{user.name} has: {_told(user)}.")


@example("copydesk users reviews-as jonas legal principal", "copydesk users reviews-as jonas")
@users.command("reviews-as")
@click.argument("name")
@click.argument("reviewer_roles", nargs=-1)
@click.pass_context
def reviews_as(ctx: click.Context, name: str, reviewer_roles: tuple[str, ...]) -> None:
    """Say which reviewer roles a user holds: these and no others, none when none is named.

    They are what rules and policy ask for by name, as `legal`. To sign in them takes the role
    approver as well.
    """
    with accounts(the_settings(ctx.obj)) as access:
        admin = at_the_keyboard(None, Role.ADMIN)
        user = access.set_reviewer_roles(name, reviewer_roles, admin)
    note(f"{name} reviews as {', '.join(user.reviews_as) or 'nothing in particular'}.")


@example("copydesk users list", "copydesk users list --json")
@users.command("list")
@json_option
@click.pass_context
def listing(ctx: click.Context, *, as_json: bool) -> None:
    """List users, by name."""
    with accounts(the_settings(ctx.obj)) as access:
        found = access.users(at_the_keyboard(None, Role.ADMIN))
    if as_json:
        for user in found:
            print_json(user_view(user))
        return
    table = Table("name", "roles", "reviews as", "signs in with", border_style="dim")
    for user in found:
        table.add_row(user.name, _told(user), ", ".join(user.reviews_as), _way_in(user))
    console().print(table)


@example("copydesk users disable maria")
@users.command()
@click.argument("name")
@click.pass_context
def disable(ctx: click.Context, name: str) -> None:
    """Shut a user out: sessions and keys stop working; what they did stays on record."""
    with accounts(the_settings(ctx.obj)) as access:
        access.disable_user(name, at_the_keyboard(None, Role.ADMIN))
    note(f"{name} is disabled.")


@example("copydesk users enable maria")
@users.command()
@click.argument("name")
@click.pass_context
def enable(ctx: click.Context, name: str) -> None:
    """Let a user in again."""
    with accounts(the_settings(ctx.obj)) as access:
        access.enable_user(name, at_the_keyboard(None, Role.ADMIN))
    note(f"{name} is enabled.")


@example("copydesk users password maria")
@users.command("password")
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.pass_context
def set_password(ctx: click.Context, name: str, *, password_stdin: bool) -> None:
    """Set a user's password anew: it is asked for, twelve characters or more."""
    password = _password(from_stdin=password_stdin)
    with accounts(the_settings(ctx.obj)) as access:
        access.set_password(name, password, at_the_keyboard(None, Role.ADMIN))
    note(f"{name} has another password.")


@example("copydesk users sign-out maria")
@users.command("sign-out")
@click.argument("name")
@click.pass_context
def sign_out(ctx: click.Context, name: str) -> None:
    """End all of a user's sessions; keys go on."""
    with accounts(the_settings(ctx.obj)) as access:
        ended = access.sign_out_everywhere(name, at_the_keyboard(None, Role.ADMIN))
    note(f"{name} is signed out ({ended} {'session' if ended == 1 else 'sessions'}).")


@example("copydesk users unlink maria@northpeak.example")
@users.command()
@click.argument("name")
@click.pass_context
def unlink(ctx: click.Context, name: str) -> None:
    """Let go of a user's account at the sign-in provider: the next of that name is taken.

    For a person who got another account there, never for a name that went to somebody else.
    """
    with accounts(the_settings(ctx.obj)) as access:
        access.unlink(name, at_the_keyboard(None, Role.ADMIN))
    note(f"{name} is whoever signs in under that name next.")


def _way_in(user: User) -> str:
    if user.disabled:
        return "disabled"
    ways = {"password": user.password_hash, "provider": user.identity}
    return ", ".join(way for way, there in ways.items() if there) or "keys only"


def _told(user: User) -> str:
    return roles_told(user.roles, user.brand_roles) or "no role"


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return password
