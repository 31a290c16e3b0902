"""The check of a piece of copy: every guard, one list of findings, one verdict."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence

from copydesk.guardrails.findings import Binding, Checked, Finding, Severity, Verdict
from copydesk.guardrails.guard import Considering, Guard, Resolving, Submission
from copydesk.guardrails.language import READS_ENGLISH, Reads, how_read
from copydesk.guardrails.limits import TimedGuard
from copydesk.guardrails.unavailable import UNAVAILABLE, EngineUnavailable, unavailable
from copydesk.variants import Slot

log = logging.getLogger(__name__)

NO_BRIEF = "no brief: claims were not bound to facts"

_WORST_FIRST = tuple(Severity)
_SLOTS = tuple(Slot)


class Checker:
    """Runs the guards that the settings name, and fails closed.

    A guard that raises, or that is `missing` (name: reason), becomes a finding of severity
    review, so that a person looks. `check` never raises, whatever the copy holds.

    Guards that ask a server, as the judge, do so ahead: `consider` what will be checked, or use
    `check_all` or `check_now`, which do. Without such a guard they cost nothing.
    """

    def __init__(self, guards: Sequence[Guard], missing: Mapping[str, str] | None = None) -> None:
        self.guards = tuple(guards)
        self.missing = dict(missing or {})
        self._states: dict[str, str] = {}

    @property
    def considering(self) -> tuple[Considering, ...]:
        """The guards that ask somebody else."""
        return tuple(guard for guard in self.guards if isinstance(guard, Considering))

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
        found = [unavailable(name, reason) for name, reason in self.missing.items()]
        for guard in self.guards:
            found.extend(_run(guard, submission))
        findings = _without_overlaps(found)
        engines = self.engines
        if submission.brief is None:
            engines["grounding"] = NO_BRIEF
        elif how_read(submission) is not Reads.ENGLISH:
            engines["meaning"] = READS_ENGLISH.format(locale=submission.brief.locale)
        return Checked(verdict=Verdict.of(findings), findings=findings, engines=engines)

    def bindings(self, submission: Submission) -> tuple[Binding, ...] | None:
        """Return every claim of the copy with what in the brief it rests on.

        None without a brief, and where no guard binds claims. Takes about as long as a check.
        """
        return self._bound(submission, lambda guard, given: guard.bindings(given))

    def resolved(self, submission: Submission) -> tuple[Binding, ...] | None:
        """Return the same one by one, with all that any of them rests on: to find what leans on it.

        None where `bindings` is, and then nobody can tell.
        """
        return self._bound(submission, lambda guard, given: guard.resolved(given))

    def _bound(
        self, submission: Submission, of: Callable[[Resolving, Submission], Iterable[Binding]]
    ) -> tuple[Binding, ...] | None:
        guards = [guard for guard in self.guards if isinstance(guard, Resolving)]
        if submission.brief is None or not guards:
            return None
        try:
            return tuple(bound for guard in guards for bound in of(guard, submission))
        except Exception:  # they are told beside the verdict, and must never stand in its way
            log.exception("bindings.failed")
            return None

    def with_bindings(self, checked: Checked, submission: Submission) -> Checked:
        """Return the check of this submission with its bindings."""
        return checked.model_copy(update={"bindings": self.bindings(submission)})

    async def consider(self, submissions: Iterable[Submission]) -> None:
        """Let every guard that asks somebody else do so; what fails is for `check` to tell.

        `submissions` is not even begun to be read where no guard asks.
        """
        if guards := self.considering:
            asked = list(submissions)
            await asyncio.gather(*(_consider(guard, asked) for guard in guards))

    def consider_now(self, submissions: Iterable[Submission]) -> None:
        """Consider and wait. For threads without an event loop, and outside transactions."""
        if guards := self.considering:
            asyncio.run(_consider_and_close(guards, list(submissions)))

    async def check_all(self, submissions: Sequence[Submission]) -> list[Checked]:
        """Return the verdict on each submission, having asked about all of them at once.

        Guards that are waited for do not hold up the event loop meanwhile.
        """
        await self.consider(submissions)
        if any(isinstance(guard, TimedGuard) for guard in self.guards):
            return await asyncio.to_thread(self._check_each, submissions)
        return self._check_each(submissions)

    def _check_each(self, submissions: Iterable[Submission]) -> list[Checked]:
        return [self.check(submission) for submission in submissions]

    def check_now(self, submission: Submission) -> Checked:
        """Consider, wait and check. For threads without an event loop."""
        self.consider_now([submission])
        return self.check(submission)

    async def aclose(self) -> None:
        """Let go of the connections that the running event loop opened."""
        for guard in self.considering:
            await guard.aclose()


async def _consider(guard: Considering, submissions: Sequence[Submission]) -> None:
    try:
        await guard.consider(submissions)
    except Exception:  # fail closed: what was not considered is a finding of the check
        log.exception("guard.not_considered")


async def _consider_and_close(
    guards: Sequence[Considering], submissions: Sequence[Submission]
) -> None:
    try:
        await asyncio.gather(*(_consider(guard, submissions) for guard in guards))
    finally:
        for guard in guards:
            await guard.aclose()


def _run(guard: Guard, submission: Submission) -> Iterable[Finding]:
    try:
        return list(guard.check(submission))
    except EngineUnavailable as error:
        return [unavailable(guard.name, str(error))]
    except Exception as error:  # noqa: BLE001 - fail closed: any failure sends copy to a person
        return [unavailable(guard.name, f"{type(error).__name__}: {error}")]


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
    """Keep, of findings of one category that overlap, the worst.

    Of equals the one that says what would be right, and then the longest.
    """
    kept: list[Finding] = []
    for finding in sorted(found, key=_worth):
        if not any(_same_matter(finding, other) for other in kept):
            kept.append(finding)
    return tuple(sorted(kept, key=order))


def _worth(finding: Finding) -> tuple[int, bool, int, tuple[int, int, int, str, int]]:
    return (
        _WORST_FIRST.index(finding.severity),
        finding.suggestion is None,
        finding.start - finding.end,
        order(finding),
    )


def _same_matter(one: Finding, other: Finding) -> bool:
    if one.category != other.category or one.slot is not other.slot:
        return False
    if one.category == UNAVAILABLE:
        return one.rule == other.rule
    overlap = one.start < other.end and other.start < one.end
    return overlap or (one.start, one.end) == (other.start, other.end)
