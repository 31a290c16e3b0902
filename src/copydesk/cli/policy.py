"""`copydesk policy`: the routing policy in force, and what another one would have done."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from copydesk.cli.desk import opened
from copydesk.cli.example import example
from copydesk.cli.local import the_settings
from copydesk.cli.output import json_option, print_json
from copydesk.cli.show.policies import print_policy, print_rehearsal
from copydesk.desk.rehearsal import Rehearsing
from copydesk.review_queue import Policy

file_argument = click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False
)


@click.group()
def policy() -> None:
    """Show the routing policy, and try another one on copy of the past."""


@example("copydesk policy show", "copydesk policy show stricter.yaml")
@policy.command()
@file_argument
@json_option
@click.pass_context
def show(ctx: click.Context, file: Path | None, *, as_json: bool) -> None:
    """Show the rules in their order: those of FILE, or those in force."""
    found = Policy.load(file or the_settings(ctx.obj).policy)
    if as_json:
        print_json(found)
    else:
        print_policy(found)


@example("copydesk policy test stricter.yaml", "copydesk policy test --since 2026-10-01")
@policy.command("test")
@file_argument
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
    help="Only copy of that day or later (UTC); all when left out.",
)
@json_option
@click.pass_context
def testing(
    ctx: click.Context, file: Path | None, since: datetime | None, *, as_json: bool
) -> None:
    """Route the copy of the past by FILE, or by the policy in force, and show what would change.

    Nothing is changed: neither routes nor approvals. Note that approvals are bound to the policy:
    when another one comes into force, they are void.
    """
    settings = the_settings(ctx.obj)
    tried = Policy.load(file or settings.policy)
    moment = since.replace(tzinfo=UTC) if since else None
    with opened(settings) as desk:
        found = Rehearsing(desk.store, desk.trusting).run(tried, moment)
    if as_json:
        print_json(found)
    else:
        print_rehearsal(found)
