"""Text split for underlining: nothing lost, nothing doubled."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from copydesk.guardrails import Finding, Severity
from copydesk.review_queue import Segment, mark, segments
from copydesk.variants import Slot
from tests.factories import a_copy
from tests.unit.review_queue.items import a_finding

TEXT = "Last chance: 20% off"


@st.composite
def findings(draw: st.DrawFn) -> list[Finding]:
    spans = st.tuples(st.integers(-5, 40), st.integers(-5, 40), st.sampled_from(Severity))
    return [
        a_finding(start=start, end=end, severity=severity, rule=f"r{number}")
        for number, (start, end, severity) in enumerate(draw(st.lists(spans, max_size=6)))
    ]


@given(st.text(max_size=30), findings())
def test_the_segments_joined_are_the_text(text: str, found: list[Finding]) -> None:
    """Whatever the findings and their spans, no code point is lost, added or moved."""
    assert "".join(segment.text for segment in segments(text, found)) == text


@given(st.text(max_size=30), findings())
def test_every_finding_is_marked_on_exactly_its_span(text: str, found: list[Finding]) -> None:
    """The stretches that carry a finding are the text from its start to its end, clipped."""
    split = segments(text, found)
    for finding in found:
        start = min(max(finding.start, 0), len(text))
        marked = [segment for segment in split if finding in segment.findings]

        assert marked
        assert "".join(part.text for part in marked) == text[start : max(finding.end, start)]


def test_overlapping_findings_share_a_stretch_worst_first() -> None:
    """Where two findings overlap, the stretch carries both, the graver one first."""
    urgency = a_finding(start=0, end=16, severity=Severity.REVIEW, rule="urgency")
    number = a_finding(start=13, end=20, rule="number")

    assert segments(TEXT, [urgency, number]) == (
        Segment("Last chance: ", (urgency,)),
        Segment("20%", (number, urgency)),
        Segment(" off", (number,)),
    )


def test_a_finding_without_extent_is_an_empty_stretch() -> None:
    """Something missing is marked where it is missing, between two stretches of text."""
    missing = a_finding(start=11, end=11)

    assert segments(TEXT, [missing]) == (
        Segment("Last chance"),
        Segment("", (missing,)),
        Segment(": 20% off"),
    )


def test_a_finding_on_an_empty_text_is_shown() -> None:
    """An empty subject still carries the finding that it is empty."""
    empty = a_finding(start=0, end=0)

    assert segments("", [empty]) == (Segment("", (empty,)),)


def test_each_slot_gets_its_own_findings() -> None:
    """A finding in the body marks the body and leaves the subject alone."""
    found = a_finding(slot=Slot.BODY)
    split = mark(a_copy(), [found])

    assert [segment.findings for segment in split[Slot.SUBJECT]] == [()]
    assert split[Slot.BODY][0].findings == (found,)
