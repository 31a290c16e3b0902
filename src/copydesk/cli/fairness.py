"""`copydesk ranker fairness`: how offers, variants and scores fall on groups that are named."""

from __future__ import annotations

from pathlib import Path

import click

from copydesk.cli.example import example
from copydesk.cli.output import json_option, print_data


@example(
    "copydesk ranker fairness shown.csv --groups age_band",
    "copydesk ranker fairness shown.csv --groups region --groups gender --json",
)
@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--groups",
    required=True,
    multiple=True,
    metavar="COLUMN",
    help="Column that holds a recipient's group; given twice, each pair is a group.",
)
@json_option
@click.pass_context
def fairness(ctx: click.Context, file: Path, groups: tuple[str, ...], *, as_json: bool) -> None:
    """Report how offers, variants and scores fall on groups.

    FILE.csv has a line for each recipient, with the columns of the groups, and of `offer`,
    `variant`, `score` and `subject` those that are known; the ranker scores subjects without a
    score. Each group's rate is held against that of the group with the highest (four fifths, 29 CFR
    1607.4 D), and below or not is said only where the whole interval agrees. Copydesk keeps no
    groups: the file stays yours. A difference is not a reason, and a rule of thumb no finding of
    law.
    """
    from copydesk.cli.local import the_settings
    from copydesk.cli.show.fairness import fairness_data, print_fairness
    from copydesk.ranking.build import ModelFiles, build_ranker
    from copydesk.ranking.fairness import report
    from copydesk.ranking.shown import shown_in, without_nothing
    from copydesk.ranking.subjects import scoring

    settings = the_settings(ctx.obj)
    ranker = build_ranker(settings.ranker, ModelFiles(settings.ranker_model))
    found = without_nothing(report(shown_in(file, groups, scoring(ranker))))
    if as_json:
        print_data(fairness_data(found))
    else:
        print_fairness(found)
