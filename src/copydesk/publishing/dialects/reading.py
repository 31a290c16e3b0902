"""Copy as it stands in a tool, read back into our own form, with where each part of it stood."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from copydesk.errors import InputError, Problem
from copydesk.publishing.dialects.readers import Reader, reader_of
from copydesk.publishing.dialects.syntax import NEUTRAL, dialect_named
from copydesk.variants import Node, Text, Words

SHOWN_MAX = 40
PROBLEMS_MAX = 20
"""More are not looked for."""


class Part(NamedTuple):
    """A node, and where it stands in the tool's text and in ours, in code points."""

    node: Node
    start: int
    end: int
    ours: int

    @property
    def verbatim(self) -> bool:
        """Whether the tool's text and ours are the same here."""
        return isinstance(self.node, Words) and len(self.node.text) == self.end - self.start

    def place(self, index: int, *, last: bool) -> int:
        """Return where in the tool's text a place of ours is; of a tag, its begin or its end."""
        if self.verbatim:
            return min(self.start + index - self.ours, self.end)
        return self.end if last else self.start


class Reading(NamedTuple):
    """What a tool's text says in our own form, and how to get back from the one to the other."""

    source: str
    text: Text
    parts: tuple[Part, ...]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return where what is from `start` to `end` of our text stands in the tool's.

        What is inside a tag or an escape is told as the whole of it.
        """
        if not self.parts:
            return 0, 0
        if end <= start:
            at = self._part(start).place(start, last=False)
            return at, at
        return (
            self._part(start).place(start, last=False),
            self._part(end - 1).place(end, last=True),
        )

    def is_whole(self, start: int, end: int) -> bool:
        """Return whether this piece of our text ends inside no tag and no escape of the tool's."""
        if not self.parts:
            return True
        first, last = self._part(start), self._part(max(start, end - 1))
        begins = first.verbatim or start == first.ours
        return begins and (last.verbatim or end == last.ours + len(str(last.node)))

    def _part(self, index: int) -> Part:
        return self.parts[max(0, bisect_right([part.ours for part in self.parts], index) - 1)]


def parse(source: str, dialect: str) -> Text:
    """Return what this text, written in the tool of this dialect, says in our own form.

    A merge tag without a fallback is read, for the checks to find.

    Raises:
        InputError: the dialect is not known; the text holds code of the tool that is no merge tag
            (with the place of each); or something that our own form has no way to write.
    """
    return read(source, dialect).text


def read(source: str, dialect: str) -> Reading:
    """Return the same as `parse`, with where everything stood. Raises InputError."""
    dialect_named(dialect)
    if dialect == NEUTRAL:
        text = Text(source)
        whole = Part(Words(source), 0, len(source), 0)
        return Reading(source, text, (whole,) if source else ())
    parts = tuple(_parts(source, reader_of(dialect)))
    text = Text.of(part.node for part in parts)
    if text.nodes != joined(part.node for part in parts):
        raise InputError([_unsayable(text, parts)])
    return Reading(source, text, parts)


def _parts(source: str, reader: Reader) -> Iterator[Part]:
    ours, position = 0, 0
    for start, end, node in _spans(source, reader):
        if start > position:
            yield Part(Words(source[position:start]), position, start, ours)
            ours += start - position
        yield Part(node, start, end, ours)
        ours += len(str(node))
        position = end
    if position < len(source):
        yield Part(Words(source[position:]), position, len(source), ours)


def _spans(source: str, reader: Reader) -> Iterator[tuple[int, int, Node]]:
    """Yield what is the tool's code: from where to where, and what it says. Raises InputError."""
    position = 0
    problems: list[Problem] = []
    while (
        len(problems) < PROBLEMS_MAX and (start := reader.next_code(source, position)) is not None
    ):
        span = reader.at(source, start)
        if span is None:
            problems.append(_not_understood(source, start, reader.tool))
            position = start + 2
            continue
        position = span[0]
        yield start, position, span[1]
    if problems:
        raise InputError(problems)


def joined(nodes: Iterable[Node]) -> tuple[Node, ...]:
    """Return the nodes with words beside words made one."""
    made: list[Node] = []
    for node in nodes:
        if isinstance(node, Words) and made and isinstance(made[-1], Words):
            made[-1] = Words(made[-1].text + node.text)
        elif str(node):
            made.append(node)
    return tuple(made)


def _not_understood(source: str, start: int, tool: str) -> Problem:
    line, column = source.count("\n", 0, start) + 1, start - source.rfind("\n", 0, start)
    return Problem(
        f"line {line}, column {column}",
        repr(source[start : start + SHOWN_MAX]),
        f"this is code of {tool}, and no merge tag that Copydesk reads: check the copy without it",
    )


def _unsayable(text: Text, parts: Sequence[Part]) -> Problem:
    """Return that what prints as text in the tool is a merge tag in our own form."""
    tag = next((tag for tag in text.tags if tag not in [part.node for part in parts]), None)
    return Problem(
        "",
        repr(str(tag or text)[:SHOWN_MAX]),
        "this prints as text in the tool, and would be a merge tag in Copydesk: take it out",
    )
