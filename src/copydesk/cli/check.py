"""`copydesk check`: copy against rules and facts, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from copydesk.cli.example import example
from copydesk.cli.lines import Lines, file_argument, lenient_option
from copydesk.cli.local import checker_of, the_settings
from copydesk.cli.output import for_people, json_option, print_json, working
from copydesk.guardrails import Verdict
from copydesk.guardrails.checking import BoundAnswer, CheckAnswer, CheckRequest

FOUND = 1


@example(
    "copydesk check drafts.jsonl",
    "copydesk check drafts.jsonl --json --fail-on block > findings.jsonl",
    "copydesk check drafts.jsonl --bindings",
)
@click.command()
@file_argument
@lenient_option
@json_option
@click.option("--bindings", is_flag=True, help="Say what in the brief each claim rests on.")
@click.option(
    "--fail-on",
    type=click.Choice([Verdict.REVIEW.value, Verdict.BLOCK.value]),
    help="Exit with status 1 when a verdict is this bad or worse.",
)
@click.pass_context
def check(
    ctx: click.Context,
    file: str,
    *,
    lenient: bool,
    as_json: bool,
    bindings: bool,
    fail_on: str | None,
) -> None:
    """Check copy, and say what is wrong where.

    Each line of FILE.jsonl is one object: {"id"?, "brief"?, "brand"?, "audience"?, "copy"}. The
    answer is one line each, {"id", "verdict", "findings", "engines"}, or on a terminal a table;
    --bindings adds "bindings".
    `-` reads standard input. A line without an id is answered under its number. A line that does
    not fit is reported with its number; the rest goes on, and the exit status is 2.
    """
    lines = Lines(file, CheckRequest, lenient=lenient)
    answers = _answers(ctx.obj, lines, bindings=bindings)
    verdicts = _show(answers) if for_people(as_json=as_json) else _print(answers)
    lines.end()
    if fail_on and verdicts & _as_bad_as(Verdict(fail_on)):
        ctx.exit(FOUND)


def _answers(
    settings: Path, lines: Lines[CheckRequest], *, bindings: bool
) -> Iterator[CheckAnswer]:
    checker = checker_of(the_settings(settings))
    for number, request in lines:
        checked, name = checker.check_now(request.submission), request.id or str(number)
        if bindings:
            yield BoundAnswer.of(name, checker.with_bindings(checked, request.submission))
        else:
            yield CheckAnswer.of(name, checked)


def _print(answers: Iterable[CheckAnswer]) -> set[Verdict]:
    verdicts = set()
    for answer in answers:
        print_json(answer)
        verdicts.add(answer.verdict)
    return verdicts


def _show(answers: Iterable[CheckAnswer]) -> set[Verdict]:
    from copydesk.cli.show.checks import print_checks

    with working("Checking"):
        found = list(answers)
    print_checks(found)
    return {answer.verdict for answer in found}


def _as_bad_as(verdict: Verdict) -> set[Verdict]:
    return {Verdict.BLOCK} if verdict is Verdict.BLOCK else {Verdict.REVIEW, Verdict.BLOCK}
