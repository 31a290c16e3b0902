"""The check of a piece of copy: every guard, one list of findings, one verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from copydesk.guardrails.findings import Checked, Finding, Severity, Verdict
from copydesk.guardrails.guard import Guard, Submission
from copydesk.variants import Slot

UNAVAILABLE = "guard.unavailable"
"""Category of the finding that stands for a guard which could not do its work."""
NO_BRIEF = "no brief: claims were not bound to facts"

_WORST_FIRST = tuple(Severity)
_SLOTS = tuple(Slot)


class Checker:
    """Runs the guards that the settings name, and fails closed.

    A guard that raises, or that is `missing` (name: reason), becomes a finding of severity
    review, so that a person looks. `check` never raises, whatever the copy holds.
    """

    def __init__(self, guards: Sequence[Guard], missing: Mapping[str, str] | None = None) -> None:
        self.guards = tuple(guards)
        self.missing = dict(missing or {})
        self._states: dict[str, str] = {}

    @property
    def engines(self) -> dict[str, str]:
        """Each engine with its state, those included that could not take part."""
        running = {guard.name: getattr(guard, "state", "ready") for guard in self.guards}
        return {**running, **self.missing, **self._states}

    def with_states(self, states: Mapping[str, str]) -> Checker:
        """Return this checker naming engines that the settings do not ask for, too."""
        other = Checker(self.guards, self.missing)
        other._states = dict(states)
        return other

    def check(self, submission: Submission) -> Checked:
        """Return the verdict on a submission, with findings in the order of the copy."""
        found = [_unavailable(name, reason) for name, reason in self.missing.items()]
        for guard in self.guards:
            found.extend(_run(guard, submission))
        findings = _without_overlaps(found)
        engines = self.engines
        if submission.brief is None:
            engines["grounding"] = NO_BRIEF
        return Checked(verdict=Verdict.of(findings), findings=findings, engines=engines)


def _run(guard: Guard, submission: Submission) -> Iterable[Finding]:
    try:
        return list(guard.check(submission))
    except Exception as error:  # noqa: BLE001 - fail closed: any failure sends copy to a person
        return [_unavailable(guard.name, f"{type(error).__name__}: {error}")]


def _unavailable(name: str, reason: str) -> Finding:
    return Finding(
        rule=f"guard.{name}",
        category=UNAVAILABLE,
        severity=Severity.REVIEW,
        slot=Slot.SUBJECT,
        start=0,
        end=0,
        match="",
        message=f"The check `{name}` did not take part: {reason}",
        why="A check that the settings ask for is missing, so a person must look instead.",
    )


def order(finding: Finding) -> tuple[int, int, int, str, int]:
    """Return the place of a finding in a list: by slot, start, severity, rule, end."""
    return (
        _SLOTS.index(finding.slot),
        finding.start,
        _WORST_FIRST.index(finding.severity),
        finding.rule,
        finding.end,
    )


def _without_overlaps(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Keep, of findings of one category that overlap, the worst, and of equals the longest."""
    kept: list[Finding] = []
    for finding in sorted(found, key=_worth):
        if not any(_same_matter(finding, other) for other in kept):
            kept.append(finding)
    return tuple(sorted(kept, key=order))


def _worth(finding: Finding) -> tuple[int, int, tuple[int, int, int, str, int]]:
    return _WORST_FIRST.index(finding.severity), finding.start - finding.end, order(finding)


def _same_matter(one: Finding, other: Finding) -> bool:
    if one.category != other.category or one.slot is not other.slot:
        return False
    if one.category == UNAVAILABLE:
        return one.rule == other.rule
    overlap = one.start < other.end and other.start < one.end
    return overlap or (one.start, one.end) == (other.start, other.end)
