"""What is known of the fields behind merge tags: their fallbacks, their length, their names."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml

from copydesk.audiences import Audience
from copydesk.variants import MergeTag, Text, Words


def fallback_of(name: str) -> str | None:
    """Return a fallback for the tag that fits any sentence, or None where none does."""
    text: str | None = _tags().get(name, {}).get("fallback")
    return text


def longest_of(tag: MergeTag, audience: Audience | None = None) -> int:
    """Return how many characters the tag may take: of a recipient's own value, where it is known.

    For a segment its longest value counts, or the fallback where that is longer.
    """
    value = audience.fields.get(tag.name, "").strip() if audience else ""
    if audience is not None and audience.recipient is not None and value:
        return len(value)
    about = _tags().get(tag.name, _data()["default"])
    return max(int(about["longest"]), len(tag.fallback or ""), len(value))


def longest_rendering(text: Text, audience: Audience | None = None) -> str:
    """Return the text with a row of letters for every tag, as many as it may take."""
    return "".join(
        node.text if isinstance(node, Words) else "n" * longest_of(node, audience)
        for node in text.nodes
    )


@cache
def names() -> Mapping[str, str]:
    """Return the name of the tag for every way to write it, without underscores."""
    return {
        written.replace("_", ""): name
        for name, about in _tags().items()
        for written in (name, *about["aliases"])
    }


def _tags() -> dict[str, dict[str, Any]]:
    tags: dict[str, dict[str, Any]] = _data()["tags"]
    return tags


@cache
def _data() -> dict[str, Any]:
    file = resources.files("copydesk.guardrails").joinpath("tags.yaml")
    data: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return data
