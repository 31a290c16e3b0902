"""Running the cases of a rule: what its author says it must flag and must pass."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import yaml

from copydesk.audiences import Audience
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief
from copydesk.guardrails.findings import Finding
from copydesk.guardrails.guard import Submission
from copydesk.guardrails.kinds import Rule
from copydesk.guardrails.packs import RuleBook
from copydesk.guardrails.rule import RuleCase
from copydesk.guardrails.rules import RulesGuard
from copydesk.variants import Copy, Slot


def submission_of(rule: Rule, case: RuleCase) -> Submission:
    """Return what a case describes: its copy, with the brief, brand and audience of cases.

    The brief is put where the rule is law: its first jurisdiction, its first sector.
    Raises InputError or a pydantic ValidationError when a change does not fit the shape.
    """
    base = _base()
    places = list(rule.jurisdictions) or ["US"]
    sectors = {"sector": rule.sectors[0]} if rule.sectors else {}
    brief = None
    if case.brief is not None:
        fields = {**base["brief"], "jurisdictions": places, **sectors, **case.brief}
        brief = Brief.model_validate(fields)
    return Submission(
        copy=_copy(rule, case),
        brief=brief,
        brand=Brand.model_validate({**base["brand"], **case.brand}),
        audience=Audience.model_validate({**base["audience"], **case.audience}),
    )


def findings_of(book: RuleBook, rule: Rule, case: RuleCase) -> list[Finding]:
    """Return what one rule of the book finds in one case."""
    found = RulesGuard(book).check(submission_of(rule, case))
    return [finding for finding in found if finding.rule == rule.id]


def _copy(rule: Rule, case: RuleCase) -> Copy:
    slots = {slot.value: getattr(case, slot.value) or "" for slot in Slot}
    if case.text is not None:
        alone = Slot.BODY if Slot.BODY in rule.slots else rule.slots[0]
        slots[alone.value] = case.text
    return Copy.model_validate({name: text * case.times for name, text in slots.items()})


@cache
def _base() -> dict[str, Any]:
    file = resources.files("copydesk.guardrails").joinpath("cases.yaml")
    base: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return base
