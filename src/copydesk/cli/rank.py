"""`copydesk rank`: which candidate is likely to do better, and why."""

from __future__ import annotations

import click

from copydesk.cli.example import example
from copydesk.cli.lines import Lines, file_argument, lenient_option
from copydesk.cli.local import the_settings
from copydesk.cli.output import for_people, json_option, print_json
from copydesk.ranking import RankRequest
from copydesk.ranking.build import ModelFiles, RankerName, build_ranker


@example("copydesk rank subjects.jsonl", "copydesk rank subjects.jsonl --json > order.jsonl")
@click.command()
@file_argument
@lenient_option
@click.option(
    "--ranker",
    type=click.Choice(["learned", "transparent"]),
    help="Another than the settings name.",
)
@json_option
@click.pass_context
def rank(
    ctx: click.Context, file: str, ranker: RankerName | None, *, lenient: bool, as_json: bool
) -> None:
    """Order candidates, best first, with the parts that each score adds up.

    Each line of FILE.jsonl is one object: {"id", "brief"?, "audience"?, "candidates": [{"id",
    "copy"}]}. The answer is one line each, {"id", "ranking": [{"id", "score", "low", "high",
    "breakdown"}], "abstained"}, or on a terminal a table. `-` reads standard input. A copy may
    hold a subject alone. The database is not opened: what a brand's own sends taught is left out.
    """
    settings = the_settings(ctx.obj, ranker=ranker)
    used = build_ranker(settings.ranker, ModelFiles(settings.ranker_model))
    lines = Lines(file, RankRequest, lenient=lenient)
    people = for_people(as_json=as_json)
    for number, request in lines:
        ranking = used.rank(request)
        if people:
            from copydesk.cli.show.rankings import print_ranking

            print_ranking(ranking, request, number)
        else:
            print_json(ranking)
    lines.end()
