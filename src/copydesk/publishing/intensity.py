"""How much copy presses: words of haste, exclamation marks and capitals, counted."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib import resources

import yaml

from copydesk.variants import Copy

_SHOUTED = re.compile(r"(?<![\w{])[A-Z]{4,}(?![\w}])")
"""Shorter ones are abbreviations; codes have figures in them."""


@lru_cache(maxsize=4_096)
def intensity(copy: Copy) -> int:
    """Return how often the copy presses; 0 is calm. Compared among copies for one brief."""
    text = " ".join(str(part) for _, part in copy.slots()).replace("\u2019", "'")
    return sum(len(found.findall(text)) for found in (_hasty(), _SHOUTED)) + text.count("!")


@cache
def _hasty() -> re.Pattern[str]:
    source = resources.files("copydesk.publishing").joinpath("intensity.yaml")
    words = yaml.safe_load(source.read_text(encoding="utf-8"))
    longest_first = sorted(map(re.escape, words), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(longest_first)})\b", re.IGNORECASE)
