"""`copydesk eval`: the same briefs through several models and prompts, side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from copydesk.bootstrap import Copydesk, choice
from copydesk.cli.desk import opened
from copydesk.cli.example import example
from copydesk.cli.local import the_settings
from copydesk.cli.output import json_option, note, print_json
from copydesk.cli.show.evaluations import print_evaluation
from copydesk.errors import InputError
from copydesk.evaluation import (
    BriefCase,
    Entrant,
    Evaluation,
    named_model,
    page,
    read_cases,
    read_examples,
    record,
    short_names,
)
from copydesk.evaluation import evaluate as run_all
from copydesk.generations import GenerationRequest
from copydesk.prompts import PROMPT_VERSION, prompt_versions
from copydesk.publishing.examples import Example, Lessons, nearest
from copydesk.publishing.likeness import likeness
from copydesk.steps import Desk

PROMPTLESS = {"phrasebook"}
"""Models that write the same whatever the prompt says."""


@example(
    "copydesk eval examples/outdoor --models phrasebook",
    "copydesk eval examples/outdoor --models openai:gpt-5-mini,phrasebook --html eval.html",
)
@click.command("eval")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--models",
    default="phrasebook",
    show_default=True,
    help="phrasebook, openai, openai:MODEL, local:PATH, scripted:FILE; commas between them.",
)
@click.option("--prompts", help="Versions of the prompts, as v1,v2; the one in use if left out.")
@click.option(
    "-n",
    "count",
    type=click.IntRange(1, 20),
    default=5,
    show_default=True,
    help="Variants of each request.",
)
@click.option("--seed", default=0, show_default=True, help="Same seed, same copy, where it can.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write a page here.")
@click.option(
    "--record",
    "record_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a record in Markdown here, to keep beside the decision.",
)
@json_option
@click.pass_context
def evaluate(  # noqa: PLR0913 - one parameter for each option of the command
    ctx: click.Context,
    *,
    folder: Path,
    models: str,
    prompts: str | None,
    count: int,
    seed: int,
    html: Path | None,
    record_file: Path | None,
    as_json: bool,
) -> None:
    """Send the same briefs through several models and prompts, and compare what comes of it.

    FOLDER holds brand.yaml, briefs/*.yaml and audiences/*.yaml, as examples/outdoor does: every
    brief is written for every audience. approved/*.yaml, where it is there, is copy for prompts to
    show, each {"brief": NAME, "copy": {...}}. Nothing is stored, and no model stands in for one
    that fails. With several versions of the prompts it says whether the figures speak for a later
    one; a person promotes it.
    """
    settings = the_settings(ctx.obj, database_url="memory://", model="phrasebook")
    cases, approved = read_cases(folder, count, seed), read_examples(folder)
    with opened(settings) as desk:
        entrants = _entrants(desk, _listed(models), _listed(prompts or PROMPT_VERSION))
        evaluation = asyncio.run(_run(folder, cases, entrants, _learning(desk, approved)))
    evaluation = evaluation.model_copy(update={"approved": len(approved)})
    for file, written in ((html, page), (record_file, record)):
        if file is not None:
            file.write_text(written(evaluation), encoding="utf-8")
            note(f"Wrote {file}.")
    if as_json:
        print_json(evaluation)
    else:
        print_evaluation(evaluation)


def _entrants(desk: Copydesk, models: Sequence[str], prompts: Sequence[str]) -> list[Entrant]:
    """Return every model with every version, each a model of its own: scripts begin anew.

    The phrase book reads no prompt, so it takes part once.
    """
    for version in prompts:
        if version not in prompt_versions():
            there_are = ", ".join(prompt_versions())
            raise InputError(f"there is no prompt version {version}: choose among {there_are}")
    chosen = choice(desk.settings)
    short = short_names(models)
    return [
        Entrant(
            short[name],
            named_model(name, chosen, desk.provider),
            version,
            reads_prompts=name not in PROMPTLESS,
        )
        for name in models
        for version in (prompts[:1] if name in PROMPTLESS else prompts)
    ]


def _learning(desk: Copydesk, approved: Sequence[Example]) -> Desk:
    """Return the parts of the pipeline, with the folder's approved copy for prompts to show."""
    like = likeness(desk.settings.embedding_model)

    def examples(request: GenerationRequest) -> Lessons:
        return nearest(request.brief, request.brand, approved, like=like)

    return replace(desk.pipeline.desk, examples=examples)


async def _run(
    folder: Path, cases: Sequence[BriefCase], entrants: Sequence[Entrant], desk: Desk
) -> Evaluation:
    try:
        return await run_all(str(folder), cases, entrants, desk, note)
    finally:
        for entrant in entrants:
            await entrant.model.aclose()


def _listed(names: str) -> list[str]:
    """Return the names between commas, each once."""
    found = dict.fromkeys(name.strip() for name in names.split(","))
    return [name for name in found if name]
