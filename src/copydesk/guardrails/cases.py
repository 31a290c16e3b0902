"""Running the cases of a rule: what its author says it must flag and must pass."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from pydantic import ValidationError

from copydesk import documents
from copydesk.audiences import Audience
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief
from copydesk.guardrails.findings import Finding
from copydesk.guardrails.guard import Submission
from copydesk.guardrails.kinds import Rule
from copydesk.guardrails.packs import RuleBook, load_pack
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
    found = _guard(book).check(submission_of(rule, case))
    return [finding for finding in found if finding.rule == rule.id]


@lru_cache(maxsize=4)
def _guard(book: RuleBook) -> RulesGuard:
    """Return the guard of a book: it knows from case to case which rules are law where."""
    return RulesGuard(book)


class Failure(NamedTuple):
    """A case that does not hold, and where it stands."""

    file: Path
    line: int | None
    rule: str
    said: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else str(self.file)
        return f"{place}: {self.rule}: {self.said}"


def failed_cases(file: Path) -> list[Failure]:
    """Return the cases of a pack that do not hold.

    Raises InputError when the pack itself is wrong.
    """
    pack = load_pack(file)
    book = RuleBook([pack])
    line_of = documents.line_in(documents.read(file))
    failures = []
    for at, rule in enumerate(pack[0].rules):
        for sort in ("must_flag", "must_pass"):
            for number, case in enumerate(getattr(rule, sort)):
                said = _failure(book, rule, case, flags=sort == "must_flag")
                if said:
                    line = line_of(("rules", at, sort, number))
                    failures.append(Failure(file, line, rule.id, f"{sort} {number + 1}: {said}"))
    return failures


def _failure(book: RuleBook, rule: Rule, case: RuleCase, *, flags: bool) -> str:
    try:
        found = [finding.match for finding in findings_of(book, rule, case)]
    except ValidationError as error:
        return f"the case does not fit: {error}"
    if flags and not found:
        return "nothing was found"
    if flags and case.match is not None and case.match not in found:
        return f"`{case.match}` should be found, and was found: {', '.join(found)}"
    return "" if flags or not found else f"found `{found[0]}`, and should find nothing"


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
