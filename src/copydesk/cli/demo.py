"""`copydesk demo`: the main job on an example, from the brief to the pull."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import get_args

import click

from copydesk.access import Actor, Role
from copydesk.bootstrap import utc_now
from copydesk.cli import examples
from copydesk.cli.desk import opened
from copydesk.cli.example import example
from copydesk.cli.local import the_settings
from copydesk.cli.show.demo import Stage, play
from copydesk.settings import ModelName

MARIA = Actor("maria", frozenset({Role.REQUESTER, Role.APPROVER, Role.PULLER}))
JONAS = Actor("jonas", frozenset({Role.REVIEWER, Role.APPROVER}))


@example("copydesk demo", "copydesk demo --example bank --database sqlite:///demo.db")
@click.command()
@click.option("--example", "name", default="outdoor", show_default=True, help="Which example.")
@click.option("--database", help="Keep what is made in this database; else it is thrown away.")
@click.option(
    "--model",
    type=click.Choice(get_args(ModelName)),
    default="phrasebook",
    help="Model that writes.",
    show_default=True,
)
@click.option(
    "-n",
    "count",
    type=click.IntRange(1, 20),
    default=3,
    show_default=True,
    help="How many variants for each audience.",
)
@click.pass_context
def demo(ctx: click.Context, name: str, database: str | None, model: str, count: int) -> None:
    """Run the main job on an example: write, check, rank, review, sign, pull.

    Needs no key, no network and no server: the phrase book writes. The examples' dates are moved,
    so that their offers run today.
    """
    read = examples.load(name, utc_now())
    with tempfile.TemporaryDirectory(prefix="copydesk-") as folder:
        url = database or f"sqlite:///{Path(folder) / 'demo.db'}"
        with opened(the_settings(ctx.obj, database_url=url, model=model)) as desk:
            play(Stage(desk, read, MARIA, JONAS, count))
