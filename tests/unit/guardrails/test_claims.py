"""What copy asserts in figures, and what it rests on."""

from __future__ import annotations

from typing import Any

import pytest

from copydesk.guardrails.binding import Bound, bind
from copydesk.guardrails.claims import ClaimKind, extract
from copydesk.guardrails.evidence import evidence
from copydesk.guardrails.normalise import read
from copydesk.variants import Text
from tests.factories import BRIEF, a_brief

FACTS = [
    {"id": "rating", "text": "Rated 4.6 out of 5 by 2,314 verified buyers"},
    {"id": "size", "text": "160 cm wide, holds 20 kg"},
    {"id": "evening", "text": "Open evening on Wednesday, March 11, 2026, 6 pm to 8 pm"},
]


def bound(text: str, **changes: Any) -> list[Bound]:
    reading = read(Text(text))
    return bind(extract(reading), reading, evidence(a_brief(facts=FACTS, **changes)))


@pytest.mark.parametrize(
    ("text", "kind", "values"),
    [
        ("$98", ClaimKind.MONEY, (98.0,)),
        ("98 USD", ClaimKind.MONEY, (98.0,)),
        ("€9,99", ClaimKind.MONEY, (9.99,)),
        ("£1,250.50", ClaimKind.MONEY, (1250.5,)),
        ("€1.299", ClaimKind.MONEY, (1299.0, 1.299)),
        ("€1.299,00", ClaimKind.MONEY, (1299.0,)),
        ("twenty-five percent", ClaimKind.PERCENT, (25.0,)),
        ("20 per cent", ClaimKind.PERCENT, (20.0,)),
        ("two hundred people", ClaimKind.NUMBER, (200.0,)),
        ("160cm", ClaimKind.NUMBER, (160.0,)),
        ("March 8th, 2026", ClaimKind.DATE, (308,)),
        ("Sunday the 8th of March", ClaimKind.DATE, (308,)),
        ("2026-03-08", ClaimKind.DATE, (308,)),
        ("8:30 p.m.", ClaimKind.TIME, (1230,)),
        ("a week from today", ClaimKind.AHEAD, (7,)),
        ("since 1987", ClaimKind.YEAR, (1987.0,)),
        ("Use code SPRING", ClaimKind.CODE, ()),
        ("https://a.example/b", ClaimKind.LINK, ()),
    ],
)  # fmt: skip
def test_a_claim_is_read(text: str, kind: ClaimKind, values: tuple[float, ...]) -> None:
    """Figures are understood however they are written."""
    (claim,) = extract(read(Text(text)))

    assert (kind, values) == (claim.kind, claim.values)


@pytest.mark.parametrize(
    "text",
    [
        "20% off trail shoes through March 8",
        "twenty percent off until Sunday, March 8",
        "$78.40 instead of $98: you save $19.60",
        "Over 2,000 buyers rate it 4.6",
        "1.6 m wide",
        "Wednesday 11 March at 18:00",
        "Code TRAIL20 at https://northpeak.example/trail/",
        "Four days from today",
        "One of them, or two; serious for Tuesday",
        "Better than Black Friday",
    ],
)
def test_what_the_brief_says_is_borne(text: str) -> None:
    """A claim that the brief makes, or that follows from it, rests on something."""
    assert all(claim.rests_on for claim in bound(text))


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("25% off", "20%"),
        ("$89", None),
        ("Rated 4.9", None),
        ("Over 5,000 buyers", None),
        ("30 kg", "20 kg"),
        ("160 kg", "20 kg"),
        ("through March 10", None),
        ("Thursday, March 11", None),
        ("by Friday", None),
        ("Code TRAIL25", "TRAIL20"),
        ("https://northpeak.example/sale", "https://northpeak.example/trail"),
        ("A week from today", None),
    ],
)
def test_what_the_brief_does_not_say_is_not_borne(text: str, instead: str | None) -> None:
    """A claim that differs from the brief rests on nothing, and the one true value is named."""
    wrong = [claim for claim in bound(text) if not claim.rests_on]

    assert len(wrong) == 1
    if instead is not None:
        assert wrong[0].instead is not None
        assert instead == wrong[0].instead.text


def test_evidence_is_read_once_for_a_brief() -> None:
    """The same brief is not read again for every variant."""
    assert evidence(a_brief()) is evidence(type(a_brief()).model_validate(BRIEF))
