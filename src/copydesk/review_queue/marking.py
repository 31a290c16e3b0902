"""Splitting a text where findings and bindings begin and end, so that a page can mark them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeVar

from copydesk.guardrails import Binding, Finding
from copydesk.variants import Copy, Slot


class Segment(NamedTuple):
    """A stretch of text with all that covers it: findings worst first, bindings widest first."""

    text: str
    findings: tuple[Finding, ...] = ()
    bindings: tuple[Binding, ...] = ()


def segments(
    text: str, findings: Iterable[Finding], bindings: Iterable[Binding] = ()
) -> tuple[Segment, ...]:
    """Return the text in stretches; joined, they are the text, code point for code point.

    A finding without extent, as of something missing, becomes an empty stretch where it stands.
    Spans are clipped to the text: a finding that points beyond it marks its end.
    """
    spans = [_clipped(finding, len(text)) for finding in sorted(findings, key=_badness)]
    bound = [_clipped(one, len(text)) for one in sorted(bindings, key=_width)]
    edges = {edge for start, end, _ in (*spans, *bound) for edge in (start, end)}
    cuts = sorted({0, len(text), *edges})
    found: list[Segment] = []
    for start, end in zip(cuts, [*cuts[1:], len(text)], strict=True):
        points = tuple(f for first, last, f in spans if first == last == start)
        if points:
            found.append(Segment("", points))
        if start < end:
            covering = _covering(spans, start, end), _covering(bound, start, end)
            found.append(Segment(text[start:end], *covering))
    return tuple(found)


def mark(
    copy: Copy, findings: Iterable[Finding], bindings: Iterable[Binding] = ()
) -> Mapping[Slot, tuple[Segment, ...]]:
    """Return each slot of the copy in stretches, with the findings and bindings in that slot."""
    findings, bindings = tuple(findings), tuple(bindings)
    return {
        slot: segments(
            str(text),
            (f for f in findings if f.slot is slot),
            (b for b in bindings if b.slot is slot),
        )
        for slot, text in copy.slots()
    }


Placed = TypeVar("Placed", Finding, Binding)


def _clipped(placed: Placed, length: int) -> tuple[int, int, Placed]:
    start = min(max(placed.start, 0), length)
    return start, min(max(placed.end, start), length), placed


def _covering(spans: Iterable[tuple[int, int, Placed]], start: int, end: int) -> tuple[Placed, ...]:
    return tuple(one for first, last, one in spans if first <= start and end <= last)


def _width(binding: Binding) -> int:
    return binding.start - binding.end


def _badness(finding: Finding) -> int:
    return list(type(finding.severity)).index(finding.severity)
