"""What is handed to a check, and what a check is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from copydesk.audiences import Audience
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief
from copydesk.guardrails.findings import Binding, Finding
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


@runtime_checkable
class Considering(Protocol):
    """A guard that has to ask somebody else, and asks ahead, for many submissions at once.

    Its `check` gives out the answers, without waiting. It may raise as any guard's does, above
    all where the submission was not considered.
    """

    async def consider(self, submissions: Sequence[Submission]) -> None:
        """Ask about what is not known yet. Failures are for `check` to tell."""

    async def aclose(self) -> None:
        """Let go of the connections of the running event loop."""


@runtime_checkable
class Resolving(Protocol):
    """A guard that can say which words of the copy rest on what in the brief."""

    def bindings(self, submission: Submission) -> Iterable[Binding]:
        """Return the claims of the copy, in its order; none without a brief."""

    def resolved(self, submission: Submission) -> Iterable[Binding]:
        """Return them one by one, in no order: those that `bindings` tells as one, too."""
