"""Reading one piece of a tool's code: a merge tag, or an escape that prints text."""

from __future__ import annotations

import re
from functools import cache

from copydesk.publishing.dialects.naming import our_name
from copydesk.publishing.dialects.syntax import Dialect, Form, Strings, dialect_named
from copydesk.publishing.dialects.templates import pattern_of, pattern_of_escape
from copydesk.variants import MergeTag, Node, Text, Words


class Reader:
    """Reads the code of one tool."""

    def __init__(self, dialect: Dialect) -> None:
        self.tool = dialect.tool
        self._dialect = dialect
        flags = re.IGNORECASE if dialect.any_case else re.NOFLAG
        self._code = re.compile(dialect.code or r"(?!)", flags)
        forms = [dialect.own, *([dialect.other] if dialect.other else [])]
        templates = [(form, one) for form in forms for one in _templates(form)]
        self._tags = [(form, pattern_of(one, dialect)) for form, one in templates]
        self._escapes = [(one, pattern_of_escape(one, dialect)) for one in dialect.escapes]

    def next_code(self, source: str, position: int) -> int | None:
        """Return where the next code begins, None if no more comes."""
        found = self._code.search(source, position)
        return found.start() if found else None

    def at(self, source: str, position: int) -> tuple[int, Node] | None:
        """Return where the code that begins here ends and what it says; None if not understood."""
        for form, pattern in self._tags:
            found = pattern.match(source, position)
            if found and (tag := self._tag(form, found)):
                return found.end(), tag
        return self._escape(source, position)

    def _escape(self, source: str, position: int) -> tuple[int, Words] | None:
        for escape, pattern in self._escapes:
            if found := pattern.match(source, position):
                it = escape.prints if escape.prints is not None else found["it"]
                return found.end(), Words(it)
        return None

    def _tag(self, form: Form, found: re.Match[str]) -> MergeTag | None:
        name = our_name(self._dialect, found["name"])
        if name is None or form is not self._dialect.form_of(name):
            return None
        groups = found.groupdict()
        fallback = groups.get("fallback")
        if fallback is not None:
            fallback = _unquoted(fallback, self._dialect.strings)
        elif (words := groups.get("words")) is not None:
            fallback = self._words(words)
            if fallback is None:
                return None
        tag = MergeTag(name, fallback)
        return tag if Text.of([tag]).nodes == (tag,) else None

    def _words(self, source: str) -> str | None:
        """Return what literal text with escapes in it prints, None if it holds other code."""
        said, position = "", 0
        while (start := self.next_code(source, position)) is not None:
            span = self._escape(source, start)
            if span is None:
                return None
            said += source[position:start] + span[1].text
            position = span[0]
        return said + source[position:]


@cache
def reader_of(dialect: str) -> Reader:
    """Return the reader of the dialect of this name. Raises InputError where there is none."""
    return Reader(dialect_named(dialect))


def _templates(form: Form) -> list[str]:
    written = [one for one in (form.conditional, form.inline) if one is not None]
    return [*written, *form.also, *form.bare]


def _unquoted(text: str, strings: Strings) -> str:
    if not strings.quotes:
        return text
    quote, inside = text[0], text[1:-1]
    if strings.escape == "double":
        return inside.replace(quote * 2, quote)
    return re.sub(r"\\(.)", r"\1", inside) if strings.escape == "backslash" else inside
