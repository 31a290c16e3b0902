"""The checks, run one after the other against a server: each ends in what was seen."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from copydesk.briefs import Noun
from copydesk.cli.conformance.calling import Broken, Caller, Said
from copydesk.cli.conformance.rules import ToolRules

RECIPIENTS = 16
"""So many invented recipients: with two variants in equal shares the odds that all of them get the
same one are one in thirty thousand."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is under test: a caller of the server, and the rules of the tool it plays."""

    caller: Caller
    rules: ToolRules

    @property
    def recipients(self) -> list[str]:
        """Keys of invented recipients."""
        return [f"conformance-{number}" for number in range(RECIPIENTS)]

    def good(self, said: Said) -> Said:
        """Return the answer if a tool can use it. Raises Broken."""
        if said.status != 200:  # noqa: PLR2004
            told = said.body[:200].decode(errors="replace")
            raise Broken(f"status {said.status}: {told}")
        if not isinstance(said.data, dict):
            raise Broken(f"the top level is a {type(said.data).__name__}, and must be an object")
        if said.seconds > self.rules.timeout_s:
            raise Broken(f"{said.seconds:.1f} s, and {self.rules.timeout_s:g} s are given")
        return said


class Check(NamedTuple):
    """One rule, and what finds out whether it is kept."""

    name: str
    rule: str
    """In words."""
    run: Callable[[Subject], str]
    """Returns what was seen; raises Broken, with what was seen, where the rule is not kept."""


class Result(Noun):
    """What became of one check."""

    check: str
    rule: str
    passed: bool
    seen: str
    seconds: float


CHECKS: list[Check] = []


def check(run: Callable[[Subject], str]) -> Callable[[Subject], str]:
    """Register a check; its docstring is the rule."""
    rule = " ".join((run.__doc__ or "").split())
    CHECKS.append(Check(run.__name__.replace("_", "-"), rule, run))
    return run


def run_all(subject: Subject) -> Iterator[Result]:
    """Yield the result of every check, as it ends."""
    for one in CHECKS:
        began = time.perf_counter()
        try:
            seen, passed = one.run(subject), True
        except Broken as broken:
            seen, passed = str(broken), False
        took = round(time.perf_counter() - began, 3)
        yield Result(check=one.name, rule=one.rule, passed=passed, seen=seen, seconds=took)
