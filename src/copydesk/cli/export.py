"""`copydesk export`: approved copy as a file, for tools that cannot pull."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from copydesk.cli.desk import opened
from copydesk.cli.example import example
from copydesk.cli.local import at_the_keyboard, the_settings
from copydesk.cli.options import dialect_option
from copydesk.cli.output import note, shown
from copydesk.desk.exporting import MAY_TAKE
from copydesk.publishing.formats import Format, as_file


@example(
    "copydesk export --campaign spring-boots --dialect braze > spring.csv",
    "copydesk export --campaign spring-boots --format parquet --out spring.parquet",
)
@click.command()
@click.option("--campaign", required=True, help="Name of the campaign.")
@dialect_option
@click.option(
    "--format",
    "wanted",
    type=click.Choice([one.value for one in Format]),
    default=Format.CSV.value,
    show_default=True,
    help="Kind of file.",
)
@click.option("--audience", help="Only copy for this audience.")
@click.option("--image", help="https address of a picture, for Gmail's card.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="File; standard output without."
)
@click.pass_context
def export(
    ctx: click.Context,
    campaign: str,
    dialect: str,
    wanted: str,
    audience: str | None,
    image: str | None,
    out: Path | None,
) -> None:
    """Write approved copy of a campaign that holds at this moment, one row for each variant.

    What is written counts as served: its approval cannot be undone any more. In CSV a cell that a
    spreadsheet would run begins with an apostrophe.
    """
    with opened(the_settings(ctx.obj)) as desk:
        actor = at_the_keyboard(None, *MAY_TAKE)
        found = desk.exporting.export(campaign, actor, dialect, audience, image)
    file = as_file(found, Format(wanted))
    if out is None:
        sys.stdout.buffer.write(file.content)
        sys.stdout.buffer.flush()
    else:
        out.write_bytes(file.content)
    note(f"{len(found.rows)} row{'s' * (len(found.rows) != 1)}")
    for reason in found.left_out:
        note(f"left out: {shown(reason)}")
