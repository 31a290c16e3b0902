"""Copy with its findings, as a page shows them: numbered, underlined, explained beside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from copydesk.guardrails import Checked, Finding
from copydesk.review_queue.marking import Segment, mark
from copydesk.variants import Copy, Slot


class Note(NamedTuple):
    """A finding under the number that its place in the text carries."""

    number: int
    finding: Finding


class Stretch(NamedTuple):
    """A stretch of text with the notes on it, worst first."""

    text: str
    notes: tuple[Note, ...]
    ending: tuple[Note, ...]
    """Those whose place ends here: their numbers stand behind the stretch."""


class MarkedSlot(NamedTuple):
    """One slot of the copy."""

    slot: Slot
    stretches: tuple[Stretch, ...]
    notes: tuple[Note, ...]


def marked(copy: Copy, checked: Checked) -> tuple[MarkedSlot, ...]:
    """Return each slot in stretches, with its findings numbered through the whole copy."""
    numbers = {found: n for n, found in enumerate(sorted(set(checked.findings), key=_place), 1)}
    return tuple(
        MarkedSlot(
            slot,
            tuple(_stretches(segments, numbers)),
            tuple(Note(number, found) for found, number in numbers.items() if found.slot is slot),
        )
        for slot, segments in mark(copy, numbers).items()
    )


def _place(finding: Finding) -> tuple[int, int, int]:
    return list(Slot).index(finding.slot), finding.start, finding.end


def _stretches(segments: Iterable[Segment], numbers: Mapping[Finding, int]) -> Iterator[Stretch]:
    segments = tuple(segments)
    for index, segment in enumerate(segments):
        later = {found for after in segments[index + 1 :] for found in after.findings}
        notes = tuple(Note(numbers[found], found) for found in segment.findings)
        ending = tuple(note for note in notes if note.finding not in later)
        yield Stretch(segment.text, notes, ending)
