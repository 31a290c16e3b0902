"""Remedies: what stands in place of what a rule found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.briefs import Brief
from copydesk.guardrails import Submission
from copydesk.guardrails.build import build_checker
from copydesk.guardrails.claims import Claim, ClaimKind
from copydesk.guardrails.remedies.days import like
from copydesk.guardrails.repair import apply_suggestions
from copydesk.variants import Copy, Slot
from tests.factories import BRIEF, a_brand, a_brief, a_copy

CHECKER = build_checker()
ROUNDS = 3
OFFER = BRIEF["offer"]


def repaired(copy: Copy, brief: Brief | None = None, **brand: Any) -> Copy:
    """Return the copy after as many rounds of suggestions as the pipeline takes."""
    facts = (brief or a_brief(), a_brand(**{"exclamations": "free", **brand}))
    for _ in range(ROUNDS):
        copy = apply_suggestions(copy, CHECKER.check(Submission(copy, *facts)).findings) or copy
    return copy


def body(text: str, brief: Brief | None = None, **brand: Any) -> str:
    return str(repaired(a_copy(body=text), brief, **brand).body)


def subject(text: str, brief: Brief | None = None, **brand: Any) -> str:
    return str(repaired(a_copy(subject=text), brief, **brand).subject)


def offering(**changes: Any) -> Brief:
    return a_brief(offer={**OFFER, **changes})


LATER = offering(ends="2026-03-20T23:59:59Z")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Last chance: trail shoes, 20% off", "Trail shoes, 20% off"),
        ("Hurry! Trail shoes are back", "Trail shoes are back"),
        ("Trail shoes are back, last chance", "Trail shoes are back"),
        ("Your last chance", "Your last chance"),
    ],
)
def test_urgency_that_is_not_true_is_dropped(text: str, expected: str) -> None:
    """A part set off by marks goes, and the rest begins with a capital; a subject keeps words."""
    assert subject(text, LATER) == expected


def test_a_sentence_that_says_nothing_else_is_dropped() -> None:
    """Of several sentences the one goes whose only matter is the false claim."""
    text = "Trail shoes are back. This really is your last chance. The mud is, too."

    assert body(text, LATER) == "Trail shoes are back. The mud is, too."


def test_a_sentence_with_a_true_figure_stays() -> None:
    """What the brief bears is never dropped with what it does not: a person decides."""
    text = "Trail shoes are back. This is your last chance at 20% off."

    assert body(text, LATER) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It ends tonight.", "It ends March 20."),
        ("Only 2 days left.", "Only 13 days left."),
        ("Through March 12.", "Through March 20."),
        ("Through 12th Mar.", "Through 20th Mar."),
        ("It ends Thursday.", "It ends Friday."),
    ],
)
def test_the_true_end_stands_in_the_form_of_the_false_one(text: str, expected: str) -> None:
    """A wrong end is put right from the offer, written as the copy writes its days."""
    assert body(text, LATER) == expected


def test_days_are_written_in_the_order_of_the_locale() -> None:
    """Where the copy names no day, the brief's locale decides how one is written."""
    brief = LATER.model_copy(update={"locale": "en-GB"})

    assert body("It ends tonight.", brief) == "It ends 20 March."


FORMS: dict[str, Callable[[date], str]] = {
    "March 8": lambda day: f"{day:%B} {day.day}",
    "8 Mar": lambda day: f"{day.day} {day:%b}",
    "MARCH 8": lambda day: f"{day:%B} {day.day}".upper(),
    "Sunday, March 8, 2026": lambda day: f"{day:%A}, {day:%B} {day.day}, {day.year}",
    "Sun 8 March": lambda day: f"{day:%a} {day.day} {day:%B}",
    "2026-03-08": lambda day: day.isoformat(),
}


DAYS = st.dates(date(2025, 1, 1), date(2028, 12, 31))
MAY = 5
"""A name that is short and long at once: in which form it stands cannot be told."""


