"""Copy of a tool is checked, and findings are told where they stand in it."""

from __future__ import annotations

from typing import Any

import pytest

from copydesk.errors import InputError
from copydesk.guardrails import Checked, Finding, Severity, Verdict
from copydesk.publishing.dialects.checking import CopyInTool, Translated, translated
from copydesk.variants import Slot

SUBJECT = "{{ '{' }} Hi {{${first_name}}}, act now"


def in_braze(subject: str = SUBJECT) -> Translated:
    given: dict[str, Any] = {"copy": {"subject": subject}, "dialect": "braze"}
    there = translated(CopyInTool.model_validate(given))
    assert there is not None
    return there


def found(there: Translated, piece: str, suggestion: str | None = None) -> Finding:
    start = str(there.submission.copy.subject).index(piece)
    finding = Finding(
        rule="r",
        category="c",
        severity=Severity.BLOCK,
        slot=Slot.SUBJECT,
        start=start,
        end=start + len(piece),
        match=piece,
        message="m",
        why="w",
        suggestion=suggestion,
    )
    (told,) = there.told(Checked(verdict=Verdict.BLOCK, findings=(finding,))).findings
    return told


def test_what_is_checked_is_our_own_form_of_it() -> None:
    """Guards see neutral merge tags and plain text, whatever the tool."""
    assert str(in_braze().submission.copy.subject) == "{ Hi {{ first_name }}, act now"


@pytest.mark.parametrize(
    ("piece", "stands"),
    [
        ("act now", "act now"),
        ("{{ first_name }}", "{{${first_name}}}"),
        ("first_name", "{{${first_name}}}"),
        ("{ Hi", "{{ '{' }} Hi"),
    ],
)
def test_a_finding_is_told_where_it_stands_in_the_tool(piece: str, stands: str) -> None:
    """Start, end and match are those of the copy as it was given."""
    told = found(in_braze(), piece)
    assert told.match == stands
    assert SUBJECT[told.start : told.end] == stands


def test_a_suggestion_is_told_in_the_tools_syntax() -> None:
    """What is put in place of a tag can be pasted into the tool."""
    told = found(in_braze(), "{{ first_name }}", '{{ first_name | fallback: "you" }}')
    assert told.suggestion == "{{${first_name} | default: 'you'}}"


def test_a_suggestion_for_a_piece_of_a_tag_is_left_out() -> None:
    """Half of a tag cannot be replaced in the tool."""
    assert found(in_braze(), "first_name", "name").suggestion is None


def test_copy_without_a_dialect_is_taken_as_it_is() -> None:
    """Our own form needs no reading, and its places are its own."""
    plain: dict[str, Any] = {"copy": {"subject": "Hi"}}
    assert translated(CopyInTool.model_validate(plain)) is None
    assert translated(CopyInTool.model_validate({**plain, "dialect": "neutral"})) is None


def test_code_that_is_not_understood_is_told_with_its_slot() -> None:
    """Slot, line and column are in the error."""
    with pytest.raises(InputError) as caught:
        in_braze("Hi\n{% abort_message() %}")
    assert caught.value.problems[0].field == "copy.subject, line 2, column 1"
