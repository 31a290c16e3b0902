"""What is counted, and how numbers are read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.ranking.measures import numbers, reading_ease, visible_length


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2,314 buyers", {2314.0}),
        ("2.314 Käufer", {2314.0}),
        ("4.6 of 5", {4.6, 5.0}),
        ("1.299,50 €", {1299.5}),
        ("$1,299.50", {1299.5}),
        ("12\u202f500 km", {12500.0}),
        ("20%", {20.0}),
        ("TRAIL20", {20.0}),
        ("none", set()),
    ],
)
def test_numbers_are_read_in_either_style(written: str, read: set[float]) -> None:
    """Thousands and decimals are told apart whichever sign separates them."""
    assert numbers(written) == read


@given(st.text())
def test_numbers_are_read_from_any_text(text: str) -> None:
    """Whatever is written, reading numbers from it never fails."""
    assert all(number >= 0 for number in numbers(text))


@pytest.mark.parametrize(
    ("text", "length"),
    [("cafe\u0301", 4), ("a\u200db", 2), ("Straße", 6), ("\u00ad", 0), ("👟 mud", 5)],
)
def test_visible_length_skips_what_takes_no_room(text: str, length: int) -> None:
    """Combining marks, joiners and soft hyphens do not count; everything that shows does."""
    assert visible_length(text) == length


def test_reading_ease_of_known_sentences() -> None:
    """Short plain words read easier than long ones, on the scale that Flesch published."""
    assert reading_ease("The cat sat on the mat.") == pytest.approx(116, abs=1)
    assert reading_ease("Unnecessarily complicated administrative terminology.") < 0
