"""`copydesk doctor`: what is installed, reachable and missing, and the settings in force."""

from __future__ import annotations

import click
from rich.table import Table
from rich.text import Text as Shown

from copydesk.cli.diagnosis import Diagnosis, diagnose
from copydesk.cli.example import example
from copydesk.cli.local import the_settings
from copydesk.cli.output import console, json_option, print_json, shown, working
from copydesk.cli.symptoms import State

SIGNS = {
    State.OK: ("✓", "green"),
    State.ABSENT: ("-", "dim"),
    State.WRONG: ("✗", "red"),
}
ILL = 1


@example("copydesk doctor", "copydesk doctor --json")
@click.command()
@json_option
@click.pass_context
def doctor(ctx: click.Context, *, as_json: bool) -> None:
    """Say what is installed, reachable and missing, and which settings are in force.

    The exit status is 1 when something that the settings ask for cannot be used. Secrets are not
    shown. Whether a hosted model answers is tried only where one is configured.
    """
    with working("Looking"):
        diagnosis = diagnose(the_settings(ctx.obj))
    if as_json:
        print_json(diagnosis)
    else:
        _show(diagnosis)
    if not diagnosis.healthy:
        ctx.exit(ILL)


def _show(diagnosis: Diagnosis) -> None:
    screen = console()
    table = Table.grid(padding=(0, 2))
    area = ""
    for symptom in diagnosis.symptoms:
        heading = symptom.area if symptom.area != area else ""
        area = symptom.area
        sign, name = Shown(*SIGNS[symptom.state]), Shown(shown(symptom.name), "bold")
        table.add_row(Shown(heading, "dim"), sign, name, shown(symptom.detail))
    screen.print(table)
    screen.print()
    settings = Table.grid(padding=(0, 2))
    for name_of, value in diagnosis.settings.items():
        settings.add_row(Shown(name_of, "dim"), shown(value))
    screen.print(settings)
