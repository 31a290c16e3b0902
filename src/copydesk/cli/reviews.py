"""`copydesk reviews`: what waits for a person. Signing takes a password: pages or API."""

from __future__ import annotations

import click

from copydesk.access import Role
from copydesk.cli.desk import opened
from copydesk.cli.example import example
from copydesk.cli.local import at_the_keyboard, the_settings
from copydesk.cli.output import json_option, print_json
from copydesk.cli.show.reviews import print_item, print_queue
from copydesk.documents import shaped
from copydesk.review_queue import OPEN, State
from copydesk.review_queue.searching import Filter, Order


@click.group()
def reviews() -> None:
    """See what waits for a person.

    To decide, open the review pages (`copydesk serve`) or use the API: a decision is signed, so it
    takes a password or a key.
    """


@example("copydesk reviews list", "copydesk reviews list --state approved --json")
@reviews.command("list")
@click.option(
    "--state",
    type=click.Choice([state.value for state in State]),
    multiple=True,
    help="Only in this state; open ones when left out.",
)
@click.option("--campaign", help="Only this campaign.")
@click.option("--oldest", is_flag=True, help="Oldest first, not the most urgent.")
@click.option("--limit", default=50, show_default=True, help="At most so many.")
@json_option
@click.pass_context
def listing(
    ctx: click.Context,
    state: tuple[str, ...],
    campaign: str | None,
    limit: int,
    *,
    oldest: bool,
    as_json: bool,
) -> None:
    """List items, the most urgent first; those that are open when no state is named."""
    states = tuple(State(name) for name in state) or OPEN
    wanted = shaped({"state": states, "campaign": (campaign,) if campaign else ()}, Filter)
    order = Order.OLDEST if oldest else Order.PRIORITY
    with opened(the_settings(ctx.obj)) as desk:
        while desk.queueing.place_some():
            pass
        reader = at_the_keyboard(None, Role.REVIEWER)
        found = desk.queueing.page(reader, wanted, order, limit=limit).items
    if as_json:
        for ranked in found:
            print_json(ranked.item)
    else:
        print_queue(found)


@example("copydesk reviews show rev_0123456789abcdef0123")
@reviews.command()
@click.argument("item_id", metavar="ID")
@json_option
@click.pass_context
def show(ctx: click.Context, item_id: str, *, as_json: bool) -> None:
    """Show one item with its copy, its findings and what was decided so far."""
    with opened(the_settings(ctx.obj)) as desk:
        item = desk.reviewing.get(item_id, at_the_keyboard(None, Role.REVIEWER))
        priority = desk.queueing.priority(item)
    if as_json:
        print_json(item)
    else:
        print_item(item, priority)
