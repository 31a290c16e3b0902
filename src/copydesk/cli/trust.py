"""`copydesk trust`: which segments have earned to leave review, and why."""

from __future__ import annotations

import click

from copydesk.access import Role
from copydesk.cli.desk import opened
from copydesk.cli.example import example
from copydesk.cli.local import at_the_keyboard, the_settings
from copydesk.cli.output import json_option, note, print_json
from copydesk.cli.show.trust import print_explained, print_standings


@click.group()
def trust() -> None:
    """See which segments have earned to leave review, and why."""


@example("copydesk trust list", "copydesk trust list --brand Northpeak --json")
@trust.command("list")
@click.option("--brand", help="Only segments of this brand.")
@json_option
@click.pass_context
def listing(ctx: click.Context, brand: str | None, *, as_json: bool) -> None:
    """List segments, with what is known of how often people approve their copy as written."""
    with opened(the_settings(ctx.obj)) as desk:
        found = desk.trusting.standings(at_the_keyboard(None, Role.REVIEWER), brand)
        terms = desk.policy.trust
    if as_json:
        for standing in found:
            print_json(standing)
    else:
        print_standings(found, terms)


@example("copydesk trust explain Northpeak/winback/lapsed-runners")
@trust.command()
@click.argument("segment")
@json_option
@click.pass_context
def explain(ctx: click.Context, segment: str, *, as_json: bool) -> None:
    """Explain how a segment stands: SEGMENT is written as BRAND/KIND/AUDIENCE."""
    with opened(the_settings(ctx.obj)) as desk:
        actor = at_the_keyboard(None, Role.REVIEWER)
        standing, terms, entries = desk.trusting.explain(segment, actor)
    if as_json:
        print_json(standing)
    else:
        print_explained(standing, terms, entries)


@example("copydesk trust rebuild")
@trust.command()
@click.pass_context
def rebuild(ctx: click.Context) -> None:
    """Write the ledger anew from what was generated and decided.

    For copy of before there was a ledger. Where it is whole, nothing changes.
    """
    with opened(the_settings(ctx.obj)) as desk:
        number = desk.trusting.rebuild()
    note(f"{number} entries")
