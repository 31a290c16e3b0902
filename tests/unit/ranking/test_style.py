"""Measures of style: named, grouped, and moved by what they are named for."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.ranking import style
from copydesk.ranking.learned import _phrases

PLAIN = "A baker in York makes bread for her street"


def measured(text: str) -> dict[str, float]:
    return dict(zip(style.names(), style.style(text), strict=True))


@given(st.text(max_size=200))
def test_every_line_has_a_finite_number_for_every_name(text: str) -> None:
    """Any text whatever gets one finite number for each name."""
    values = style.style(text)

    assert len(values) == len(style.names())
    assert all(math.isfinite(value) for value in values)


def test_names_are_unique_and_in_groups() -> None:
    """No measure is named twice, and each name begins with one of the groups."""
    assert len(set(style.names())) == len(style.names())
    assert {name.partition(".")[0] for name in style.names()} == set(style.groups())


def test_every_measure_can_be_told() -> None:
    """Every measure has words in which a marketer is told of it."""
    assert {name.removesuffix(style.FIRST) for name in style.names()} <= set(_phrases())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Does a baker in York make bread?", "question.ends"),
        ("A baker in York makes bread!", "exclamation.ends"),
        ("7 bakers of York", "numbers.first"),
        ("Save $20 on bread", "numbers.money"),
        ("A BAKER in York", "capitals.shouted"),
        ("A Baker In York Makes Bread", "capitals.title_case"),
        ("What this baker did", "mystery.question_words_first"),
        ("You\u2019re in for bread", "address.you"),
        ("He does not bake \u2026", "punctuation.ellipsis"),
        ("He doesn't bake", "negation.negated"),
    ],
)
def test_measure_rises_with_what_it_is_named_for(text: str, name: str) -> None:
    """A line with the thing measures more of it than a plain line."""
    assert measured(text)[name] > measured(PLAIN)[name]


def test_apostrophe_is_no_quotation_mark() -> None:
    """A word with an apostrophe quotes nothing; a word in quotation marks does."""
    assert measured("It's her street's bread")["punctuation.quotes"] == 0
    assert measured("It is 'her' street")["punctuation.quotes"] > 0
