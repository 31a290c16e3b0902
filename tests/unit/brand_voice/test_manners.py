"""Holding copy against a brand's mechanics: one list of named measures."""

from __future__ import annotations

from typing import Any

import pytest

from copydesk.brand_voice import Brand, Mechanics
from copydesk.brand_voice.manners import departures, reading_grade
from copydesk.guardrails import Submission, Verdict
from copydesk.guardrails.build import build_checker
from tests.factories import a_brand, a_copy


def found(body: str, **mechanics: Any) -> list[str]:
    brand = Brand(name="Northpeak", mechanics=Mechanics(**mechanics))
    return [one.measure for one in departures(brand, {"subject": "", "body": body})]


@pytest.mark.parametrize(
    "body",
    [
        "In spring, boots and socks are lighter.",
        "Hi there, boots or shoes?",
        "When it rains, wax and brushes help.",
    ],
)
def test_words_that_open_a_sentence_are_no_item_of_a_list(body: str) -> None:
    """A comma after an opening is not the first of a list."""
    assert found(body, oxford_comma=True) == []


def test_a_name_with_an_ampersand_is_a_name() -> None:
    """What the brand is called is written as it is."""
    brand = Brand(name="Peak & Sons", mechanics=Mechanics(ampersands="never"))

    assert departures(brand, {"body": "From Peak & Sons."}) == []


def test_the_readers_grade_is_measured_with_slack() -> None:
    """Prose as hard as a contract is over grade eight, and plain prose is not."""
    hard = (
        "Notwithstanding considerable meteorological variability, participation necessitates "
        "appropriate waterproofing, comprehensive navigational preparation, and responsibility."
    ) * 2
    plain = "The path was wet before you got there. Good boots make that the path's problem. " * 2
    brand = Brand(name="Northpeak", reading_grade_max=8)

    assert [one.measure for one in departures(brand, {"body": hard})] == ["reading grade"]
    assert departures(brand, {"body": plain}) == []
    assert reading_grade(plain) < 4


def test_all_departures_are_one_finding_that_names_them() -> None:
    """Seven faults of manner are told once, as a warning that stops nothing."""
    brand = a_brand(
        mechanics={"contractions": "never", "ampersands": "never", "semicolons": "never"}
    )
    copy = a_copy(body="You don't need poles & gaiters; shoes will do.")

    checked = build_checker().check(Submission(copy, None, brand, None))

    [finding] = [one for one in checked.findings if one.rule == "brand.mechanics"]
    assert finding.match == "don't"
    assert all(name in finding.message for name in ("contractions", "ampersands", "semicolons"))
    assert checked.verdict is Verdict.PASS


def test_merge_tags_and_links_are_not_measured() -> None:
    """A semicolon or a capital of a tag or an address is none of the prose."""
    brand = a_brand(mechanics={"semicolons": "never", "all_capitals": "never"})
    copy = a_copy(
        body='Hi {{ first_name | fallback: "YOUNG; MAN" }}, see https://a.example/?B;SHOUT'
    )

    checked = build_checker().check(Submission(copy, None, brand, None))

    assert "brand.mechanics" not in [finding.rule for finding in checked.findings]
