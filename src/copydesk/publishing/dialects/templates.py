"""Templates of tags, both ways: filled in to write a tag, and as a pattern to read one."""

from __future__ import annotations

import re
from collections.abc import Mapping

from copydesk.publishing.dialects.syntax import Dialect, Escape, Strings

BLANKS = re.compile(r"NAME|FALLBACK|WORDS|OPEN|CLOSE|IT")
PIECES = re.compile(r"NAME|FALLBACK|WORDS|OPEN|CLOSE|IT|~|[ ]+|\w+|.", re.DOTALL)

SPACE = r"\s*"
WORDS_MAX = 5_000
"""So long is a fallback as literal text at the most, escapes and all: our own is 200 long. Without
an end, what looks like a condition over and over would be searched to the end of the text each
time."""


def filled(template: str, blanks: Mapping[str, str]) -> str:
    """Return the template as the tool is given it."""
    return BLANKS.sub(lambda found: blanks.get(found[0], found[0]), template.replace("~", ""))


def pattern_of(template: str, dialect: Dialect) -> re.Pattern[str]:
    """Return what finds this template's tags in a text, with the groups name, fallback, words."""
    return _compiled(template, dialect, _blanks(dialect))


def pattern_of_escape(escape: Escape, dialect: Dialect) -> re.Pattern[str]:
    """Return what finds this escape in a text, with the group `it` where it stands for its text."""
    closing = re.search("IT(.)", escape.write)
    text = rf"[^{re.escape(closing[1])}]*" if closing else r"\\+"
    return _compiled(escape.write, dialect, {"IT": f"(?P<it>{text})"})


def _compiled(template: str, dialect: Dialect, blanks: Mapping[str, str]) -> re.Pattern[str]:
    parts: list[str] = []
    pieces = PIECES.findall(template)
    for before, piece, after in zip(["", *pieces], pieces, [*pieces[1:], ""], strict=False):
        pattern = blanks.get(piece) or _literal(piece, between_words=(before + after).isalnum())
        is_again = piece == "NAME" and pattern in parts
        if pattern != SPACE or parts[-1:] != [SPACE]:  # two would try every way to share it
            parts.append("(?P=name)" if is_again else pattern)
    flags = re.DOTALL | (re.IGNORECASE if dialect.any_case else re.NOFLAG)
    return re.compile("".join(parts), flags)


def _literal(piece: str, *, between_words: bool) -> str:
    if piece == "~":
        return SPACE
    if not piece.isspace():
        return re.escape(piece)
    return r"\s+" if between_words else SPACE


def _blanks(dialect: Dialect) -> dict[str, str]:
    first, last = dialect.output
    raw_first, raw_last = dialect.raw_output or dialect.output
    return {
        "NAME": f"(?P<name>{dialect.names.pattern})",
        "FALLBACK": f"(?P<fallback>{_string(dialect.strings)})",
        "WORDS": f"(?P<words>.{{0,{WORDS_MAX}}}?)",
        "OPEN": f"(?:{re.escape(raw_first)}|{re.escape(first)})",
        "CLOSE": f"(?:{re.escape(raw_last)}|{re.escape(last)})",
    }


def _string(strings: Strings) -> str:
    if not strings.quotes:
        return r"[^{}\n]*?"
    inside = {"backslash": r"(?:[^Q\\]|\\.)*", "double": "(?:[^Q]|QQ)*", None: "[^Q]*"}
    quoted = [
        f"Q{inside[strings.escape]}Q".replace("Q", quote)
        for quote in (*strings.quotes, *strings.also)
    ]
    return "|".join(quoted)