@given(st.sampled_from(sorted(FORMS)), DAYS.filter(lambda day: day.month != MAY), DAYS)
def test_any_day_is_written_in_the_form_of_any_other(form: str, one: date, other: date) -> None:
    """Whatever form a day has, another day in that form is what the form makes of it."""
    write = FORMS[form]

    assert like(write(one), other, Claim(ClaimKind.DATE, (308,), 0, 0)) == write(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Take 25% off.", "Take 20% off."),
        ("Half price this week.", "20% off this week."),
        ("By 2,400 buyers.", "By 2,314 buyers."),
        ("With code TRAIL25.", "With code TRAIL20."),
        ("Shop: https://northpeak.example/trial", "Shop: https://northpeak.example/trail"),
    ],
)
def test_a_wrong_figure_code_or_link_is_that_of_the_brief(text: str, expected: str) -> None:
    """Figures, codes and links are taken from the offer and the facts, as they are written."""
    assert body(text) == expected


def test_a_false_former_price_is_the_regular_one() -> None:
    """A comparison is made with the price at which the thing was sold."""
    brief = a_brief(offer={**OFFER, "kind": "price_drop", "regular_price": 120})

    assert body("Was $150, now $98.", brief) == "Was $120, now $98."


def test_a_free_offer_gets_its_condition() -> None:
    """The condition stands in the sentence of the claim; a subject that has no room stays."""
    brief = a_brief(offer={"kind": "free_gift", "conditions": "Free socks on orders of $150."})
    stated = "Free socks, today (free socks on orders of $150)"
    full = "Free socks with the trail shoe that every runner here will love"

    assert subject("Free socks, today", brief) == stated
    assert subject(full, brief) == full


def test_a_preferred_term_takes_the_place_of_a_banned_one() -> None:
    """Where the brand has a word of its own, it stands in the same case."""
    preferred = {"cheap": "fairly priced"}
    said = body("Cheap shoes.", banned_terms=["cheap"], preferred_terms=preferred)

    assert said == "Fairly priced shoes."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TRAIL SHOES BY NORTHPEAK ARE BACK", "Trail shoes by Northpeak are back"),
        ("Trail shoes are back!!!", "Trail shoes are back!"),
        ("Ready? Set? Trail?", "Ready? Set? Trail"),
        ("Trail\nshoes\nare back", "Trail shoes are back"),
    ],
)
def test_a_subject_is_quietened(text: str, expected: str) -> None:
    """Capitals, rows of marks and line breaks go; names are written as the brief has them."""
    assert subject(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hi *|FNAME|*,", 'Hi {{ first_name | fallback: "there" }},'),
        ("Hi {contactfield=firstname|friend},", 'Hi {{ first_name | fallback: "friend" }},'),
        ("Hi {{ frist_name }},", 'Hi {{ first_name | fallback: "there" }},'),
        ("Hi {{first_name,", 'Hi {{ first_name | fallback: "there" }},'),
        ("You have {{ points }} points.", "You have {{ points }} points."),
        ("{% if vip %}Hi{% endif %}", "{% if vip %}Hi{% endif %}"),
    ],
)
def test_a_merge_tag_is_written_as_ours(text: str, expected: str) -> None:
    """Names of other tools and slips are known; what cannot be told is left to a person."""
    assert body(text) == expected


def test_a_disclaimer_is_added_word_for_word_at_the_end() -> None:
    """What is missing is found where it is missing, and the law's own words are suggested."""
    fact = {"id": "trial", "text": "A trial of 120 adults found that it supports immune health"}
    brief = a_brief(sector="supplements", offer=None, facts=[fact])
    said = body("It supports immune health.", brief)

    assert said.startswith("It supports immune health.\n\nThis statement has not been evaluated")
    assert said.endswith("treat, cure, or prevent any disease.")


@given(st.text(max_size=80), st.sampled_from(Slot))
def test_a_suggestion_fits_any_text(text: str, slot: Slot) -> None:
    """Whatever the copy holds, a suggestion stands for words that are there, or adds some."""
    copy = a_copy(**{slot.value: text})
    for found in CHECKER.check(Submission(copy, LATER, a_brand())).findings:
        assert str(copy[found.slot])[found.start : found.end] == found.match
        if found.suggestion is not None:
            assert apply_suggestions(copy, [found]) is not None
