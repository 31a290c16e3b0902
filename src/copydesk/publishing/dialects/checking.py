"""Checking copy as it stands in a campaign tool: findings are told where they stand there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from copydesk.errors import Conflict, InputError, Problem
from copydesk.guardrails import Binding, Checked, Finding, Submission
from copydesk.guardrails.checking import CheckRequest
from copydesk.publishing.dialects.reading import Reading, read
from copydesk.publishing.dialects.syntax import NEUTRAL, DialectName
from copydesk.publishing.dialects.writing import emit
from copydesk.variants import Copy, Slot, Text


class CopyInTool(CheckRequest):
    """One piece of copy to check, which may be written in the syntax of a campaign tool."""

    dialect: DialectName | None = None
    """Whose merge tags the copy holds; left out, Copydesk's own. Places in the answer are those of
    the copy as it was given."""


class Translated(NamedTuple):
    """Copy of a tool in our own form, and the way back."""

    submission: Submission
    readings: Mapping[Slot, Reading]
    dialect: str

    def told(self, checked: Checked) -> Checked:
        """Return what was found, with places and words of the copy as it was given.

        A suggestion that the tool could not be given in that place is left out.
        """
        findings = tuple(self._finding(one) for one in checked.findings)
        bindings = checked.bindings and tuple(self._binding(one) for one in checked.bindings)
        return checked.model_copy(update={"findings": findings, "bindings": bindings})

    def _finding(self, finding: Finding) -> Finding:
        reading = self.readings[finding.slot]
        update = {**_place(reading, finding), "suggestion": self._suggestion(finding)}
        return finding.model_copy(update=update)

    def _binding(self, binding: Binding) -> Binding:
        return binding.model_copy(update=_place(self.readings[binding.slot], binding))

    def _suggestion(self, finding: Finding) -> str | None:
        if finding.suggestion is None:
            return None
        if not self.readings[finding.slot].is_whole(finding.start, finding.end):
            return None
        try:
            return emit(Text(finding.suggestion), self.dialect, finding.slot)
        except Conflict:
            return None


def translated(request: CopyInTool) -> Translated | None:
    """Return the request with its copy in our own form, None where it is in that already.

    Raises:
        InputError: the copy holds code that is not understood; each problem names the slot, the
            line and the column.
    """
    dialect = request.dialect
    if dialect is None or dialect == NEUTRAL:
        return None
    readings: dict[Slot, Reading] = {}
    problems: list[Problem] = []
    for slot, text in request.copy_.slots():
        try:
            readings[slot] = read(str(text), dialect)
        except InputError as error:
            problems += [_of_slot(slot, problem) for problem in error.problems]
    if problems:
        raise InputError(problems)
    ours = Copy(**{slot.value: reading.text for slot, reading in readings.items()})
    return Translated(replace(request.submission, copy=ours), readings, dialect)


def _of_slot(slot: Slot, problem: Problem) -> Problem:
    field = f"copy.{slot.value}" + (f", {problem.field}" if problem.field else "")
    return Problem(field, problem.holds, problem.remedy)


def _place(reading: Reading, found: Finding | Binding) -> dict[str, object]:
    start, end = reading.place(found.start, found.end)
    return {"start": start, "end": end, "match": reading.source[start:end]}
