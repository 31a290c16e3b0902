"""The copy of an item against earlier copy, word by word, as its page shows it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from copydesk.api.pages.rendering import moment
from copydesk.desk.comparing import Earlier
from copydesk.desk.evidence.diffing import changes
from copydesk.desk.evidence.pack import Change
from copydesk.review_queue import ReviewItem
from copydesk.variants import Copy, Slot


class Comparison(NamedTuple):
    """One earlier copy and how the copy of now differs from it."""

    title: str
    told: str
    """Who wrote what is compared, and when."""
    slots: tuple[tuple[Slot, tuple[Change, ...]], ...]

    @property
    def is_same(self) -> bool:
        """Whether nothing differs."""
        return all(change.kind == "same" for _, found in self.slots for change in found)


def comparisons(
    item: ReviewItem, earlier: Earlier, typed: Copy | None = None
) -> tuple[Comparison, ...]:
    """Return how the copy differs from each; `typed` is copy that was sent and refused."""
    return tuple(_comparisons(item, earlier, typed))


def _comparisons(item: ReviewItem, earlier: Earlier, typed: Copy | None) -> Iterator[Comparison]:
    now = item.copy_now
    if typed is not None and typed != now:
        told = "From what stands now to what you typed: it is not saved."
        yield Comparison("What you typed", told, _differences(now, typed))
    made = item.variant.provenance
    told = f"Written by {made.model}, {moment(made.created_at)}."
    yield Comparison("The draft", told, _differences(earlier.written, now))
    if earlier.approved is not None:
        last = earlier.approved
        gone = f" Withdrawn since: {last.withdrawn_because}." if last.withdrawn_because else ""
        told = f"Signed by {last.approved_by} for this audience, {moment(last.approved_at)}.{gone}"
        yield Comparison("Last approved", told, _differences(last.copy_, now))
    if earlier.replaced is not None:
        before = earlier.replaced
        told = f"As it was until {before.by} changed it, {moment(before.at)}."
        yield Comparison("Previous edit", told, _differences(before.copy, now))


def _differences(before: Copy, after: Copy) -> tuple[tuple[Slot, tuple[Change, ...]], ...]:
    return tuple(
        (slot, tuple(changes(str(before[slot]), str(text)))) for slot, text in after.slots()
    )
