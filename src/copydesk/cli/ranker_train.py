"""`copydesk ranker train`: a model of lines from randomised experiments of one's own."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import click

from copydesk.cli.example import example
from copydesk.cli.output import note
from copydesk.errors import CopydeskError

NEEDED = ("scipy", "pyarrow")


@example(
    "copydesk ranker train experiments.csv",
    "copydesk ranker train 2024.parquet 2025.parquet --out our-ranker",
)
@click.command()
@click.argument(
    "files",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    nargs=-1,
    required=True,
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("ranker-model"),
    show_default=True,
    help="Directory for the model.",
)
def train(files: tuple[Path, ...], out: Path) -> None:
    """Train a model of lines on randomised experiments.

    Each of FILES is CSV or Parquet with the columns of the Upworthy Research Archive:
    clickability_test_id (or test_id), headline, impressions, clicks, and where there is one
    eyecatcher_id (arms are compared under one image) and lede (tests with the same are one story).
    Wording and style are learned anew; the reader of whole lines stays as it ships. The setting
    `ranker_model` then names the directory. Past sends are no experiments: see `copydesk ranker
    learn`. Needs the extra `train`.
    """
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise CopydeskError(f"{', '.join(missing)} is not installed: pip install 'copydesk[train]'")
    from importlib import resources

    from copydesk.ranking.build import READER
    from copydesk.ranking.reader import LineReader
    from copydesk.ranking.training.plain import train as trained

    model = resources.files("copydesk.ranking").joinpath(READER).read_bytes()
    found = trained(files, out, LineReader.of(model), model, note)
    for line in found.told:
        click.echo(line)
    for remark in found.remarks:
        note(f"Beware: {remark}.")
    click.echo(f"{out}: name it in the setting ranker_model, or COPYDESK_RANKER_MODEL")
