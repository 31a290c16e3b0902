"""`copydesk experiment`: which variant recipients get, and what dividing them would gain."""

from __future__ import annotations

from pathlib import Path

import click

from copydesk import documents
from copydesk.access import Actor, Role
from copydesk.cli.desk import experiments
from copydesk.cli.example import example
from copydesk.cli.local import at_the_keyboard, the_settings
from copydesk.cli.output import json_option, note, print_json
from copydesk.desk.experimenting import Experimenting
from copydesk.errors import InputError
from copydesk.experiments.experiment import Design, Experiment

ROLES = (Role.REQUESTER, Role.ADMIN)


@example(
    "copydesk experiment simulate --recipients 50000",
    "copydesk experiment plan spring-subjects.yaml",
    "copydesk experiment start spring-subjects",
)
@click.group()
def experiment() -> None:
    """Divide recipients among approved variants, and learn which does better.

    `simulate` tells what it would gain; `plan`, `start`, `update` and `stop` lead through it.
    """


def _me() -> Actor:
    return at_the_keyboard(None, *ROLES)


@example("copydesk experiment list", "copydesk experiment list --json")
@experiment.command("list")
@json_option
@click.pass_context
def listing(ctx: click.Context, *, as_json: bool) -> None:
    """List experiments, newest change first."""
    with experiments(the_settings(ctx.obj)) as desk:
        found = desk.all(_me())
    if as_json:
        for one in found:
            print_json(one)
    else:
        from copydesk.cli.show.experiments import print_list

        print_list(found)


@example("copydesk experiment show spring-subjects")
@experiment.command()
@click.argument("experiment_id")
@json_option
@click.pass_context
def show(ctx: click.Context, experiment_id: str, *, as_json: bool) -> None:
    """Show what is known of each arm, and how recipients are divided."""
    with experiments(the_settings(ctx.obj)) as desk:
        found = desk.get(experiment_id, _me())
        _print(desk, found, as_json=as_json)


@example("copydesk experiment plan spring-subjects.yaml")
@experiment.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@json_option
@click.pass_context
def plan(ctx: click.Context, file: Path, *, as_json: bool) -> None:
    """Plan the experiment that FILE describes, as YAML or JSON; it divides nobody yet.

    Needed are `id`, `campaign` and `recipients`. The least lift that the list can find is printed.
    All approved variants of the campaign's audience take part, unless `arms` names some.
    """
    design = documents.load(file, Design)
    with experiments(the_settings(ctx.obj)) as desk:
        found = desk.plan(design, _me())
        _print(desk, found, as_json=as_json)


@example("copydesk experiment start spring-subjects")
@experiment.command()
@click.argument("experiment_id")
@json_option
@click.pass_context
def start(ctx: click.Context, experiment_id: str, *, as_json: bool) -> None:
    """Begin to divide recipients: the first wave begins."""
    with experiments(the_settings(ctx.obj)) as desk:
        found = desk.start(experiment_id, _me())
        _print(desk, found, as_json=as_json)


@example(
    "copydesk experiment update",
    "copydesk experiment update spring-subjects --next-wave",
)
@experiment.command()
@click.argument("experiment_id", required=False)
@click.option(
    "--next-wave/--no-next-wave", default=None, help="Begin the next wave now; or none at all."
)
@json_option
@click.pass_context
def update(
    ctx: click.Context, experiment_id: str | None, *, next_wave: bool | None, as_json: bool
) -> None:
    """Count what recipients did, guard the arms, and weigh them anew.

    Without an id every running experiment is updated: let a timer do it. The next wave begins when
    the hours between waves (`wave_hours` of the plan) are over; without such hours, each time.
    """
    if experiment_id is None and next_wave is not None:
        raise InputError("Name the experiment whose next wave is meant.")
    with experiments(the_settings(ctx.obj)) as desk:
        if experiment_id is None:
            found = desk.update_all(_me())
        else:
            found = [desk.update(experiment_id, _me(), next_wave=next_wave)]
        for one in found:
            _print(desk, one, as_json=as_json)
    note(f"{len(found)} updated")


@example(
    'copydesk experiment stop spring-subjects --because "The offer ended."',
    'copydesk experiment stop spring-subjects --because "It reads best." --winner var_1f',
)
@experiment.command()
@click.argument("experiment_id")
@click.option("--because", required=True, help="Why; it goes on the record.")
@click.option("--winner", help="Arm that everybody but the holdout gets from now on.")
@json_option
@click.pass_context
def stop(
    ctx: click.Context, experiment_id: str, because: str, winner: str | None, *, as_json: bool
) -> None:
    """End an experiment, with a winner or without."""
    with experiments(the_settings(ctx.obj)) as desk:
        found = desk.stop(experiment_id, _me(), because, winner)
        _print(desk, found, as_json=as_json)


@example("copydesk experiment evaluate spring-subjects var_1f=0.5 var_2c=0.5")
@experiment.command()
@click.argument("experiment_id")
@click.argument("shares", nargs=-1, required=True, metavar="VARIANT=SHARE...")
@json_option
@click.pass_context
def evaluate(
    ctx: click.Context, experiment_id: str, shares: tuple[str, ...], *, as_json: bool
) -> None:
    """Estimate what dividing by other SHARES would have gained, from the sends reported so far.

    Where those are worth fewer than 50 sends of that policy there is no estimate, and why is said.
    """
    with experiments(the_settings(ctx.obj)) as desk:
        found = desk.evaluate(experiment_id, _shares(shares), _me())
    if as_json:
        print_json(found)
    else:
        from copydesk.cli.show.experiments import print_evaluated

        print_evaluated(found)


@example(
    "copydesk experiment simulate --recipients 50000 --arms 4 --base-rate 0.02",
    "copydesk experiment simulate past_sends.csv --recipients 50000 --json",
)
@experiment.command()
@click.argument(
    "file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option("--recipients", type=int, required=True, help="How many the list holds.")
@click.option("--arms", type=int, help="Variants; 4 if not said.")
@click.option("--base-rate", type=float, help="Answers for each send, as 0.02.")
@click.option("--spread", type=float, help="How far variants lie apart, in log-odds: 0.267.")
@click.option("--skill", type=float, help="Correlation of scores with what is true: 0.4.")
@click.option("--looks", type=int, help="How often it would be looked at: 20.")
@click.option("--runs", type=int, help="Sends that are played: 500.")
@json_option
def simulate(file: Path | None, *, as_json: bool, **given: float | None) -> None:
    """Answer what dividing would have gained, before a send, and how often one would be misled.

    FILE is a CSV of past sends, or of rates (`test,rate`): variants that were sent side by side are
    played again. Without one, or where none were, variants are invented around the base rate.
    """
    from copydesk.experiments.foretelling import Question, answered
    from copydesk.experiments.past import past_of

    asked: dict[str, object] = {name: one for name, one in given.items() if one is not None}
    if file is not None:
        past = past_of(file)
        asked = {"base_rate": past.base_rate, "rates": past.rates, **asked}
    answer = answered(documents.shaped(asked, Question))
    if as_json:
        print_json(answer)
    else:
        from copydesk.cli.show.experiments import print_answer

        print_answer(answer)


def _shares(written: tuple[str, ...]) -> dict[str, float]:
    found = dict[str, float]()
    for one in written:
        variant, _, share = one.rpartition("=")
        try:
            found[variant] = float(share)
        except ValueError:
            raise InputError(f"Write shares as VARIANT=0.5; this is {one!r}.") from None
    return found


def _print(desk: Experimenting, found: Experiment, *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    from copydesk.cli.show.experiments import print_experiment

    print_experiment(found, desk.subjects(found))
