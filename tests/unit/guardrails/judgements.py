"""A judge with a script, and answers for it."""

from __future__ import annotations

import json
from typing import Any

from copydesk.generation import ScriptedAnswerer
from copydesk.guardrails import Submission
from copydesk.guardrails.judge import JudgeGuard
from tests.factories import a_brand, a_brief, a_copy, an_audience

INVENTED = a_copy(
    body="The Ridgeline was made by hand in a small town. Shop trail shoes: "
    "https://northpeak.example/trail"
)
"""Its origin is nowhere in the brief."""
CHARGE: dict[str, Any] = {
    "category": "legal.origin_claim",
    "severity": "review",
    "slot": "body",
    "quote": "made by hand in a small town",
    "reason": "The brief says nothing of where or how it is made.",
    "fact": None,
}


def judged(*variants: list[dict[str, Any]], first: int = 1) -> str:
    """Return an answer with these findings, one list for each variant."""
    numbered = [
        {"variant": number, "findings": findings}
        for number, findings in enumerate(variants, start=first)
    ]
    return json.dumps({"variants": numbered})


def submitted(copy: Any = INVENTED, **brief: Any) -> Submission:
    return Submission(copy, a_brief(**brief), a_brand(), an_audience())


def a_judge(*script: Any) -> tuple[JudgeGuard, ScriptedAnswerer]:
    answerer = ScriptedAnswerer(script)
    return JudgeGuard(answerer), answerer
