"""Splitting a text where findings begin and end, so that a page can underline them safely."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from copydesk.guardrails import Finding
from copydesk.variants import Copy, Slot


class Segment(NamedTuple):
    """A stretch of text with the findings that cover all of it, worst first."""

    text: str
    findings: tuple[Finding, ...] = ()


def segments(text: str, findings: Iterable[Finding]) -> tuple[Segment, ...]:
    """Return the text in stretches; joined, they are the text, code point for code point.

    A finding without extent, as of something missing, becomes an empty stretch where it stands.
    Spans are clipped to the text: a finding that points beyond it marks its end.
    """
    spans = [_clipped(finding, len(text)) for finding in sorted(findings, key=_badness)]
    cuts = sorted({0, len(text), *(edge for start, end, _ in spans for edge in (start, end))})
    found: list[Segment] = []
    for start, end in zip(cuts, [*cuts[1:], len(text)], strict=True):
        points = tuple(f for first, last, f in spans if first == last == start)
        if points:
            found.append(Segment("", points))
        if start < end:
            covering = tuple(f for first, last, f in spans if first <= start and end <= last)
            found.append(Segment(text[start:end], covering))
    return tuple(found)


def mark(copy: Copy, findings: Iterable[Finding]) -> Mapping[Slot, tuple[Segment, ...]]:
    """Return each slot of the copy in stretches, with the findings in that slot."""
    findings = tuple(findings)
    return {
        slot: segments(str(text), (f for f in findings if f.slot is slot))
        for slot, text in copy.slots()
    }


def _clipped(finding: Finding, length: int) -> tuple[int, int, Finding]:
    start = min(max(finding.start, 0), length)
    return start, min(max(finding.end, start), length), finding


def _badness(finding: Finding) -> int:
    return list(type(finding.severity)).index(finding.severity)
