"""Copy as recipients meet it: in the list of each mail client, and opened."""

from __future__ import annotations

from typing import NamedTuple

from copydesk.audiences import Audience
from copydesk.review_queue.inbox import Preview, previews
from copydesk.review_queue.renderings import Rendering, renderings
from copydesk.variants import Copy, Slot


class Reading(NamedTuple):
    """The copy with its merge tags filled in one way."""

    way: Rendering
    previews: tuple[Preview, ...]
    texts: tuple[tuple[Slot, str], ...]


def readings(copy: Copy, audience: Audience) -> tuple[Reading, ...]:
    """Return each way in which the copy may be read, the one without values first."""
    return tuple(_reading(copy, way) for way in renderings(copy, audience))


def _reading(copy: Copy, way: Rendering) -> Reading:
    texts = tuple((slot, text.render(way.fields)) for slot, text in copy.slots())
    return Reading(way, previews(copy, way.fields), texts)
