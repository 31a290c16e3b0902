"""`copydesk ranker`: what the ranker learns from a brand's own sends, and a model of one's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

import click

from copydesk.access import Actor, Role
from copydesk.bootstrap import utc_now
from copydesk.cli.example import example
from copydesk.cli.fairness import fairness
from copydesk.cli.local import at_the_keyboard, the_settings
from copydesk.cli.output import json_option, note, print_json
from copydesk.cli.ranker_train import train
from copydesk.cli.show.rankers import print_drifted, print_rankers, print_taught
from copydesk.desk.learning import Learning, Taught
from copydesk.desk.own_rankers import OwnRankers
from copydesk.errors import InputError, Problem
from copydesk.ranking.build import ModelFiles
from copydesk.ranking.learning import Aim
from copydesk.ranking.owned import BrandRanker, Objectives
from copydesk.ranking.sends import PastSend, read_sends
from copydesk.storage.build import open_store


@example("copydesk ranker learn", "copydesk ranker versions", "copydesk ranker rollback")
@click.group()
def ranker() -> None:
    """Learn from your own sends, see and take back what was learned, and train models.

    What ships has seen headlines of others. A version that is made from a brand's own sends is put
    into use only where it tells later sends better, and `rollback` takes it out again.
    """


BRAND = click.option("--brand", help="The brand's name; can be left out where there is one only.")


def _objective_options(command: Callable[..., Any]) -> Callable[..., Any]:
    cost = click.FloatRange(min=0)
    for option in (
        click.option("--complaint-cost", type=cost, help="The same of one complaint."),
        click.option(
            "--unsubscribe-cost",
            type=cost,
            help="What one unsubscribe costs: clicks, conversions or money, as the objective.",
        ),
        click.option(
            "--objective", type=click.Choice(get_args(Aim)), help="What each recipient is to bring."
        ),
    ):
        command = option(command)
    return command


@example(
    "copydesk ranker learn",
    "copydesk ranker learn --sends past-sends.csv --brand Northpeak --objective conversions",
)
@ranker.command()
@click.option(
    "--sends",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV file of past sends; its columns are on the page about learning.",
)
@BRAND
@click.option("--new", is_flag=True, help="It is a brand of its own, though one is called alike.")
@_objective_options
@json_option
@click.pass_context
def learn(
    ctx: click.Context,
    /,
    sends: Path | None,
    brand: str | None,
    *,
    new: bool,
    as_json: bool,
    **objectives: Any,  # noqa: ANN401 - as click gives them
) -> None:
    """Make a version from what recipients did, and put it into use if it is better.

    Learns from the outcomes in the database, and from a file of past sends, which is kept for the
    next time. Without --brand every brand with a campaign learns. Opens are never learned from;
    clicks known to be a machine's are taken off.
    """
    given = [objectives[one] for one in ("objective", "unsubscribe_cost", "complaint_cost")]
    with _opened(ctx) as learning:
        known = read_sends(sends) if sends else ()
        if brand and not new:
            _must_not_be_a_slip(brand, learning.brands(_operator()))
        brands = [_one(learning, brand)] if brand or sends else learning.brands(_operator())
        if not brands:
            raise InputError(
                [Problem("brand", "", "there is no campaign yet: give a file of past sends")]
            )
        for name in brands:
            wanted = _objectives(learning, name, *given)
            _learn(learning, name, known, wanted, strict=len(brands) == 1, as_json=as_json)


@example("copydesk ranker versions", "copydesk ranker versions --brand Northpeak --json")
@ranker.command()
@BRAND
@json_option
@click.pass_context
def versions(ctx: click.Context, brand: str | None, *, as_json: bool) -> None:
    """List what was learned for each brand, which version is in use, and who put it there."""
    with _opened(ctx) as learning:
        found = _rankers(learning, brand)
    if as_json:
        for one in found:
            print_json(one)
    else:
        print_rankers(found)


@example("copydesk ranker promote ad28f638b08b16ca --brand Northpeak")
@ranker.command()
@click.argument("version")
@BRAND
@json_option
@click.pass_context
def promote(ctx: click.Context, version: str, brand: str | None, *, as_json: bool) -> None:
    """Judge a version anew on the sends known by now, and put it into use if it is better.

    It exits 1, and says why, where the version is not shown to be better than the one in use.
    """
    with _opened(ctx) as learning:
        _say(learning.promote(_one(learning, brand), version, _operator()), as_json=as_json)


@example("copydesk ranker rollback --brand Northpeak")
@ranker.command()
@BRAND
@click.pass_context
def rollback(ctx: click.Context, brand: str | None) -> None:
    """Put the version before into use again; the next ranking uses it."""
    with _opened(ctx) as learning:
        now = learning.roll_back(_one(learning, brand), _operator())
    active = now.versions.active
    told = f"version {active.version}" if active.sends else "what ships"
    note(f"{now.brand}: {told} is in use again")


@example("copydesk ranker drift --brand Northpeak")
@ranker.command()
@BRAND
@json_option
@click.pass_context
def drift(ctx: click.Context, brand: str | None, *, as_json: bool) -> None:
    """Say whether sends since still behave as the version in use expects."""
    with _opened(ctx) as learning:
        for one in _rankers(learning, brand):
            found = learning.drift(one.brand, _operator())
            print_json(found) if as_json else print_drifted(found)


@contextmanager
def _opened(ctx: click.Context) -> Iterator[Learning]:
    """Open what learns, and nothing else: rules are not compiled."""
    settings = the_settings(ctx.obj)
    store = open_store(settings.database_url)
    try:
        yield Learning(store, OwnRankers(store, ModelFiles(settings.ranker_model)), utc_now)
    finally:
        store.close()


def _operator() -> Actor:
    return at_the_keyboard(None, Role.ADMIN)


def _one(learning: Learning, brand: str | None) -> str:
    """Return the brand meant. Raises InputError where it must be named."""
    if brand:
        return brand
    known = learning.brands(_operator())
    if len(known) == 1:
        return known[0]
    there_are = f"there are {', '.join(known)}" if known else "none is known yet"
    raise InputError([Problem("--brand", "", f"name the brand whose sends these are: {there_are}")])


def _must_not_be_a_slip(brand: str, known: Sequence[str]) -> None:
    """Raise InputError where nothing is known of the brand, and something of one called alike."""
    alike = get_close_matches(brand, known, n=1, cutoff=0.8)
    if alike and brand not in known:
        remedy = f"nothing is known of it: did you mean {alike[0]}? A brand of its own takes --new"
        raise InputError([Problem("--brand", repr(brand), remedy)])


def _rankers(learning: Learning, brand: str | None) -> list[BrandRanker]:
    if brand:
        return [learning.ranker(brand, _operator())]
    return list(learning.rankers(_operator()))


def _objectives(
    learning: Learning,
    brand: str,
    aim: Aim | None,
    unsubscribe: float | None,
    complaint: float | None,
) -> Objectives | None:
    """Return what is to be gained from now on, or None where nothing was said."""
    given = {"aim": aim, "unsubscribe": unsubscribe, "complaint": complaint}
    said = {name: value for name, value in given.items() if value is not None}
    if not said:
        return None
    before = next((one for one in learning.rankers(_operator()) if one.brand == brand), None)
    if before is not None and before.objectives.aim == (aim or before.objectives.aim):
        return before.objectives.model_copy(update=said)
    return Objectives.for_aim(aim or "clicks").model_copy(update=said)


def _learn(
    learning: Learning,
    brand: str,
    sends: tuple[PastSend, ...],
    objectives: Objectives | None,
    *,
    strict: bool,
    as_json: bool,
) -> None:
    try:
        taught = learning.learn(brand, _operator(), sends, objectives)
    except InputError as error:
        if strict:
            raise
        note(error.message)
        return
    _say(taught, as_json=as_json)


def _say(taught: Taught, *, as_json: bool) -> None:
    print_json(taught) if as_json else print_taught(taught)


ranker.add_command(fairness)
ranker.add_command(train)
