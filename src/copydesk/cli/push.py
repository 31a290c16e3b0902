"""`copydesk push`: approved copy put into a tool that cannot pull."""

from __future__ import annotations

import time

import click

from copydesk.bootstrap import Copydesk
from copydesk.cli.desk import opened
from copydesk.cli.example import example
from copydesk.cli.local import at_the_keyboard, the_settings
from copydesk.cli.output import json_option, note, print_json, shown
from copydesk.desk.exporting import MAY_TAKE
from copydesk.desk.pushing import PushStanding

LOOK_S = 0.2


@example(
    "copydesk push --tool klaviyo --campaign spring-boots",
    "copydesk push --tool klaviyo --campaign spring-boots --wait 0",
)
@click.command()
@click.option("--tool", required=True, help="Target, as the file `push_targets` names it.")
@click.option("--campaign", required=True, help="Name of the campaign.")
@click.option("--audience", help="Only copy for this audience.")
@click.option(
    "--wait",
    type=click.FloatRange(0, 86_400),
    default=300,
    show_default=True,
    help="Seconds to see it through; what is left then goes on by `copydesk serve`.",
)
@json_option
@click.pass_context
def push(
    ctx: click.Context,
    tool: str,
    campaign: str,
    audience: str | None,
    wait: float,
    *,
    as_json: bool,
) -> None:
    """Put approved copy of a campaign that holds at this moment into a tool.

    Each copy is put there once, however often this is run: a second run carries on what the first
    one left. The exit status is 1 when some of it was given up, or is not there in time.
    """
    with opened(the_settings(ctx.obj)) as desk:
        actor = at_the_keyboard(None, *MAY_TAKE)
        asked = desk.pushing.ask(campaign, tool, actor, audience)
        _work(desk, asked.id, wait)
        found = desk.pushing.get(asked.id, actor)
    if as_json:
        print_json(found)
    else:
        _print(found)
    if wait and (not found.is_over or found.counts.get("failed")):
        ctx.exit(1)


def _work(desk: Copydesk, push_id: str, wait: float) -> None:
    """Make the tries of all pushes that are due, until this one is over or the time is up."""
    until = time.monotonic() + wait
    actor = at_the_keyboard(None, *MAY_TAKE)
    while time.monotonic() < until and not desk.pushing.get(push_id, actor).is_over:
        due = desk.posting.round()
        for try_id in due:
            desk.posting.run(try_id)
        if not due:
            time.sleep(LOOK_S)


def _print(found: PushStanding) -> None:
    for place in found.places:
        words = [place.told, place.audience, place.variant, place.trouble or place.said]
        click.echo(shown("  ".join(filter(None, words))))
    for reason in found.left_out:
        note(f"left out: {shown(reason)}")
    note(f"{found.id}: {', '.join(f'{n} {told}' for told, n in found.counts.items())}")
