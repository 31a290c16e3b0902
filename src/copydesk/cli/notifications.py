"""`copydesk notifications`: what was told, what did not get through, and channels put to a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from copydesk.access import Actor, Role
from copydesk.bootstrap import notifying_of
from copydesk.cli.example import example
from copydesk.cli.local import at_the_keyboard, the_settings
from copydesk.cli.options import limit_option
from copydesk.cli.output import json_option, note, print_json, shown
from copydesk.cli.show.notifications import print_deliveries
from copydesk.desk.notifying import Notifying
from copydesk.notifications import DeliveryState
from copydesk.review_queue import Policy
from copydesk.review_queue.placing import Placer
from copydesk.storage.build import open_store


@click.group()
def notifications() -> None:
    """See what people and programs were told, try again what failed, and test a channel."""


@example("copydesk notifications list --failed", "copydesk notifications list --json")
@notifications.command("list")
@click.option("--failed", is_flag=True, help="Only messages that were given up.")
@limit_option(1_000)
@json_option
@click.pass_context
def listing(ctx: click.Context, limit: int, *, failed: bool, as_json: bool) -> None:
    """List the newest messages, with where they stand and why a try failed."""
    wanted = DeliveryState.FAILED if failed else None
    with _opened(ctx) as notifying:
        found = notifying.deliveries(_operator(), wanted, limit)
        standing = notifying.standing()
    if as_json:
        for delivery in found:
            print_json(delivery)
    else:
        print_deliveries(found, standing)


@example("copydesk notifications retry dlv_0f2a", "copydesk notifications retry --all")
@notifications.command()
@click.argument("delivery", required=False)
@click.option("--all", "every", is_flag=True, help="All messages that were given up.")
@click.pass_context
def retry(ctx: click.Context, delivery: str | None, *, every: bool) -> None:
    """Have a message tried again that was given up; a running `copydesk serve` sends it."""
    if (delivery is None) != every:
        raise click.UsageError("Name one message, or say --all.")
    with _opened(ctx) as notifying:
        names = [delivery] if delivery else _given_up(notifying)
        for name in names:
            notifying.retry(name, _operator())
    note(f"{len(names)} to be tried again")


@example("copydesk notifications test ops", "copydesk notifications test mail --to maria")
@notifications.command()
@click.argument("channel")
@click.option("--to", help="For mail: an address, or a user's name.")
@click.pass_context
def test(ctx: click.Context, channel: str, to: str | None) -> None:
    """Send a test by CHANNEL for real, at once, and print what the receiver said.

    The exit status is 1 when it does not get through.
    """
    with _opened(ctx) as notifying:
        said = notifying.test(channel, _operator(), to)
    click.echo(shown(said))


def _given_up(notifying: Notifying) -> list[str]:
    found = notifying.deliveries(_operator(), DeliveryState.FAILED, 1000)
    return [delivery.id for delivery in found]


def _operator() -> Actor:
    return at_the_keyboard(None, Role.ADMIN)


@contextmanager
def _opened(ctx: click.Context) -> Iterator[Notifying]:
    """Open the outbox alone: rules are not compiled, which would take seconds."""
    settings = the_settings(ctx.obj)
    policy = Policy.load(settings.policy)
    store = open_store(settings.database_url)
    try:
        yield notifying_of(settings, store, policy, Placer(policy))
    finally:
        store.close()
