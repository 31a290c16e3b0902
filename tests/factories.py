"""Real nouns for tests: valid as they are, changed by keyword."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from copydesk.audiences import Audience
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief
from copydesk.variants import Copy, Provenance, Variant

NOW = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)

BRIEF: dict[str, Any] = {
    "goal": "Bring lapsed runners back for spring",
    "kind": "promotion",
    "sector": "apparel",
    "jurisdictions": ["US"],
    "locale": "en-US",
    "send_at": "2026-03-07T09:00:00Z",
    "product": {"name": "Ridgeline trail shoe", "price": 98.0, "currency": "USD"},
    "offer": {
        "kind": "percent_off",
        "value": 20,
        "code": "TRAIL20",
        "starts": "2026-03-01T00:00:00Z",
        "ends": "2026-03-08T23:59:59Z",
        "extendable": False,
        "conditions": "On full-price trail shoes. One per order.",
        "regular_price": 98.0,
        "lowest_price_30d": 98.0,
    },
    "facts": [
        {
            "id": "reviews",
            "text": "Rated 4.6 out of 5 by 2,314 verified buyers",
            "evidence": "reviews export 2026-02",
        },
        {"id": "drop", "text": "6 mm heel-to-toe drop", "evidence": "spec sheet v3"},
    ],
    "links": ["https://northpeak.example/trail"],
    "cta": "Shop trail shoes",
}

BRAND: dict[str, Any] = {
    "name": "Northpeak",
    "voice": ["plain", "warm", "dry humour"],
    "formality": "casual",
    "exclamations": "never",
    "emoji": "never",
    "banned_terms": ["cheap", "crush it"],
    "preferred_terms": {"customers": "runners"},
    "reading_grade_max": 8,
    "samples": ["The trail does not care what you paid. Your knees might."],
}

AUDIENCE: dict[str, Any] = {
    "id": "lapsed-runners",
    "description": "Bought running shoes once, more than 9 months ago",
    "signals": {"last_category": "trail running"},
    "sensitive": False,
    "consent": True,
}

COPY: dict[str, str] = {
    "subject": "20% off trail shoes through March 8",
    "preheader": "Code TRAIL20, on full-price pairs, one per order",
    "body": (
        'Hi {{ first_name | fallback: "there" }}, the mud is back and so is the season. '
        "Through March 8, code TRAIL20 takes 20% off full-price trail shoes, one per order. "
        "The Ridgeline has a 6 mm heel-to-toe drop. "
        "Shop trail shoes: https://northpeak.example/trail"
    ),
}


def a_brief(**changes: Any) -> Brief:
    return Brief.model_validate({**BRIEF, **changes})


def a_brand(**changes: Any) -> Brand:
    return Brand.model_validate({**BRAND, **changes})


def an_audience(**changes: Any) -> Audience:
    return Audience.model_validate({**AUDIENCE, **changes})


def a_copy(**changes: str) -> Copy:
    return Copy.model_validate({**COPY, **changes})


def a_provenance(**changes: Any) -> Provenance:
    given: dict[str, Any] = {
        "model": "scripted",
        "chosen_because": "the test says so",
        "prompt": "draft.v1",
        "prompt_sha256": "0" * 64,
        "copydesk_version": "0",
        "created_at": NOW,
    }
    return Provenance.model_validate({**given, **changes})


def a_variant(copy: Copy | None = None, variant_id: str = "var_1") -> Variant:
    return Variant(id=variant_id, copy_=copy or a_copy(), provenance=a_provenance())
