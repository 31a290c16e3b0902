"""Requests with a text in one of their fields."""

from __future__ import annotations

from typing import Any

from copydesk.audiences import minimise
from copydesk.generation import Draft, DraftRequest
from copydesk.generations import GenerationRequest
from copydesk.steps import asked_of
from tests.factories import AUDIENCE, BRAND, BRIEF
from tests.unit.injection.strings import FIELDS


def a_generation(field: str, text: str) -> GenerationRequest:
    placed: dict[str, Any] = FIELDS[field](text)
    brief = {
        **BRIEF,
        "product": {**BRIEF["product"], **placed.get("product", {})},
        "offer": {**BRIEF["offer"], **placed.get("offer", {})},
        **placed.get("brief", {}),
    }
    return GenerationRequest.model_validate(
        {
            "brief": brief,
            "brand": {**BRAND, **placed.get("brand", {})},
            "audience": {**AUDIENCE, **placed.get("audience", {})},
            "n": 4,
        }
    )


def a_request(field: str, text: str) -> DraftRequest:
    generation = a_generation(field, text)
    assert len(minimise(generation.audience).used) <= 5
    return asked_of(generation)


def text_of(draft: Draft) -> str:
    return f"{draft.subject}\n{draft.preheader}\n{draft.body}"
