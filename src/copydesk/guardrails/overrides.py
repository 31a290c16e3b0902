"""Severities that a house sets itself: a rule raised, lowered or put off, with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

from pydantic import Field

from copydesk import documents
from copydesk.briefs import Line, Noun
from copydesk.errors import InputError, Problem
from copydesk.guardrails.findings import Severity
from copydesk.guardrails.kinds import Rule

_WORST_FIRST = tuple(Severity)


class Override(Noun):
    """What a house decided about one rule, or about all whose id fits a pattern."""

    rule: Line
    """Id of a rule, or a pattern over ids with `*`, as `format.*`."""
    severity: Severity | Literal["off"]
    """Holds everywhere, in place of the pack's severities; `off` puts the rule out of force."""
    reason: Line | None = None
    """Why, and who decided. Needed wherever a rule is made milder or put off."""

    def weakens(self, rule: Rule) -> bool:
        """Return whether the rule would be milder than its pack says, anywhere."""
        if self.severity == "off":
            return True
        said = (rule.severity, *rule.severity_in.values())
        return min(map(_WORST_FIRST.index, said)) < _WORST_FIRST.index(self.severity)


class Overrides(Noun):
    """A file of overrides; of several that fit a rule the last one holds."""

    overrides: tuple[Override, ...] = Field(min_length=1)


def load_overrides(file: Path, rules: Iterable[Rule]) -> Mapping[str, Override]:
    """Return the override of each rule that has one, by id.

    Raises:
        InputError: the file cannot be read, an override fits no rule, or one that makes a rule
            milder has no reason.
    """
    known = tuple(rules)
    found: dict[str, Override] = {}
    problems: list[Problem] = []
    for override in documents.load(file, Overrides).overrides:
        fitting = [rule for rule in known if fnmatchcase(rule.id, override.rule)]
        found.update(dict.fromkeys((rule.id for rule in fitting), override))
        remedy = _remedy(override, fitting)
        if remedy:
            problems.append(Problem("overrides: rule", override.rule, remedy, str(file)))
    if problems:
        raise InputError(problems)
    return found


def _remedy(override: Override, fitting: list[Rule]) -> str:
    if not fitting:
        return "no rule has such an id: `copydesk rules list` shows them"
    milder = next((rule.id for rule in fitting if override.weakens(rule)), None)
    if milder and override.reason is None:
        return f"this makes `{milder}` milder: write a `reason`, with who decided"
    return ""


def overridden(rule: Rule, override: Override | None) -> Rule | None:
    """Return the rule as it is in force, or None when it is off."""
    if override is None:
        return rule
    if override.severity == "off":
        return None
    return rule.model_copy(update={"severity": override.severity, "severity_in": {}})
