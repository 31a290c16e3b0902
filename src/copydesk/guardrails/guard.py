"""What is handed to a check, and what a check is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from copydesk.audiences import Audience
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief
from copydesk.guardrails.findings import Finding
from copydesk.variants import Copy


@dataclass(frozen=True, slots=True)
class Submission:
    """Copy with what it is checked against. Without a brief, claims cannot be bound to facts."""

    copy: Copy
    brief: Brief | None = None
    brand: Brand | None = None
    audience: Audience | None = None


class Guard(Protocol):
    """One check. It may raise: the checker turns that into a finding of severity review."""

    @property
    def name(self) -> str:
        """Name in settings and provenance, as `rules` or `toxicity.detoxify`."""

    def check(self, submission: Submission) -> Iterable[Finding]:
        """Return what is wrong with the copy, in any order."""
