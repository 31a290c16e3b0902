"""`copydesk pull`: approved copy, as a campaign tool gets it."""

from __future__ import annotations

import click

from copydesk.access import Role
from copydesk.cli.desk import opened
from copydesk.cli.example import example
from copydesk.cli.local import at_the_keyboard, the_settings
from copydesk.cli.options import dialect_option
from copydesk.cli.output import json_option, print_json
from copydesk.cli.show.pulled import print_pulled
from copydesk.publishing.pull import PullQuery
from copydesk.variants import Slot


@example(
    "copydesk pull spring-boots",
    "copydesk pull spring-boots --recipient 4711 --dialect braze --json",
)
@click.command()
@click.argument("campaign")
@click.option("--recipient", help="Opaque id of a recipient: decides among several variants.")
@click.option("--audience", help="Segment; needed where a campaign has several.")
@click.option("--slot", type=click.Choice([s.value for s in Slot]), multiple=True, help="Only it.")
@dialect_option
@json_option
@click.pass_context
def pull(
    ctx: click.Context,
    campaign: str,
    recipient: str | None,
    audience: str | None,
    slot: tuple[str, ...],
    dialect: str,
    *,
    as_json: bool,
) -> None:
    """Print approved copy of a campaign, merge tags in the syntax of the tool that sends it.

    Approvals are checked again at this moment: copy whose offer ended or whose facts changed is
    not served.
    """
    slots = tuple(Slot(name) for name in slot) or tuple(Slot)
    with opened(the_settings(ctx.obj)) as desk:
        desk.identities.follow()
        key = desk.identities.handing()(recipient) if recipient else None
        query = PullQuery(campaign, key, audience, slots, dialect)
        pulled = desk.serving.pull(query, at_the_keyboard(None, Role.PULLER))
    if as_json:
        print_json(pulled)
    else:
        print_pulled(pulled)
