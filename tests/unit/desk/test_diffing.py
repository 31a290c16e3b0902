"""Edits, word by word."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from copydesk.desk.evidence.diffing import changes, edited


@given(st.text(max_size=60), st.text(max_size=60))
def test_both_texts_can_be_read_from_the_changes(before: str, after: str) -> None:
    """What was kept and taken out is the old text; what was kept and put in is the new one."""
    found = list(changes(before, after))

    assert before == "".join(one.text for one in found if one.kind != "in")
    assert after == "".join(one.text for one in found if one.kind != "out")


def test_a_merge_tag_changes_as_a_whole() -> None:
    """A tag is never cut into what was kept and what was not."""
    old, new = 'Hi {{ name | fallback: "you" }}!', 'Hi {{ name | fallback: "there" }}!'

    assert [(one.kind, one.text) for one in changes(old, new)] == [
        ("same", "Hi "),
        ("out", '{{ name | fallback: "you" }}'),
        ("in", '{{ name | fallback: "there" }}'),
        ("same", "!"),
    ]


def test_only_slots_that_changed_are_told() -> None:
    """An edit of the subject says nothing of the body."""
    before = {"subject": "Old", "preheader": "", "body": "Same"}

    assert list(edited(before, {**before, "subject": "New"})) == ["subject"]


def test_words_put_in_at_the_end_leave_the_word_before_them_alone() -> None:
    """What is added is told as added, without the word that it follows."""
    assert [(one.kind, one.text) for one in changes("Trail shoes", "Trail shoes, 20% off")] == [
        ("same", "Trail "),
        ("out", "shoes"),
        ("in", "shoes, 20% off"),
    ]
    assert [(one.kind, one.text) for one in changes("Trail shoes", "Trail shoes now")] == [
        ("same", "Trail shoes"),
        ("in", " now"),
    ]


def test_a_tag_that_touches_a_word_is_still_one_change() -> None:
    """Other words before a tag do not take it along."""
    kinds = [(one.kind, one.text) for one in changes("Hi{{ name }}", "Hey{{ name }}")]

    assert kinds == [("out", "Hi"), ("in", "Hey"), ("same", "{{ name }}")]
