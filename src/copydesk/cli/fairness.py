"""`copydesk ranker fairness`: how offers, variants and scores fall on groups that are named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from copydesk.cli.example import example
from copydesk.cli.output import json_option, print_data

if TYPE_CHECKING:
    from copydesk.ranking.fairness import Shown
    from copydesk.settings import Settings


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
@click.option(
    "--campaign",
    "campaigns",
    multiple=True,
    help="Who got what is in the database: FILE then holds `recipient` and the groups.",
)
@json_option
@click.pass_context
def fairness(
    ctx: click.Context,
    file: Path,
    groups: tuple[str, ...],
    campaigns: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    """Report how offers, variants and scores fall on groups.

    FILE.csv has a line for each recipient, with the columns of the groups, and of `offer`,
    `variant`, `score` and `subject` those that are known; the ranker scores subjects without a
    score. With --campaign, what each recipient was sent is taken from the outcomes in the database
    instead, and the column `recipient` holds ids as pulls are keyed by.

    Each group's rate is held against that of the group with the highest (four fifths, 29 CFR 1607.4
    D), and below or not is said only where the whole interval agrees. Copydesk keeps no groups: the
    file stays yours. A difference is not a reason, and a rule of thumb no finding of law.
    """
    from copydesk.cli.local import the_settings
    from copydesk.cli.show.fairness import fairness_data, print_fairness
    from copydesk.ranking.build import ModelFiles, build_ranker
    from copydesk.ranking.fairness import report
    from copydesk.ranking.shown import people_in, shown_in, without_nothing
    from copydesk.ranking.subjects import scoring

    settings = the_settings(ctx.obj)
    ranker = build_ranker(settings.ranker, ModelFiles(settings.ranker_model))
    score = scoring(ranker)
    if campaigns:
        shown = _from_store(settings, campaigns, people_in(file, groups), score)
    else:
        shown = shown_in(file, groups, score)
    found = without_nothing(report(shown))
    if as_json:
        print_data(fairness_data(found))
    else:
        print_fairness(found)


def _from_store(
    settings: Settings,
    campaigns: Sequence[str],
    people: Iterable[tuple[str, str]],
    score: Callable[[str], float],
) -> Iterator[Shown]:
    from copydesk.bootstrap import secret_of
    from copydesk.desk.shown_to import shown_to
    from copydesk.publishing.recipients import recipient_key
    from copydesk.storage.build import open_store

    secret = secret_of(settings)
    groups = {recipient_key(secret, recipient): group for recipient, group in people}
    store = open_store(settings.database_url)
    try:
        for campaign in campaigns:
            yield from shown_to(store, campaign, groups, score)
    finally:
        store.close()
