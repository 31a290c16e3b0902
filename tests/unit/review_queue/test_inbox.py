"""What an inbox shows of a message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.review_queue import cuts, inbox_remarks, previews
from copydesk.review_queue.glyphs import pixels, room
from copydesk.review_queue.inbox import shown, width
from copydesk.variants import Slot
from tests.factories import a_brief, a_copy, an_audience

LONG = "The mud is back and so is the season, and so are the shoes for it, at twenty percent off"


def test_every_client_shows_its_own_length() -> None:
    """A long subject fills the room of each client to the last letter, a short one none."""
    for preview, characters in zip(
        previews(a_copy(subject="n" * 99)), (70, 38, 48, 60, 60), strict=True
    ):
        left = room(characters) - pixels(preview.subject.text)
        assert preview.subject.is_cut
        assert 0 <= left < pixels("n")
    assert not any(one.subject.is_cut for one in previews(a_copy(subject="Mud season")))


def test_subject_and_preheader_share_the_line_in_gmail() -> None:
    """The longer the subject, the less of the preheader stands beside it."""
    short, long = (
        next(iter(previews(a_copy(subject=subject, preheader=LONG * 2))))
        for subject in ("Mud", LONG)
    )

    assert len(long.preheader.text) < len(short.preheader.text) - 40
    for one in (short, long):
        assert pixels(f"{one.subject.text} - {one.preheader.text}") <= room(120)


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


def test_a_line_is_cut_by_pixels_not_by_characters() -> None:
    """Forty narrow letters fit where forty wide ones do not."""
    narrow, wide = ({one.client for one in cuts(a_copy(subject=c * 40))} for c in "iW")

    assert "Gmail, app" not in narrow
    assert {"Gmail, app", "Apple Mail, iPhone", "Outlook, desktop"} <= wide


@pytest.mark.parametrize(
    ("text", "as_wide_as"),
    [("é", "e"), ("e\u0301", "e"), ("Ŵ", "W"), ("🥾", "—"), ("\u200b", ""), ("漢", "…")],
)
def test_marks_take_no_room_and_wide_glyphs_a_square(text: str, as_wide_as: str) -> None:
    """A letter with its mark is as wide as without; an emoji is as wide as high."""
    assert pixels(text) == pixels(as_wide_as)


def test_cuts_name_the_recipients_with_the_longest_values() -> None:
    """A subject that fits with its fallback may be cut for the longest name, and that is told."""
    copy = a_copy(
        subject='Your new trail shoes, {{ first_name | fallback: "there" }}', preheader=""
    )

    found = {cut.client: cut.only_longest for cut in cuts(copy)}
    known = an_audience(recipient="r1", fields={"first_name": "Ann"})

    assert found["Gmail, app"] is True
    assert not cuts(copy, known)


def test_a_cut_shows_what_is_left() -> None:
    """What is seen of a cut slot is its beginning, with an ellipsis."""
    cut = next(one for one in cuts(a_copy(subject=LONG)) if one.client == "Gmail, app")

    assert cut.slot is Slot.SUBJECT
    assert LONG.startswith(cut.shown.removesuffix("…"))
    assert not cut.only_longest


def test_copy_that_fits_everywhere_needs_no_remark() -> None:
    """A short subject that names a gain, with a preheader of its own, is left alone."""
    copy = a_copy(subject="20% off trail shoes", preheader="Code TRAIL20, full-price pairs")

    assert inbox_remarks(copy, a_brief()) == ()


def test_meaning_that_comes_late_is_remarked_upon() -> None:
    """A subject whose first 33 characters say nothing of the brief is told, as is a late gain."""
    late = a_copy(subject="We thought we might write to you, 20% off", preheader="Code TRAIL20")
    pushed = a_copy(
        subject='{{ account_manager | fallback: "Hi" }}: 20% off trail shoes', preheader="Code"
    )

    assert any("neither topic nor gain" in said for said in inbox_remarks(late, a_brief()))
    assert any(
        said.startswith("For the longest merge-tag values the first 33")
        for said in inbox_remarks(pushed, a_brief())
    )


def test_preheader_that_repeats_the_subject_is_remarked_upon() -> None:
    """A preheader in the subject's own words adds little, and that is told with the count."""
    copy = a_copy(subject="20% off trail shoes", preheader="20% off trail shoes today")

    assert any("adds little to the subject" in said for said in inbox_remarks(copy, a_brief()))
