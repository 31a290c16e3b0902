"""What of a subject and preheader an inbox shows, by client."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import NamedTuple

import yaml

from copydesk.audiences import Audience
from copydesk.briefs import Brief, Noun
from copydesk.guardrails.fields import longest_rendering
from copydesk.ranking.measures import Seen, early_meaning, preheader_adds
from copydesk.review_queue.glyphs import clusters, is_wide, is_zero_width, pixels, room
from copydesk.variants import Copy, Slot

ELLIPSIS = "…"
SEPARATOR = " - "
ADDS_LEAST = 0.5
"""Share of a preheader's words that should be new: below it the preheader repeats the subject."""

Measure = Callable[[str], float]


class Client(Noun):
    """A mail client, with the characters of average width that it shows."""

    client: str
    subject: int
    preheader: int | None
    """None where no source tells."""
    line: int | None = None
    """Characters of the one line that both share, where they do."""
    look: str = ""
    """How a preview of it is drawn; empty where it is measured and not drawn."""


class Shown(NamedTuple):
    """A text as far as it is shown."""

    text: str
    is_cut: bool


class Preview(NamedTuple):
    """How one client shows a message in its list."""

    client: str
    subject: Shown
    preheader: Shown
    look: str = ""


class Cut(NamedTuple):
    """A slot that does not fit a client."""

    client: str
    slot: Slot
    shown: str
    """What is seen of it, merge tags at their fallbacks; whole where that is seen."""
    only_longest: bool
    """True where only recipients with the longest values of the merge tags see it cut."""


def previews(copy: Copy, fields: Mapping[str, str] | None = None) -> tuple[Preview, ...]:
    """Return how each client shows the copy to a recipient with these merge fields."""
    subject, preheader = copy.subject.render(fields), copy.preheader.render(fields)
    known = (client for client in clients() if client.look)
    return tuple(_preview(client, subject, preheader) for client in known)


def cuts(copy: Copy, audience: Audience | None = None) -> tuple[Cut, ...]:
    """Return where each client cuts the copy, with the fallbacks of its merge tags or the longest.

    A client that shows the subject and the preheader whole to everyone is not in it.
    """
    usual = [text.render() for text in (copy.subject, copy.preheader)]
    longest = [longest_rendering(text, audience) for text in (copy.subject, copy.preheader)]
    return tuple(
        Cut(client.client, slot, shortest.text, only_longest=not shortest.is_cut)
        for client in clients()
        for slot, shortest, worst in zip(
            (Slot.SUBJECT, Slot.PREHEADER),
            _both(client, *usual),
            _both(client, *longest),
            strict=True,
        )
        if shortest.is_cut or worst.is_cut
    )


def remarks(copy: Copy, brief: Brief | None, audience: Audience | None = None) -> tuple[str, ...]:
    """Return in sentences what a reader misses who sees the list of mails alone."""
    return (*_early(copy, brief, audience), *told(cuts(copy, audience)))


def told(found: Iterable[Cut]) -> Iterator[str]:
    """Yield a sentence for each way in which a slot is cut, naming the clients that cut it so."""
    ways: dict[tuple[Slot, str, bool], list[str]] = {}
    for one in found:
        ways.setdefault((one.slot, one.shown, one.only_longest), []).append(one.client)
    for (slot, text, only_longest), names in ways.items():
        if only_longest:
            yield f"{'; '.join(names)}: the {slot.value} is cut for the longest merge-tag values."
        else:
            yield f"{'; '.join(names)}: of the {slot.value} “{text}” is seen."


@cache
def clients() -> tuple[Client, ...]:
    """Return the clients of `inbox.yaml`, with their sources' middle values."""
    source = resources.files("copydesk.review_queue").joinpath("inbox.yaml")
    listed = yaml.safe_load(source.read_text(encoding="utf-8"))
    return tuple(Client.model_validate(client) for client in listed)


def width(text: str) -> int:
    """Return how many columns the text takes: two for a wide glyph, none for a combining one."""
    return sum(max(map(_columns, cluster)) for cluster in clusters(text))


def shown(text: str, room: float, measure: Measure = width) -> Shown:
    """Return the text cut to the room, with an ellipsis at its end; emoji stay whole."""
    if measure(text) <= room:
        return Shown(text, is_cut=False)
    kept, left = "", room - measure(ELLIPSIS)
    for cluster in clusters(text):
        left -= measure(cluster)
        if left < 0:
            break
        kept += cluster
    fits = room >= measure(ELLIPSIS)
    return Shown((kept.rstrip() + ELLIPSIS) if fits else "", is_cut=True)


def _preview(client: Client, subject: str, preheader: str) -> Preview:
    return Preview(client.client, *_both(client, subject, preheader), client.look)


def _both(client: Client, subject: str, preheader: str) -> tuple[Shown, Shown]:
    """Return subject and preheader as far as this client shows them."""
    top = shown(subject, room(client.subject), pixels)
    if client.preheader is None:
        return top, Shown(preheader, is_cut=False)
    left = room(client.preheader)
    if client.line is not None:
        left = min(left, room(client.line) - pixels(top.text + SEPARATOR))
    return top, shown(preheader, left, pixels)


def _early(copy: Copy, brief: Brief | None, audience: Audience | None) -> Iterator[str]:
    seen = Seen.of(copy, brief)
    early, adds = early_meaning(seen), preheader_adds(seen)
    if brief is not None and seen.subject and not early.share:
        yield f"{early.why[0].upper()}{early.why[1:]}."
    elif brief is not None and copy.subject.tags:
        pushed = replace(seen, subject=longest_rendering(copy.subject, audience))
        if not early_meaning(pushed).share:
            yield f"For the longest merge-tag values {early_meaning(pushed).why}."
    if seen.preheader and adds.share < ADDS_LEAST:
        yield f"The preheader adds little to the subject: {adds.why}."


def _columns(char: str) -> int:
    if is_zero_width(char):
        return 0
    return 2 if is_wide(char) else 1
