"""Nothing in a judge's answer is believed: places, categories and numbers are looked up."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.errors import InvalidDraft
from copydesk.guardrails import Severity
from copydesk.guardrails.judging import judge_form, place, read_rulings
from copydesk.guardrails.packs import load_packs
from copydesk.prompts import judge_policy
from copydesk.variants import Slot, Text
from tests.unit.guardrails.judgements import CHARGE, INVENTED, judged, submitted

NAME = '{{ first_name | fallback: "there" }}'


def test_a_charge_becomes_a_finding_at_its_quote() -> None:
    """Category, severity, slot, span, reason and the policy's words come through."""
    (ruling,) = read_rulings(judged([CHARGE]), [submitted()])
    (finding,) = ruling.findings

    assert ruling.doubt is None
    assert (finding.rule, finding.slot) == ("judge.legal.origin_claim", Slot.BODY)
    assert finding.severity is Severity.REVIEW
    assert finding.match == str(INVENTED.body)[finding.start : finding.end] == CHARGE["quote"]
    assert finding.citation == "16 CFR 323"


def test_the_fact_that_is_contradicted_is_named_if_it_is_there() -> None:
    """The id of a fact of the brief is part of the message; an invented id is not."""
    charges = [CHARGE | {"fact": "drop"}, CHARGE | {"fact": "weight"}]
    (ruling,) = read_rulings(judged(charges), [submitted()])

    assert [finding.message.endswith("(fact `drop`)") for finding in ruling.findings] == [
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("source", "quote", "found"),
    [
        ("Free shoes, free laces", "free", "free"),
        ("A freedom that is free", "free", "free"),
        ("Get it FR\u200bEE today", "free today", "FR\u200bEE today"),
        ("Get it FR\u200bEE today", "it free today", "it FR\u200bEE today"),
        ("Get it fr\u0435\u0435 today", "free", "fr\u0435\u0435"),
        ("Don\u2019t wait", "Don't wait", "Don\u2019t wait"),
        ("Line one\nline two", "one line two", "one\nline two"),
        ("Made by hand, here", "made by hand here", None),
        ("Reaaally soft: by hand", "really soft, by hand", "Reaaally soft: by hand"),
        (f"Hi {NAME}, buy", "hi there", f"Hi {NAME}"),
        ("Hello", "Goodbye", None),
        ("Hello", "  ", None),
        ("", "", ""),
    ],
)
def test_a_quote_is_found_in_the_source_or_as_it_is_read(
    source: str, quote: str, found: str | None
) -> None:
    """Masks, apostrophes and line breaks do not hide a quote; what is not there is not found."""
    where = place(Text(source), quote)

    assert (where and source[slice(*where)]) == (found if found != "" else source)


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_place_is_always_within_the_source(source: str, quote: str) -> None:
    """Whatever text and quote are, a place is a span of the source, and looking never fails."""
    where = place(Text(source), quote)

    assert where is None or 0 <= where[0] <= where[1] <= len(source)


@given(st.text(min_size=1, max_size=60), st.data())
def test_what_stands_there_is_found(source: str, data: st.DataObject) -> None:
    """Every piece of a text is found in it, letter for letter."""
    start = data.draw(st.integers(0, len(source) - 1))
    quote = source[start : data.draw(st.integers(start + 1, len(source)))]
    where = place(Text(source), quote)

    assert not quote.strip() or (where is not None and source[slice(*where)] == quote)


def test_a_quote_that_is_not_there_puts_the_variant_in_doubt() -> None:
    """The charge is no finding, the others stay, and only that variant's ruling is in doubt."""
    wrong = CHARGE | {"quote": "made in Italy"}
    said = judged([CHARGE, wrong], [CHARGE])
    doubtful, sound = read_rulings(said, [submitted(), submitted()])

    assert len(doubtful.findings) == len(sound.findings) == 1
    assert "made in Italy" in str(doubtful.doubt)
    assert sound.doubt is None


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("", "empty"),
        ("All fine!", "not JSON"),
        ("[]", "does not fit the schema"),
        ('{"findings": []}', "does not fit the schema"),
        (json.dumps({"variants": [{"variant": 1}]}), "does not fit the schema"),
        (judged([CHARGE | {"category": "legal.rude"}]), "category that is not there: legal.rude"),
        (judged([CHARGE | {"severity": "fatal"}]), "does not fit the schema"),
        (judged([CHARGE | {"slot": "footer"}]), "does not fit the schema"),
        (judged([CHARGE | {"reason": ""}]), "does not fit the schema"),
        (judged([], first=2), "1 variants were to be judged, and it judged 2"),
        (judged([], []), "it judged 1, 2"),
        (judged(), "it judged none"),
    ],
)
def test_an_answer_that_is_no_judgement_is_refused(said: str, why: str) -> None:
    """No JSON, another shape, an unknown category, a variant too many or too few: no judgement."""
    with pytest.raises(InvalidDraft, match=why):
        read_rulings(said, [submitted()])


@pytest.mark.parametrize(
    ("category", "jurisdictions", "severity"),
    [
        ("legal.false_urgency", ["US"], Severity.BLOCK),
        ("legal.green_claim", ["US"], Severity.REVIEW),
        ("legal.green_claim", ["US", "EU"], Severity.BLOCK),
        ("legal.statutory_right", ["UK"], Severity.BLOCK),
        ("brand.tone", ["EU"], Severity.REVIEW),
    ],
)
def test_the_policy_bounds_how_bad_a_finding_is_called(
    category: str, jurisdictions: list[str], severity: Severity
) -> None:
    """A judge that blocks where the policy leaves it to a person only asks for one."""
    charge = CHARGE | {"category": category, "severity": "block"}
    (ruling,) = read_rulings(judged([charge]), [submitted(jurisdictions=jurisdictions)])

    assert ruling.findings[0].severity is severity


def test_the_policy_knows_every_category_of_the_rules() -> None:
    """Rules and judge speak of the same categories, save for length, which needs no judge."""
    policy = [category.id for category in judge_policy().categories]

    assert len(policy) == len(set(policy)) == 38
    assert {rule.category for rule in load_packs()} - set(policy) == {"format.length"}


def test_the_form_is_strict() -> None:
    """Every object of the schema is closed and all its fields are required, as servers demand."""

    def objects(schema: Any) -> list[dict[str, Any]]:
        if isinstance(schema, list):
            return [found for part in schema for found in objects(part)]
        if not isinstance(schema, dict):
            return []
        own = [schema] if schema.get("type") == "object" else []
        return own + [found for part in schema.values() for found in objects(part)]

    for schema in objects(dict(judge_form().schema)):
        assert schema["additionalProperties"] is False
        assert schema["required"] == list(schema["properties"])
