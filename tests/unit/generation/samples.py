"""Requests and drafts for the tests of models."""

from __future__ import annotations

import json
from typing import Any

from copydesk.generation import Draft, DraftRequest, Repair
from copydesk.prompts import draft_prompt
from tests.factories import COPY, a_brand, a_brief


def a_draft(**changes: Any) -> Draft:
    return Draft.model_validate({"angle": "benefit", **COPY, "facts": ["drop"], **changes})


def a_request(n: int = 2, repairs: int = 0, **changes: Any) -> DraftRequest:
    brief, brand = a_brief(**changes), a_brand()
    return DraftRequest(
        brief=brief,
        brand=brand,
        signals=(),
        prompt=draft_prompt(brief, brand, (), n),
        n=n,
        seed=7,
        repairs=tuple(Repair(a_draft(), ("too long",)) for _ in range(repairs)),
    )


def an_answer(*drafts: Any, **beside: Any) -> str:
    """Return the JSON text of an answer; drafts may be drafts, or anything else that is wrong."""
    plain = [d.model_dump() if isinstance(d, Draft) else d for d in drafts]
    return json.dumps({"variants": plain, **beside})
