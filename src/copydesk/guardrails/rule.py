"""What every rule states, whatever its kind: a rule is a value, read from a pack."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from copydesk.briefs import Jurisdiction, Line, Noun, Sector
from copydesk.guardrails.case import Case, Hit
from copydesk.guardrails.conditions import Condition
from copydesk.guardrails.findings import Severity
from copydesk.guardrails.phrases import Lists
from copydesk.guardrails.remedies import Way
from copydesk.variants import Slot

RuleId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$", max_length=100)]
Category = Annotated[str, Field(pattern=r"^[a-z]+\.[a-z_]+$", max_length=60)]


class RuleCase(Noun):
    """A piece of copy that a rule must flag or must pass."""

    subject: str | None = None
    preheader: str | None = None
    body: str | None = None
    match: str | None = None
    """The words that the finding must underline."""
    brief: dict[str, object] | None = {}
    """Changes to the brief of cases; null for copy that is checked without a brief."""
    brand: dict[str, object] = {}
    """Changes to the brand of cases."""
    audience: dict[str, object] = {}
    """Changes to the audience of cases."""

    @model_validator(mode="before")
    @classmethod
    def _a_text_alone_is_the_copy(cls, value: object) -> object:
        return {"text": value} if isinstance(value, str) else value

    text: str | None = None
    """Copy for the body, or for the first slot of a rule that does not look at bodies."""
    times: int = Field(default=1, ge=1)
    """How often the copy is repeated, for rules about length."""


Find = Callable[[Case], Iterable[Hit]]
"""A rule made ready: yields what it finds in the copy, lawful or not."""


class RuleBase(Noun):
    """One rule: what it looks for, where it applies, what makes it lawful, and what it says."""

    id: RuleId
    category: Category
    jurisdictions: tuple[Jurisdiction, ...] = ()
    """Where it is law; empty for everywhere."""
    sectors: tuple[Sector, ...] = ()
    """Sectors it binds; empty for all. Without a brief, a rule for some sectors is passed over."""
    not_sectors: tuple[Sector, ...] = ()
    slots: tuple[Slot, ...] = tuple(Slot)
    severity: Severity
    severity_in: dict[Jurisdiction, Severity] = {}
    """Severity where the law is stricter or milder; the worst of the brief's places counts."""
    citation: Line | None = None
    link: str | None = None
    """Address of the law's text."""
    verified: bool = True
    """False where nobody has held the rule beside the law's own text yet."""
    verified_note: Line | None = None
    """What is still to be checked, and what was read instead; needed where `verified` is false."""
    in_force_from: date | None = None
    in_force_to: date | None = None
    """Compared with the day of sending."""
    needs_brief: bool = False
    """True for a rule that means nothing without a brief."""
    when: Condition | None = None
    """What must hold for the rule to apply."""
    unless: tuple[Condition, ...] = ()
    """What makes the claim lawful: one of these holding clears the finding."""
    message: Line
    """What is wrong; {match} and the details of the kind of rule may stand in it."""
    why: Line
    suggestion: str | None = None
    """Text in place of the match; empty to take it out."""
    suggest: Way | None = None
    """How to put it right from the brief: a name of `remedies`. `append` adds `suggestion`."""
    reviewer: Line | None = None
    """Role of the person who should decide, as `legal` or `principal`."""
    must_flag: tuple[RuleCase, ...] = Field(min_length=1)
    must_pass: tuple[RuleCase, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _what_is_unverified_is_said(self) -> Self:
        if not self.verified and self.verified_note is None:
            raise ValueError("`verified: false` needs a `verified_note`: what is to be checked")
        return self

    @model_validator(mode="after")
    def _one_suggestion(self) -> Self:
        if (self.suggest == "append") != (self.suggest is not None and self.suggestion is not None):
            raise ValueError("`suggest: append` needs a `suggestion`; no other way takes one")
        return self

    def finder(self, lists: Lists) -> Find:
        """Return the rule made ready. Raises PhraseError when a phrase is not well written."""
        raise NotImplementedError

    @property
    def own_phrases(self) -> Sequence[str]:
        """The phrases that the claim is made with, where the rule looks for phrases."""
        return ()
