"""A request to check one piece of copy and its answer, as on the wire and on a line of a file."""

from __future__ import annotations

from pydantic import Field

from copydesk.audiences import Audience
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief, Noun
from copydesk.guardrails.findings import Binding, Checked, Finding, Verdict
from copydesk.guardrails.guard import Submission
from copydesk.variants import Copy


class CheckRequest(Noun):
    """One piece of copy with what it is checked against: a line of what `copydesk check` reads."""

    id: str | None = Field(default=None, max_length=200)
    """Comes back with the answer."""
    brief: Brief | None = None
    """Without a brief, claims cannot be bound to facts: those checks are left out."""
    brand: Brand | None = None
    audience: Audience | None = None
    copy_: Copy = Field(alias="copy")

    @property
    def submission(self) -> Submission:
        """The same, as guards take it."""
        return Submission(self.copy_, self.brief, self.brand, self.audience)


class CheckAnswer(Noun):
    """The verdict, and every finding that it rests on."""

    id: str | None = None
    verdict: Verdict
    findings: tuple[Finding, ...]
    engines: dict[str, str]
    """Each check engine with its state: one that should have taken part and could not is named."""

    @classmethod
    def of(cls, request_id: str | None, checked: Checked) -> CheckAnswer:
        """Return the answer that this check gives."""
        return cls(
            id=request_id,
            verdict=checked.verdict,
            findings=checked.findings,
            engines=checked.engines,
        )


class BoundAnswer(CheckAnswer):
    """The verdict, its findings, and what each claim of the copy rests on."""

    bindings: tuple[Binding, ...] | None
    """In the order of the copy; null without a brief, for then nothing can be bound."""

    @classmethod
    def of(cls, request_id: str | None, checked: Checked) -> BoundAnswer:
        """Return the answer that this check gives."""
        answer = CheckAnswer.of(request_id, checked)
        return cls(**dict(answer), bindings=checked.bindings)
