"""Copy with its findings and with what it rests on, as a page shows them: marked, told beside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from copydesk.api.pages.resting import Rest, rests
from copydesk.briefs import Brief
from copydesk.guardrails import Binding, Checked, Finding
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
    rest: Rest | None = None
    """What the narrowest claim on these words rests on."""


class MarkedSlot(NamedTuple):
    """One slot of the copy."""

    slot: Slot
    stretches: tuple[Stretch, ...]
    notes: tuple[Note, ...]
    rests: tuple[Rest, ...]
    """What its claims rest on, each once, those that nothing bears first."""


def marked(copy: Copy, checked: Checked, brief: Brief | None = None) -> tuple[MarkedSlot, ...]:
    """Return each slot in stretches, with its findings numbered through the whole copy."""
    numbers = {found: n for n, found in enumerate(sorted(set(checked.findings), key=_place), 1)}
    bound = rests(checked.bindings or (), brief) if brief is not None else {}
    return tuple(
        MarkedSlot(
            slot,
            tuple(_stretches(segments, numbers, bound)),
            tuple(Note(number, found) for found, number in numbers.items() if found.slot is slot),
            _each_once(rest for binding, rest in bound.items() if binding.slot is slot),
        )
        for slot, segments in mark(copy, numbers, bound).items()
    )


def _each_once(found: Iterable[Rest]) -> tuple[Rest, ...]:
    return tuple(sorted(dict.fromkeys(found), key=lambda rest: bool(rest.on)))


def _place(finding: Finding) -> tuple[int, int, int]:
    return list(Slot).index(finding.slot), finding.start, finding.end


def _stretches(
    segments: Iterable[Segment], numbers: Mapping[Finding, int], bound: Mapping[Binding, Rest]
) -> Iterator[Stretch]:
    segments = tuple(segments)
    for index, segment in enumerate(segments):
        later = {found for after in segments[index + 1 :] for found in after.findings}
        notes = tuple(Note(numbers[found], found) for found in segment.findings)
        ending = tuple(note for note in notes if note.finding not in later)
        rest = bound[segment.bindings[-1]] if segment.bindings else None
        yield Stretch(segment.text, notes, ending, rest)
