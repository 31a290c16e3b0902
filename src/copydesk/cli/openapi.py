"""`copydesk export-openapi`: the description of the API, for clients and gateways."""

from __future__ import annotations

import click

from copydesk.api.app import create_app
from copydesk.cli.desk import opened
from copydesk.cli.example import example
from copydesk.cli.local import the_settings
from copydesk.cli.output import print_data


@example("copydesk export-openapi > openapi.json")
@click.command()
@click.pass_context
def export_openapi(ctx: click.Context) -> None:
    """Print the OpenAPI document that the server answers with at /openapi.json."""
    with opened(the_settings(ctx.obj, database_url="memory://", model="phrasebook")) as desk:
        print_data(create_app(desk).openapi())
