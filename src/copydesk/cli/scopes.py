"""Roles and brands as options: what a user may do, what a key may."""

from __future__ import annotations

from collections.abc import Sequence

import click

from copydesk.access import Role

ROLE_NAMES = [role.value for role in Role]

roles_option = click.option(
    "--role",
    "roles",
    type=click.Choice(ROLE_NAMES),
    multiple=True,
    help="For every brand. May be given several times: roles add up.",
)
brand_roles_option = click.option(
    "--brand",
    "brand_roles",
    metavar="NAME=ROLE,ROLE",
    multiple=True,
    callback=lambda _, __, given: dict(map(_brand_roles, given)),
    help="Roles for one brand alone, by its name in the brand file. May be given several times.",
)


def some(roles: Sequence[str], brand_roles: dict[str, tuple[Role, ...]]) -> tuple[Role, ...]:
    """Return the roles for every brand. Raises UsageError where there is none for any brand."""
    if not roles and not brand_roles:
        raise click.UsageError("Give a role: --role for every brand, or --brand NAME=ROLE for one.")
    return tuple(map(Role, roles))


def _brand_roles(given: str) -> tuple[str, tuple[Role, ...]]:
    brand, _, named = given.rpartition("=")
    roles = [name.strip() for name in named.split(",") if name.strip()]
    if not brand.strip() or not roles or set(roles) - {*ROLE_NAMES}:
        right = f"write NAME=ROLE,ROLE with roles among {', '.join(ROLE_NAMES)}"
        raise click.BadParameter(f"{given!r}: {right}")
    return brand.strip(), tuple(map(Role, roles))
