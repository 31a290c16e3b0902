"""Reading what the judge answered, whatever the server promised: nothing in it is believed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from copydesk.documents import problems_of
from copydesk.errors import InvalidDraft
from copydesk.generation.answers import closed, json_in
from copydesk.generation.questions import Form
from copydesk.guardrails.findings import Finding, Severity
from copydesk.guardrails.guard import Submission
from copydesk.guardrails.normalise import Reading, read
from copydesk.guardrails.rulings import Ruling
from copydesk.prompts import judge_policy
from copydesk.prompts.fences import plain
from copydesk.prompts.judging import SLOT_CHARACTERS
from copydesk.variants import Slot, Text

_SHOWN = 60
"""Characters of a quote that a message repeats."""


class Charge(BaseModel):
    """One fault as the judge states it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    category: str
    severity: Literal["review", "block"]
    slot: Slot
    quote: str = Field(max_length=SLOT_CHARACTERS)
    reason: str = Field(min_length=1, max_length=1_000)
    fact: str | None = None


class JudgedVariant(BaseModel):
    """All faults of one variant; none is an empty list, never a missing one."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    variant: int
    findings: list[Charge] = Field(max_length=50)


class JudgeAnswer(BaseModel):
    """The judge's whole answer."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    variants: list[JudgedVariant]


def judge_form() -> Form:
    """Return the schema of an answer: the same for every request."""
    text = {"type": "string"}
    charge = closed(
        {
            "category": text | {"enum": [category.id for category in judge_policy().categories]},
            "severity": text | {"enum": ["review", "block"]},
            "slot": text | {"enum": list(Slot)},
            "quote": text,
            "reason": text,
            "fact": {"type": ["string", "null"]},
        }
    )
    judged = closed({"variant": {"type": "integer"}, "findings": _list_of(charge)})
    return Form("judgement", closed({"variants": _list_of(judged)}))


def read_rulings(said: str, submissions: Sequence[Submission]) -> list[Ruling]:
    """Return a ruling for each submission, in order.

    A quote that the copy does not hold is no finding; it puts that variant's ruling in doubt.

    Raises:
        InvalidDraft: the answer is not one JSON object of this shape, it leaves a variant out or
            names one that is not there, or a category that is not there.
    """
    judged = _judged(said)
    wanted = set(range(1, len(submissions) + 1))
    if sorted(one.variant for one in judged) != sorted(wanted):
        numbers = ", ".join(str(one.variant) for one in judged) or "none"
        raise InvalidDraft(f"{len(wanted)} variants were to be judged, and it judged {numbers}")
    by_number = {one.variant: one.findings for one in judged}
    return [
        _ruling(by_number[number], submission)
        for number, submission in enumerate(submissions, start=1)
    ]


def place(source: Text, quote: str) -> tuple[int, int] | None:
    """Return where a quote stands in a slot, in code points of its source, or None.

    A quote that is not there letter for letter is looked for in the slot as the rules read it:
    case, look-alikes, invisible characters and line breaks aside.
    """
    text = str(source)
    if not quote.strip():
        return None if text.strip() else (0, len(text))
    found = _whole(re.escape(quote), text)
    if found is not None:
        return found
    reading, quoted = read(source), read(Text(quote))
    found = _whole(r"\s+".join(map(re.escape, quoted.folded.text.split())), reading.folded.text)
    if found is not None:
        return reading.span_of_text(*found)
    return _words_place(reading, quoted)


def _judged(said: str) -> list[JudgedVariant]:
    try:
        judged = JudgeAnswer.model_validate(json_in(said)).variants
    except ValidationError as error:
        problems = "; ".join(str(problem) for problem in problems_of(error, JudgeAnswer)[:3])
        raise InvalidDraft(f"the answer does not fit the schema: {problems}") from error
    known = {category.id for category in judge_policy().categories}
    for charge in (charge for one in judged for charge in one.findings):
        if charge.category not in known:
            raise InvalidDraft(f"the answer names a category that is not there: {charge.category}")
    return judged


def _ruling(charges: Sequence[Charge], submission: Submission) -> Ruling:
    places = [(charge, place(submission.copy[charge.slot], charge.quote)) for charge in charges]
    findings = [_finding(charge, where, submission) for charge, where in places if where]
    missed = [charge for charge, where in places if where is None]
    if not missed:
        return Ruling(tuple(findings))
    quotes = "; ".join(f"{one.category} in {one.slot}: “{_short(one.quote)}”" for one in missed)
    return Ruling(tuple(findings), f"it quotes what the copy does not hold ({quotes})")


def _finding(charge: Charge, where: tuple[int, int], submission: Submission) -> Finding:
    policy, brief = judge_policy()[charge.category], submission.brief
    may_block = policy.may_block(brief.jurisdictions if brief else ())
    facts = {fact.id for fact in brief.facts} if brief else set()
    fact = f" (fact `{charge.fact}`)" if charge.fact in facts else ""
    return Finding(
        rule=f"judge.{charge.category}",
        category=charge.category,
        severity=Severity(charge.severity) if may_block else Severity.REVIEW,
        slot=charge.slot,
        start=where[0],
        end=where[1],
        match=str(submission.copy[charge.slot])[slice(*where)],
        message=plain(charge.reason) + fact,
        why=policy.wrong,
        citation=policy.citation,
    )


def _whole(pattern: str, text: str) -> tuple[int, int] | None:
    """Return where the pattern stands: at whole words where it can, else anywhere."""
    if not pattern:
        return None
    found = re.search(rf"(?<!\w)(?:{pattern})(?!\w)", text) or re.search(pattern, text)
    return found.span() if found else None


def _words_place(reading: Reading, quoted: Reading) -> tuple[int, int] | None:
    words = quoted.line.strip(" .,")
    at = reading.line.find(f" {words} ") if words else -1
    return reading.span(at, at + len(words) + 1) if at >= 0 else None


def _list_of(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _short(quote: str) -> str:
    line = plain(quote)
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"
