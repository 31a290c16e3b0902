"""`copydesk generate`: variants for a brief, checked, ranked, and routed."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import click

from copydesk.access import Actor, Role
from copydesk.cli.asking import ask, read_documents
from copydesk.cli.desk import opened
from copydesk.cli.example import example
from copydesk.cli.local import at_the_keyboard, the_settings
from copydesk.cli.output import json_option, print_json, working
from copydesk.cli.show.variants import print_generation
from copydesk.documents import shaped
from copydesk.errors import GenerationError
from copydesk.generations import GenerationRequest, GenerationState
from copydesk.publishing import DIALECTS
from copydesk.settings import ModelName, Settings

document = click.Path(path_type=Path, dir_okay=False)


@example(
    "copydesk generate --brief examples/outdoor/briefs/spring-boots.yaml \\",
    "    --brand examples/outdoor/brand.yaml \\",
    "    --audience examples/outdoor/audiences/lapsed-walkers.yaml -n 3",
)
@click.command()
@click.option("--brief", type=document, help="YAML or JSON: what to write about.")
@click.option("--brand", type=document, help="YAML or JSON: whose voice.")
@click.option("--audience", type=document, help="YAML or JSON: for whom.")
@click.option(
    "--batch",
    metavar="FILE.jsonl",
    help="In place of the three: one request a line, asked by the provider's batch API.",
)
@click.option("-n", "count", default=5, show_default=True, help="How many variants, up to 20.")
@click.option("--campaign", help="Campaign that the copy is for; named anew when left out.")
@click.option(
    "--dialect",
    "dialects",
    multiple=True,
    type=click.Choice(DIALECTS),
    help="Tool that sends it, may be repeated: what it cannot write is not approved.",
)
@click.option("--seed", default=0, show_default=True, help="Same request, same seed: same copy.")
@click.option("--model", type=click.Choice(get_args(ModelName)), help="Model that writes.")
@click.option("--as", "name", help="User that asks; the login's name when left out.")
@click.option("--no-save", is_flag=True, help="Keep nothing: no campaign, no review, no copy.")
@json_option
@click.pass_context
def generate(  # noqa: PLR0913 - one parameter for each option of the command
    ctx: click.Context,
    *,
    brief: Path | None,
    brand: Path | None,
    audience: Path | None,
    batch: str | None,
    count: int,
    campaign: str | None,
    dialects: tuple[str, ...],
    seed: int,
    model: str | None,
    name: str | None,
    no_save: bool,
    as_json: bool,
) -> None:
    """Write variants for a brief: checked against its facts, ranked, and sent where policy says.

    What passes every check may be approved at once; the rest waits for a person or is blocked, as
    the routing policy has it. Where nothing else is configured, the phrase book writes: no key,
    no network.

    With --batch each line of a file is a request as POST /v1/generations takes it. The provider
    answers within a day, for less money. Stopped, and run again, it goes on where it was.
    """
    changes = {"model": model, "database_url": "memory://" if no_save else None}
    settings, actor = the_settings(ctx.obj, **changes), at_the_keyboard(name, Role.REQUESTER)
    if batch is not None:
        _in_batch(settings, batch, actor, as_json=as_json)
        return
    if brief is None or brand is None or audience is None:
        raise click.UsageError("give --brief, --brand and --audience, or --batch FILE.jsonl")
    read = read_documents(brief, brand, audience)
    wanted = {**read._asdict(), "n": count, "campaign": campaign, "seed": seed}
    wanted["dialects"] = list(dialects)
    request = shaped(wanted, GenerationRequest)
    with opened(settings) as desk, working("Writing"):
        generation = ask(desk, request, actor)
    if as_json:
        print_json(generation)
    else:
        print_generation(generation, saved=not no_save)
    if generation.state is GenerationState.FAILED:
        raise GenerationError(generation.error)


def _in_batch(settings: Settings, file: str, actor: Actor, *, as_json: bool) -> None:
    from copydesk.cli.batching import ask_in_batch, read_requests

    requests = read_requests(file)
    with opened(settings) as desk:
        generations = ask_in_batch(desk, requests, actor)
    for generation in generations:
        if as_json:
            print_json(generation)
        else:
            said = generation.error or f"{len(generation.variants)} variants"
            click.echo(f"{generation.id}  {generation.campaign}  {generation.state.value}  {said}")
    failed = sum(generation.state is GenerationState.FAILED for generation in generations)
    if failed:
        raise GenerationError(f"{failed} of {len(generations)} generations failed")
