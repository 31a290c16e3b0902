"""What recipients read where merge tags are met with nothing, with much, and with mischief."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from copydesk.audiences import Audience
from copydesk.guardrails.fields import longest_of
from copydesk.variants import Copy, MergeTag

HOSTILE = '<b onclick="x()">{{ a }}\u202e”,;'
"""Markup, a tag of a tool and a character that turns text around, as somebody types for a name."""


class Rendering(NamedTuple):
    """One way in which merge tags may be filled."""

    name: str
    told: str
    """What is put in the place of each tag, in a sentence."""
    fields: Mapping[str, str]
    gaps: tuple[str, ...] = ()
    """Names of tags that have neither value nor fallback here: nothing stands in their place."""


def renderings(copy: Copy, audience: Audience | None = None) -> tuple[Rendering, ...]:
    """Return how the copy may be read: with fallbacks, own values, the longest, and hostile ones.

    Copy without merge tags is read the same by everyone, so it has one rendering.
    """
    tags = [tag for _, text in copy.slots() for tag in text.tags]
    if not tags:
        return (Rendering("Everyone", "No merge tag: everyone reads the same.", {}),)
    return tuple(_renderings(tags, audience))


def _renderings(tags: list[MergeTag], audience: Audience | None) -> Iterator[Rendering]:
    lacking = dict.fromkeys(tag.name for tag in tags if not tag.fallback)
    yield Rendering("No values", "Nothing is known: each tag reads its fallback.", {}, (*lacking,))
    known = audience.fields if audience else {}
    own = {tag.name: known[tag.name] for tag in tags if known.get(tag.name, "").strip()}
    if own:
        gaps = tuple(name for name in lacking if name not in own)
        yield Rendering("Own values", f"The values of {_whose(audience)}.", own, gaps)
    told = "A row of n for each tag, as long as the longest value to be met with."
    yield Rendering("Longest", told, _each(tags, lambda tag: "n" * longest_of(tag, audience)))
    told = "Markup, braces and a character that turns text, typed in as a name."
    yield Rendering("Hostile", told, _each(tags, lambda _: HOSTILE))


def _each(tags: list[MergeTag], value: Callable[[MergeTag], str]) -> dict[str, str]:
    """Return a value for each name: the longest where one tag stands twice."""
    found: dict[str, str] = {}
    for tag in tags:
        found[tag.name] = max(found.get(tag.name, ""), value(tag), key=len)
    return found


def _whose(audience: Audience | None) -> str:
    return "this recipient" if audience and audience.recipient else "an example of this audience"
