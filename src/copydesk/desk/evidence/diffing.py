"""An edit, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any

from copydesk.desk.evidence.pack import Change
from copydesk.variants import Slot

TOKENS = re.compile(r"\{\{.*?\}\}|\S(?:(?!\{\{)\S)*|\s+")
"""A word, the space between two, or a whole merge tag: what a person reads as one change."""


def edited(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Change, ...]]:
    """Return the changes in each slot that differs; both are copies as the record keeps them."""
    names = [slot.value for slot in Slot if before.get(slot.value) != after.get(slot.value)]
    return {name: tuple(changes(before.get(name, ""), after.get(name, ""))) for name in names}


def changes(before: str, after: str) -> Iterator[Change]:
    """Yield what was kept, taken out and put in, in the order of reading.

    Space alone never holds two words together that were exchanged.
    """
    old, new = TOKENS.findall(before), TOKENS.findall(after)
    for tag, i, j, k, m in SequenceMatcher(str.isspace, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Change(kind="same", text="".join(old[i:j]))
            continue
        if i < j:
            yield Change(kind="out", text="".join(old[i:j]))
        if k < m:
            yield Change(kind="in", text="".join(new[k:m]))
