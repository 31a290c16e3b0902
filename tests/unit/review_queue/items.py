"""Review items and findings for tests: valid as they are, changed by keyword."""

from __future__ import annotations

from typing import Any

from copydesk.guardrails import Checked, Finding, Severity, Verdict
from copydesk.review_queue import ReviewItem
from copydesk.variants import Slot
from tests.factories import NOW, a_brand, a_brief, a_copy, a_variant, an_audience

PASSED = Checked(verdict=Verdict.PASS)


def a_finding(**changes: Any) -> Finding:
    given: dict[str, Any] = {
        "rule": "grounding.percent",
        "category": "grounding.number",
        "severity": Severity.BLOCK,
        "slot": Slot.SUBJECT,
        "start": 0,
        "end": 3,
        "match": "20%",
        "message": "The copy says 20%, the offer says 30%.",
        "why": "A wrong number misleads.",
    }
    return Finding(**{**given, **changes})


def checked(*findings: Finding) -> Checked:
    return Checked(verdict=Verdict.of(findings), findings=findings)


def an_item(**changes: Any) -> ReviewItem:
    given: dict[str, Any] = {
        "id": "rev_1",
        "generation_id": "gen_1",
        "campaign": "spring",
        "requester": "mara",
        "variant": a_variant(),
        "copy_now": a_copy(),
        "brief": a_brief(),
        "brand": a_brand(),
        "audience": an_audience(),
        "checked": PASSED,
        "routed_by": "findings",
        "routed_because": "A check found something.",
        "created_at": NOW,
        "updated_at": NOW,
    }
    return ReviewItem(**{**given, **changes})
