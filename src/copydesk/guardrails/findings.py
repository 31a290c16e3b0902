"""What a check found: where, how bad, why, and what would be right."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from copydesk.briefs import Noun
from copydesk.variants import Slot


class Severity(StrEnum):
    """How bad a finding is, worst first."""

    BLOCK = "block"
    REVIEW = "review"
    WARN = "warn"
    INFO = "info"


class Verdict(StrEnum):
    """What follows for the copy: the worst severity, warn and info being pass."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    REVIEW = "review"
    BLOCK = "block"

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> Verdict:
        """Return the verdict that these findings add up to."""
        severities = {finding.severity for finding in findings}
        if Severity.BLOCK in severities:
            return cls.BLOCK
        return cls.REVIEW if Severity.REVIEW in severities else cls.PASS


class Finding(Noun):
    """One thing found in one slot. `start` and `end` index the slot's source in code points."""

    rule: str
    """Id of the rule, as `us.free_claim.conditions`."""
    category: str
    """One of the categories, as `legal.free_claim`."""
    severity: Severity
    slot: Slot
    start: int
    end: int
    match: str
    """The text from `start` to `end`."""
    message: str
    """What is wrong, in a sentence that names the missing or differing fact."""
    why: str
    """Why it matters."""
    citation: str | None = None
    """Law or guideline, where there is one."""
    suggestion: str | None = None
    """Text to put in place of `match`; an empty string means: take it out."""


class Binding(Noun):
    """Words of the copy that claim something, and what in the brief they rest on."""

    slot: Slot
    start: int
    end: int
    match: str
    """The text from `start` to `end`."""
    kind: str
    """Sort of claim: `number`, `money`, `percent`, `date`, `weekday`, `ahead`, `time`, `year`,
    `code` or `link`; for a claim in words the category of the rule that knows it."""
    rests_on: tuple[str, ...]
    """Places in the brief, as `offer.value` or `facts.reviews`; empty when nothing bears it."""


class Checked(Noun):
    """A verdict with what it rests on."""

    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    bindings: tuple[Binding, ...] | None = None
    """Every claim with what it rests on, in the order of the copy; null where it was not asked
    for, and without a brief."""
    engines: dict[str, str] = {}
    """Each engine that took part, or should have, with its state."""
