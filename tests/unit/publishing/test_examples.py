"""Which approved copy a prompt may show."""

from __future__ import annotations

from typing import Any

from copydesk.publishing.examples import EXAMPLES, Example, nearest
from tests.factories import a_brand, a_brief, a_copy

WANTED = a_brief(goal="Sell rain jackets to hikers", product={"name": "Storm rain jacket"})
JACKETS = a_brief(goal="Sell rain jackets for autumn", product={"name": "Drizzle rain jacket"})
SOCKS = a_brief(goal="Announce wool socks", product={"name": "Wool sock"})


def an_example(subject: str, brief: Any = JACKETS, **changes: Any) -> Example:
    copy = a_copy(subject=subject, preheader=f"{subject} and more", body=f"{subject}. " * 5)
    return Example(**{"brand": "Northpeak", "brief": brief, "copy": copy, **changes})


def subjects(*approved: Example, at_most: int = EXAMPLES) -> list[str]:
    return [str(copy.subject) for copy in nearest(WANTED, a_brand(), approved, at_most).copies]


def test_nearest_brief_comes_first() -> None:
    """Copy for a like product and goal comes before copy for another."""
    assert subjects(an_example("Warm feet", SOCKS), an_example("Dry at last")) == [
        "Dry at last",
        "Warm feet",
    ]


def test_copy_of_another_brand_is_never_shown() -> None:
    """However near its brief, another brand's copy teaches nothing here."""
    assert subjects(an_example("Dry at last", brand="Southvale")) == []


def test_copy_for_the_same_brief_is_left_out() -> None:
    """What was approved for this very brief would be written again."""
    assert subjects(an_example("Dry at last", WANTED)) == []


def test_copy_in_another_language_is_left_out() -> None:
    """Only copy in the language of the brief shows how to write in it."""
    german = JACKETS.model_copy(update={"locale": "de-DE"})

    assert subjects(an_example("Endlich trocken", german)) == []


def test_copy_that_was_clicked_more_comes_first() -> None:
    """Among copies of one brief the one that more recipients clicked comes first."""
    approved = [
        an_example("Nobody has got this"),
        an_example("Dry at last", clicked=0.01),
        an_example("Rain is a rumour", clicked=0.04),
    ]

    assert subjects(*approved, at_most=2) == ["Rain is a rumour", "Dry at last"]


def test_repeats_are_shown_once() -> None:
    """A copy that repeats another example teaches no more."""
    assert subjects(an_example("Dry at last"), an_example("Dry at last")) == ["Dry at last"]
