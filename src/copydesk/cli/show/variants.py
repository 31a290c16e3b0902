"""Variants on a terminal, as a marketer reads them: the copy first, then what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text as Shown

from copydesk.cli.output import console, shown
from copydesk.cli.show import words
from copydesk.generations import Generation, RoutedVariant
from copydesk.review_queue import Route
from copydesk.variants import Provenance

WIDTH = 88
"""Columns at most: longer lines are hard to read."""


def print_generation(generation: Generation, *, saved: bool) -> None:
    """Print the variants, best first, what the requester should know, and what to type next."""
    screen = console(WIDTH)
    for block in variants_of(generation):
        screen.print(block)
    for line in remarks(generation):
        screen.print(line)
    for line in _next(generation) if saved else ():
        screen.print(line)


def variants_of(generation: Generation, *, closely: bool = True) -> Iterator[RenderableType]:
    """Return one block for each variant, best first; the subject alone unless looked at closely."""
    ranks = count(1)
    for routed in generation.variants:
        rank = None if routed.route is Route.BLOCKED else next(ranks)
        yield _block(routed, rank) if closely else _line(routed, rank)


def _line(routed: RoutedVariant, rank: int | None) -> RenderableType:
    subject = words.copy_text(routed.variant.copy_.subject)
    return Group(
        Shown.assemble((f"{rank or '-'}  ", "bold"), subject),
        Padding(_outcome(routed), (0, 0, 0, 3)),
    )


def _block(routed: RoutedVariant, rank: int | None) -> RenderableType:
    lines: list[RenderableType] = [words.copy_table(routed.variant.copy_), Shown()]
    lines += [_outcome(routed)]
    lines += [Padding(words.finding(f), (0, 0, 0, 2)) for f in routed.checked.findings]
    lines += [_origin(routed.variant.provenance), Shown()]
    return Group(_heading(routed, rank), Padding(Group(*lines), (0, 0, 0, 2)))


def _heading(routed: RoutedVariant, rank: int | None) -> RenderableType:
    title = Shown(f"{rank}" if rank else "not ranked", "bold")
    if routed.score is not None:
        score = routed.score
        title.append(f"   score {score.score:.2f}", "bold")
        title.append(f" ({score.low:.2f} to {score.high:.2f})", "dim")
    title.append(f"   {routed.variant.id}", "dim")
    return Rule(title, align="left", style="dim")


def _outcome(routed: RoutedVariant) -> Shown:
    line = words.verdict(routed.checked.verdict)
    line.append_text(Shown("   "))
    line.append_text(words.route(routed.route))
    line.append(f"   {shown(routed.because)}")
    line.append(f"  policy: {routed.rule}", "dim")
    return line


def _origin(origin: Provenance) -> Shown:
    angle = f"; angle: {origin.angle}" if origin.angle else ""
    line = f"by {origin.model} ({origin.chosen_because}); {origin.prompt}{angle}"
    repairs = "".join(f"; {repair}" for repair in origin.repairs)
    return Shown(shown(f"{line}{repairs}"), "dim")


def remarks(generation: Generation) -> Iterator[Shown]:
    """Return what the requester should know about these variants, one line each."""
    if generation.abstained and generation.variants:
        yield Shown(f"Do not rely on this order: {shown(generation.abstained)}.", "yellow")
    for note in generation.notes:
        yield Shown(shown(note))


def _next(generation: Generation) -> Iterator[Shown]:
    """Return what to type next, according to where the variants went."""
    routes = [routed.route for routed in generation.variants]
    waiting = routes.count(Route.REVIEW)
    yield Shown()
    if waiting:
        verb = "waits" if waiting == 1 else "wait"
        yield Shown(f"{waiting} {verb} for a person: `copydesk reviews list`, and to sign: ")
        yield Shown("  copydesk serve", "bold")
    if Route.APPROVED in routes:
        yield Shown("Approved copy, as a campaign tool gets it:")
        yield Shown(f"  copydesk pull {generation.campaign}", "bold")
