"""Fencing other people's text, so that a model can tell material from instructions."""

from __future__ import annotations

import re
import unicodedata

OPEN, CLOSE = "<data>", "</data>"

_KEPT = "\n\t\u200c\u200d"
"""Of control and format characters these stay; emoji sequences and several scripts need joiners."""
_GONE = {"Cc", "Cf", "Cs", "Co", "Cn"}
_SELECTORS = re.compile("[\ufe00-\ufe0d\U000e0100-\U000e01ef]")
"""Variation selectors other than the two of emoji: nobody sees them, but a model reads them."""
_ANGLES = str.maketrans("\uff1c\ufe64", "<<")
_PLAIN = re.compile(r"[\n\t -~]*")
"""Of ASCII, what nothing has to be taken out of."""
_LIKE_A_TAG = re.compile(r"<(?!\d|[ \t]+\d)")
_BLANK_LINES = re.compile(r"\n{3,}")


def plain(text: str) -> str:
    """Return the text on one line, without control characters, invisible ones or tags.

    Every less-than sign that no number follows, full-width ones too, becomes an angle quotation
    mark: nothing left can close a fence, however it is spelled.
    """
    return " ".join(_disarmed(text).split())


def data(text: str) -> str:
    """Return the text fenced, on one line: it cannot begin a line that looks like ours."""
    return f"{OPEN}{plain(text)}{CLOSE}"


def data_block(text: str, at_most: int | None = None) -> str:
    """Return the text fenced with its lines kept; beyond `at_most` characters it is cut."""
    lines = (" ".join(line.split()) for line in _disarmed(text).splitlines())
    kept = _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()
    if at_most is not None and len(kept) > at_most:
        kept = kept[:at_most].rstrip() + "…"
    return f"{OPEN}\n{kept}\n{CLOSE}"


def _disarmed(text: str) -> str:
    lines = re.sub("\r\n?|[\x0b\x0c\x85\u2028\u2029]", "\n", text)
    if not lines.isascii() or not _PLAIN.fullmatch(lines):
        lines = "".join(c for c in lines if c in _KEPT or unicodedata.category(c) not in _GONE)
        lines = _SELECTORS.sub("", lines).translate(_ANGLES)
    return _LIKE_A_TAG.sub("\u2039", lines)
