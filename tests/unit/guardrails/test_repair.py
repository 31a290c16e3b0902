"""Putting suggestions in."""

from __future__ import annotations

from copydesk.guardrails import Finding, Severity, Submission
from copydesk.guardrails.packs import load_packs
from copydesk.guardrails.repair import apply_suggestions
from copydesk.guardrails.rules import RulesGuard
from copydesk.variants import Copy, Slot
from tests.factories import a_brief, a_copy


def finding(copy: Copy, match: str, suggestion: str | None) -> Finding:
    start = str(copy.body).index(match)
    return Finding(
        rule="a.b", category="a.b", severity=Severity.BLOCK, slot=Slot.BODY, start=start,
        end=start + len(match), match=match, message="m", why="w", suggestion=suggestion,
    )  # fmt: skip


def test_suggestions_go_in_from_right_to_left() -> None:
    """Every suggestion finds its place, however much longer the text grows."""
    copy = a_copy(body="one two three")
    found = [finding(copy, "one", "a much longer one"), finding(copy, "three", "3")]
    repaired = apply_suggestions(copy, found)

    assert repaired is not None
    assert str(repaired.body) == "a much longer one two 3"


def test_an_empty_suggestion_takes_words_out() -> None:
    """Words that are taken out leave no double space and no stray mark at the beginning."""
    copy = a_copy(body="Very, it is very good.")
    repaired = apply_suggestions(copy, [finding(copy, "Very", ""), finding(copy, " very", "")])

    assert repaired is not None
    assert str(repaired.body) == "it is good."


def test_without_suggestions_there_is_nothing_to_apply() -> None:
    """No suggestion, no copy: the caller knows that nothing was repaired."""
    copy = a_copy(body="one two")

    assert apply_suggestions(copy, [finding(copy, "one", None)]) is None


def test_a_wrong_figure_is_put_right_from_the_brief() -> None:
    """Where the brief has one value of that sort, the finding suggests it."""
    copy = a_copy(body="Take 25% off with TRAIL20 through March 8.")
    found = list(RulesGuard(load_packs()).check(Submission(copy, a_brief())))
    repaired = apply_suggestions(copy, found)

    assert repaired is not None
    assert str(repaired.body) == "Take 20% off with TRAIL20 through March 8."
