"""How wide text is on a screen, in pixels."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple

import yaml

FONT_PX = 16
"""Size that widths are told in. What is cut does not depend on it: rooms are told in it too."""
JOINER = "\u200d"


class _Glyphs(NamedTuple):
    widths: dict[str, int]
    average: int
    other: int
    wide: int


def pixels(text: str) -> float:
    """Return the width of the text in Helvetica or Arial at FONT_PX, in pixels."""
    return sum(_thousandths(cluster) for cluster in clusters(text)) * FONT_PX / 1_000


def room(characters: int) -> float:
    """Return how many pixels so many characters of average width take."""
    return characters * _glyphs().average * FONT_PX / 1_000


def clusters(text: str) -> Iterator[str]:
    """Yield what a reader takes for one character: a letter with its marks, a joined emoji."""
    cluster = ""
    for char in text:
        if cluster and not is_zero_width(char) and not cluster.endswith(JOINER):
            yield cluster
            cluster = ""
        cluster += char
    if cluster:
        yield cluster


def is_zero_width(char: str) -> bool:
    """Return whether the character takes no room of its own: a mark, a joiner, a skin tone."""
    return unicodedata.category(char) in {"Mn", "Me", "Cf"} or "\U0001f3fb" <= char <= "\U0001f3ff"


def is_wide(char: str) -> bool:
    """Return whether the character is as wide as high, as emoji and Chinese are."""
    return unicodedata.east_asian_width(char) in {"W", "F"}


def _thousandths(cluster: str) -> int:
    return max(_advance(char) for char in cluster)


@lru_cache(maxsize=2_000)
def _advance(char: str) -> int:
    if is_zero_width(char):
        return 0
    known = _glyphs()
    if is_wide(char):
        return known.wide
    bare = unicodedata.normalize("NFD", char)[0]
    return known.widths.get(bare, known.other)


@cache
def _glyphs() -> _Glyphs:
    source = resources.files("copydesk.review_queue").joinpath("glyphs.yaml")
    data = yaml.safe_load(source.read_text(encoding="utf-8"))
    widths = {char: width for width, chars in data["widths"].items() for char in chars}
    return _Glyphs(widths, data["average"], data["other"], data["wide"])
