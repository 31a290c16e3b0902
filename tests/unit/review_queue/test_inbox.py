"""What an inbox shows of a message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.review_queue import previews
from copydesk.review_queue.inbox import shown, width
from tests.factories import a_copy

LONG = "The mud is back and so is the season, and so are the shoes for it, at twenty percent off"


def test_every_client_shows_its_own_length() -> None:
    """A long subject is cut to 70, 38, 48 and 60 columns, a short one nowhere."""
    cut = {one.client: width(one.subject.text) for one in previews(a_copy(subject="m" * 99))}

    assert cut == {
        "Gmail, web": 70, "Gmail, app": 38, "Apple Mail, iPhone": 48, "Outlook, desktop": 60,
    }  # fmt: skip
    assert not any(one.subject.is_cut for one in previews(a_copy(subject="Mud season")))


def test_subject_and_preheader_share_the_line_in_gmail() -> None:
    """The longer the subject, the less of the preheader stands beside it."""
    short, long = (
        next(iter(previews(a_copy(subject=subject, preheader=LONG * 2))))
        for subject in ("Mud", LONG)
    )

    assert width(short.preheader.text) == 120 - len("Mud") - len(" - ")
    assert width(long.preheader.text) == 120 - 70 - len(" - ")


def test_a_preview_shows_what_a_recipient_reads() -> None:
    """Merge tags are filled in, or fall back, before the text is measured."""
    copy = a_copy(subject='Hi {{ first_name | fallback: "there" }}')

    assert previews(copy)[0].subject.text == "Hi there"
    assert previews(copy, {"first_name": "Ada"})[0].subject.text == "Hi Ada"


@pytest.mark.parametrize(
    ("text", "columns", "expected"),
    [
        ("shoes", 5, "shoes"),
        ("shoes!", 5, "shoe…"),
        ("mud is back", 5, "mud…"),
        ("🥾🥾🥾", 5, "🥾🥾…"),
        ("🧑‍🤝‍🧑 and more", 3, "🧑‍🤝‍🧑…"),
        ("cafe\u0301 au lait", 5, "cafe\u0301…"),
        ("shoes", 0, ""),
    ],
)
def test_text_is_cut_between_what_a_reader_sees_as_letters(
    text: str, columns: int, expected: str
) -> None:
    """Wide glyphs count two, combining ones none, and no emoji is cut in half."""
    assert shown(text, columns).text == expected


@given(st.text(max_size=50), st.integers(0, 40))
def test_what_is_shown_never_is_wider_than_the_inbox(text: str, columns: int) -> None:
    """Whatever the text, the shown part fits, and says whether it was cut."""
    result = shown(text, columns)

    assert width(result.text) <= max(columns, 0)
    assert result.is_cut == (width(text) > columns)
