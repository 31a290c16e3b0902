"""`copydesk rank`: which candidate is likely to do better, and why."""

from __future__ import annotations

from collections.abc import Iterator

import click

from copydesk.cli.example import example
from copydesk.cli.lines import Lines, Unfit, file_argument, lenient_option
from copydesk.cli.local import the_settings
from copydesk.cli.output import for_people, json_option
from copydesk.cli.processes import processors
from copydesk.cli.ranked import Answer, Job, answers, ranker_of
from copydesk.ranking import Ranker, RankRequest
from copydesk.ranking.build import RankerName


@example("copydesk rank subjects.jsonl", "copydesk rank subjects.jsonl --json > order.jsonl")
@click.command()
@file_argument
@lenient_option
@click.option(
    "--ranker",
    type=click.Choice(["learned", "transparent"]),
    help="Another than the settings name.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    metavar="COUNT",
    help="Processes for a long file; without it, one for each processor.",
)
@json_option
@click.pass_context
def rank(
    ctx: click.Context,
    file: str,
    ranker: RankerName | None,
    workers: int | None,
    *,
    lenient: bool,
    as_json: bool,
) -> None:
    """Order candidates, best first, with the parts that each score adds up.

    Each line of FILE.jsonl is one object: {"id", "brief"?, "audience"?, "candidates": [{"id",
    "copy"}]}. The answer is one line each, {"id", "ranking": [{"id", "score", "low", "high",
    "breakdown"}], "abstained"}, or on a terminal a table. `-` reads standard input. A copy may
    hold a subject alone. The database is not opened: what a brand's own sends taught is left out.
    """
    settings = the_settings(ctx.obj, ranker=ranker)
    job = Job(file, lenient, settings.ranker, settings.ranker_model)
    lines = Lines(file, RankRequest, lenient=lenient)
    if for_people(as_json=as_json):
        _show(lines, ranker_of(job))
    else:
        _print(lines, answers(job, workers or _usual_workers(file)))
    lines.end()


def _usual_workers(file: str) -> int:
    """A pipe may be waiting for each answer: its lines are taken one by one."""
    return 1 if file == "-" else processors()


def _print(lines: Lines[RankRequest], found: Iterator[Answer]) -> None:
    for answer in found:
        if isinstance(answer, Unfit):
            lines.refuse(answer)
        else:
            click.echo(answer)


def _show(lines: Lines[RankRequest], ranker: Ranker) -> None:
    from copydesk.cli.show.rankings import print_ranking

    for number, request in lines:
        print_ranking(ranker.rank(request), request, number)
