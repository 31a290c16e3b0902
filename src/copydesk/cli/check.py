"""`copydesk check`: copy against rules and facts, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import click

from copydesk.cli.example import example
from copydesk.cli.lines import Lines, Unfit, file_argument, lenient_option
from copydesk.cli.local import checker_of, the_settings
from copydesk.cli.output import for_people, json_option, print_json, working
from copydesk.errors import InputError
from copydesk.guardrails import Verdict
from copydesk.guardrails.checker import Checker
from copydesk.guardrails.checking import BoundAnswer, CheckAnswer
from copydesk.publishing.dialects import DIALECTS
from copydesk.publishing.dialects.checking import CopyInTool, translated

FOUND = 1


@example(
    "copydesk check drafts.jsonl",
    "copydesk check drafts.jsonl --json --fail-on block > findings.jsonl",
    "copydesk check drafts.jsonl --bindings",
    "copydesk check from-braze.jsonl --dialect braze",
)
@click.command()
@file_argument
@lenient_option
@json_option
@click.option("--bindings", is_flag=True, help="Say what in the brief each claim rests on.")
@click.option(
    "--dialect",
    type=click.Choice(sorted(DIALECTS)),
    help="Read the copy as it stands in this tool, where a line does not name another.",
)
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
    dialect: str | None,
    fail_on: str | None,
) -> None:
    """Check copy, and say what is wrong where.

    Each line of FILE.jsonl is one object: {"id"?, "brief"?, "brand"?, "audience"?, "dialect"?,
    "copy"}. The answer is one line each, {"id", "verdict", "findings", "engines"}, or on a
    terminal a table; --bindings adds "bindings".
    `-` reads standard input. A line without an id is answered under its number. A line that does
    not fit is reported with its number; the rest goes on, and the exit status is 2.
    """
    lines = Lines(file, CopyInTool, lenient=lenient)
    answers = _answers(ctx.obj, lines, dialect, bindings=bindings)
    verdicts = _show(answers) if for_people(as_json=as_json) else _print(answers)
    lines.end()
    if fail_on and verdicts & _as_bad_as(Verdict(fail_on)):
        ctx.exit(FOUND)


def _answers(
    settings: Path, lines: Lines[CopyInTool], dialect: str | None, *, bindings: bool
) -> Iterator[CheckAnswer]:
    checker = checker_of(the_settings(settings))
    for number, request in lines:
        in_tool = request.model_copy(update={"dialect": request.dialect or dialect})
        try:
            yield _answer(checker, in_tool, request.id or str(number), bindings=bindings)
        except InputError as error:
            placed = [replace(one, source=lines.source, line=number) for one in error.problems]
            lines.refuse(Unfit(InputError(placed).message))


def _answer(checker: Checker, request: CopyInTool, name: str, *, bindings: bool) -> CheckAnswer:
    tool = translated(request)
    submission = tool.submission if tool else request.submission
    checked = checker.check_now(submission)
    if bindings:
        checked = checker.with_bindings(checked, submission)
    told = tool.told(checked) if tool else checked
    return (BoundAnswer if bindings else CheckAnswer).of(name, told)


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
