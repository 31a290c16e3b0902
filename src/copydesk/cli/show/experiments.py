"""Experiments, on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.table import Table
from rich.text import Text as Shown

from copydesk.cli.output import console, shown
from copydesk.cli.show import words
from copydesk.desk.looking_back import Evaluated
from copydesk.experiments.experiment import Experiment, Knowledge, Version
from copydesk.experiments.foretelling import Answer

MINUTES = "%Y-%m-%d %H:%M"


def print_list(found: Sequence[Experiment]) -> None:
    """Print one row for each experiment."""
    if not found:
        console().print("No experiment yet.")
        return
    table = words.table("experiment", "campaign", "audience", "state", "arms", "waves")
    for one in found:
        begun = len(one.latest.waves) if one.latest else 0
        cells = (one.id, one.campaign, one.audience, one.state.value, str(len(one.arms)))
        table.add_row(*map(shown, cells), f"{begun} of {len(one.waves)}")
    console().print(table)


def print_experiment(one: Experiment, subjects: Mapping[str, str]) -> None:
    """Print how it stands: the plan, and each arm, told by its subject, with its interval."""
    screen = console()
    screen.print(Shown(f"{shown(one.id)}   {one.state.value}", "bold"))
    for line in _lines(one):
        screen.print(line)
    for number, arm in enumerate(one.arms, start=1):
        screen.print(f"arm {number}  {shown(arm)}  {shown(subjects.get(arm, ''))}")
    if one.latest is not None:
        screen.print(_arms(one, one.latest))
        if not any(arm.sent for arm in one.latest.arms):
            screen.print("Nothing is known to be sent yet: rates are what the scores expect.")


def _lines(one: Experiment) -> Iterator[str]:
    whom = f"{shown(one.audience)} of {shown(one.campaign)}"
    yield f"divides {whom} by {one.rule}, for {one.objective}s"
    if one.holdout:
        yield f"{one.holdout:.0%} is held out and gets {shown(one.control)}"
    lift = "no lift" if one.detectable_lift is None else f"a lift of {one.detectable_lift:.0%}"
    yield f"{one.recipients:,} recipients find {lift} in four of five cases"
    if one.latest is not None:
        begun = f"{len(one.latest.waves)} of {len(one.waves)} waves have begun"
        yield f"version {one.latest.number}, {one.latest.made_at:{MINUTES}}: {begun}"
    yield from (f"{shown(arm)} was stopped: {why}" for arm, why in one.stopped.items())
    if one.because is not None:
        won = f"{shown(one.winner)} won: " if one.winner else ""
        yield f"{won}{shown(one.because)}"


def _arms(one: Experiment, version: Version) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("arm", "share", "sent", "answered", "rate", "best", "complaints", "left"):
        table.add_column(heading, justify="right", no_wrap=True)
    numbers = {arm: number for number, arm in enumerate(one.arms, start=1)}
    for arm in version.arms:
        share = version.waves[-1].get(arm.id, 0.0)
        table.add_row(str(numbers[arm.id]), f"{share:.1%}", *_cells(arm))
    return table


def _cells(arm: Knowledge) -> tuple[str, ...]:
    rate = f"{arm.rate:.2%} ({100 * arm.low:.2f} to {100 * arm.high:.2f})"
    counts = (f"{arm.sent:,}", f"{arm.answered:,}", rate, f"{arm.best:.0%}")
    return (*counts, str(arm.complaints), str(arm.unsubscribes))


def print_evaluated(found: Evaluated) -> None:
    """Print each estimate, or why there is none."""
    screen = console()
    worth = f"worth {found.effective:,.0f} of this policy"
    screen.print(f"{found.sends:,} sends, {worth}; as made they gained {found.gained:.3%}")
    if found.left_out:
        screen.print(f"{found.left_out:,} were reported that were never assigned: left out")
    for way in found.ways:
        if way.abstained is not None:
            screen.print(f"{way.by:6} no estimate: {way.abstained}")
        else:
            screen.print(f"{way.by:6} {way.value:.3%}  ({way.low:.3%} to {way.high:.3%})")


def print_answer(answer: Answer) -> None:
    """Print what each way of dividing would gain, and how often each way of stopping misleads."""
    screen = console()
    table = words.table("way of dividing", "answers", "over an even split", "over A/B", "loses in")
    for gain in answer.gains:
        over = f"{gain.over_even:+.1%} ({gain.low:+.1%} to {gain.high:+.1%})"
        answers = f"{gain.answers:,.0f}"
        table.add_row(gain.way, answers, over, f"{gain.over_test:+.1%}", f"{gain.loses:.0%}")
    screen.print(table)
    stops = words.table("way of stopping", "calls a false winner", "finds a lift of a fifth")
    for one in answer.stopping:
        stops.add_row(one.way, f"{one.wrongly:.1%}", f"{one.rightly:.1%}")
    screen.print(stops)
    lift = answer.detectable_lift
    least = "finds no lift at all" if lift is None else f"finds a lift of {lift:.0%} or more"
    played = f"{answer.experiments:,} sends were played"
    screen.print(f"{played}; in four of five cases this list {least}.")
