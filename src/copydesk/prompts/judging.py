"""The prompt that asks a model to judge copy, and the policy that its system part spells out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Literal

from copydesk import documents
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief, Jurisdiction, Line, Noun
from copydesk.prompts.build import fenced_samples, templates
from copydesk.prompts.prompt import Prompt
from copydesk.variants import Copy

JUDGE_PROMPT = "judge.v1"
SLOT_CHARACTERS = 10_000
"""Of a longer slot only the beginning is shown; a rule about length stops such copy anyway."""


class JudgedCategory(Noun):
    """One thing that the judge looks for."""

    id: str
    """As `legal.free_claim`: the categories are those of the rules."""
    severity: Literal["review", "block"]
    block_in: tuple[Jurisdiction, ...] = ()
    """Where it is worse than `severity` says."""
    wrong: Line
    lawful: Line
    """What makes the same words pass."""
    citation: str | None = None

    def may_block(self, jurisdictions: Sequence[Jurisdiction]) -> bool:
        """Return whether a finding may be called blocking where the law of these places rules."""
        return self.severity == "block" or bool(set(self.block_in) & set(jurisdictions))


class JudgePolicy(Noun):
    """Every category with what makes it lawful, in the order of the prompt."""

    categories: tuple[JudgedCategory, ...]

    def __getitem__(self, category: str) -> JudgedCategory:
        return next(one for one in self.categories if one.id == category)


@cache
def judge_policy() -> JudgePolicy:
    """Return the policy of the released version."""
    file = resources.files("copydesk.prompts").joinpath("templates/judge_policy.v1.yaml")
    return documents.parse(file.read_text(encoding="utf-8"), JudgePolicy, file.name)


def judge_prompt(
    copies: Sequence[Copy], brief: Brief | None, brand: Brand | None, *, sensitive: bool
) -> Prompt:
    """Return the prompt that asks for the faults of these copies, numbered from one.

    Of the audience it says only whether its situation asks for care.
    """
    user = templates().get_template("judge_user.v1.jinja")
    return Prompt(
        name=JUDGE_PROMPT,
        system=_system(),
        user=user.render(
            brief=brief,
            brand=brand,
            samples=fenced_samples(brand) if brand else [],
            sensitive=sensitive,
            copies=[_shown(copy) for copy in copies],
        ),
    )


@cache
def _system() -> str:
    template = templates().get_template("judge_system.v1.jinja")
    return template.render(categories=judge_policy().categories)


def _shown(copy: Copy) -> dict[str, str]:
    return {slot.value: str(text)[:SLOT_CHARACTERS] for slot, text in copy.slots()}
