"""Copy as a campaign tool is given it: merge tags in its own syntax, all else as literal text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from copydesk.errors import Conflict, Contradiction, InputError, Problem
from copydesk.publishing.dialects.naming import tool_name
from copydesk.publishing.dialects.reading import joined, parse
from copydesk.publishing.dialects.syntax import Dialect, Escape, Spot, dialect_named
from copydesk.publishing.dialects.templates import filled
from copydesk.variants import Copy, MergeTag, Node, Slot, Text

REMEMBERED_MAX = 4096


@lru_cache(maxsize=REMEMBERED_MAX)
def emit(text: Text, dialect: str, slot: Slot | None = None) -> str:
    """Return the text as the tool of this dialect writes it.

    In a subject a tool that escapes values for HTML is told not to, where it can be.

    Raises:
        InputError: the dialect is not known; the message lists those that are.
        Conflict: a merge tag has no fallback, or the tool has no safe way to write this text.
    """
    syntax = dialect_named(dialect)
    written = _Writer(syntax, raw=slot is Slot.SUBJECT).write(text.nodes)
    _must_read_back(written, text, dialect)
    return written


def must_write(copy: Copy, dialects: Iterable[str]) -> None:
    """Raise Contradiction, naming slot, dialect and remedy, for whatever these cannot write."""
    problems = [
        Problem(f"copy.{slot.value}", "", f"in the dialect {dialect}: {refusal}")
        for slot, text in copy.slots()
        for dialect in dialects
        if (refusal := _refusal(text, dialect, slot))
    ]
    if problems:
        raise Contradiction(problems)


def _refusal(text: Text, dialect: str, slot: Slot) -> str | None:
    try:
        emit(text, dialect, slot)
    except Conflict as error:
        return error.message
    return None


def _must_read_back(written: str, text: Text, dialect: str) -> None:
    """Raise Conflict unless what was written says the same: the tool might read it otherwise."""
    try:
        said = parse(written, dialect).nodes
    except InputError:
        said = ()
    if said != joined(text.nodes):
        raise Conflict(
            f"{dialect_named(dialect).tool} would not read this copy as it is meant, for what "
            "stands beside a merge tag or looks like one: write it in other words, or pull another "
            "dialect."
        )


class _Writer:
    def __init__(self, dialect: Dialect, *, raw: bool) -> None:
        self._dialect = dialect
        output = (dialect.raw_output if raw else None) or dialect.output
        self._output = dict(zip(("OPEN", "CLOSE"), output, strict=True))

    def write(self, nodes: Sequence[Node]) -> str:
        around = zip((None, *nodes), nodes, (*nodes[1:], None), strict=False)
        return "".join(
            self._tag(node)
            if isinstance(node, MergeTag)
            else _words(
                node.text,
                self._dialect,
                after_tag=isinstance(before, MergeTag),
                before_tag=isinstance(after, MergeTag),
                at_end=after is None,
            )
            for before, node, after in around
        )

    def _tag(self, tag: MergeTag) -> str:
        if tag.fallback is None:
            raise Conflict(
                f"The merge tag `{tag.name}` has no fallback and is not served without one: write "
                f'{{{{ {tag.name} | fallback: "there" }}}}.'
            )
        form = self._dialect.form_of(tag.name)
        name = tool_name(self._dialect, tag.name)
        quoted = _quoted(tag.fallback, self._dialect) if form.inline else None
        if form.inline is not None and quoted is not None:
            return filled(form.inline, {"NAME": name, "FALLBACK": quoted, **self._output})
        if form.conditional is None:
            raise Conflict(_cannot_say(tag, tag.fallback, self._dialect))
        return filled(
            form.conditional, {"NAME": name, "WORDS": self._fallback(tag.fallback), **self._output}
        )

    def _fallback(self, text: str) -> str:
        return _words(text, self._dialect, after_tag=True, before_tag=True, at_end=False)


def _cannot_say(tag: MergeTag, fallback: str, dialect: Dialect) -> str:
    return (
        f"{dialect.tool} cannot write the fallback `{fallback}` of the merge tag `{tag.name}`: "
        "give it other words, or pull another dialect."
    )


def _quoted(fallback: str, dialect: Dialect) -> str | None:
    """Return the fallback as it stands in a tag, None where it cannot."""
    strings = dialect.strings
    if strings.refused is not None and strings.refused.search(fallback):
        return None
    if not strings.quotes:
        return fallback
    first = strings.quotes[0]
    if strings.escape == "backslash":
        return first + re.sub(rf"([{first}\\])", r"\\\1", fallback) + first
    if strings.escape == "double":
        return first + fallback.replace(first, first * 2) + first
    fitting = next((quote for quote in strings.quotes if quote not in fallback), None)
    return None if fitting is None else f"{fitting}{fallback}{fitting}"


def _words(text: str, dialect: Dialect, *, after_tag: bool, before_tag: bool, at_end: bool) -> str:
    """Return literal text, escaped. Raises Conflict for what can be neither written nor escaped."""
    there = {"anywhere": True, "after_tag": after_tag, "before_tag": before_tag, "at_end": at_end}
    places = frozenset(place for place, is_so in there.items() if is_so)
    for spot in dialect.refused:
        if spot.where in places and (found := _pattern((spot,)).search(text)):
            raise Conflict(
                f"{dialect.tool} would read `{found[0]}` in this copy as code, and it cannot be "
                "escaped there: take it out of the copy, or pull another dialect."
            )
    escapes = [escape for escape in dialect.escapes if escape.where in places]
    if not escapes:
        return text
    return _pattern(tuple(escapes)).sub(lambda found: _escaped(found, escapes), text)


def _escaped(found: re.Match[str], escapes: Sequence[Escape]) -> str:
    escape = escapes[(found.lastindex or 1) - 1]
    return filled(escape.write, {"IT": found[0]})


def _pattern(spots: tuple[Spot, ...]) -> re.Pattern[str]:
    return _compiled(tuple((spot.find, spot.where) for spot in spots))


@cache
def _compiled(spots: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    """Return what finds any of these; the number of the group that matched tells which."""
    first, last = {"after_tag": r"\A"}, {"before_tag": r"\Z", "at_end": r"\Z"}
    found = [f"{first.get(where, '')}({find}){last.get(where, '')}" for find, where in spots]
    return re.compile("|".join(found))
