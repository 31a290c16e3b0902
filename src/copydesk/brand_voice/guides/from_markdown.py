"""Markdown as blocks, with the line that each stands on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from copydesk.brand_voice.guides.passages import CLOSE, OPEN, Block, Kind, rows

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT_MATTER = re.compile(r"\A---\r?\n(.*?)^---[ \t]*\r?\n", re.DOTALL | re.MULTILINE)
_TITLE = re.compile(r"^title:[ \t]*[\"']?(.+?)[\"']?[ \t]*$", re.MULTILINE)
_OPENS = {"em_open", "strong_open"}
_CLOSES = {"em_close", "strong_close"}
_CONTAINERS: dict[str, Kind] = {"blockquote_open": "quote", "list_item_open": "item"}


def blocks(source: str) -> list[Block]:
    """Return the blocks of CommonMark text with tables; front matter gives only its title."""
    from markdown_it import MarkdownIt

    found = _FRONT_MATTER.match(source)
    title = _TITLE.search(found[1]) if found else None
    head = [Block("heading", title[1], at=_line_of(source, title[1]), level=0)] if title else []
    # Blank lines in place of the front matter keep the numbers of the lines after it.
    rest = "\n" * found[0].count("\n") + source[found.end() :] if found else source
    tokens = MarkdownIt("commonmark").enable("table").parse(rest)
    return head + list(_blocks(tokens))


def _line_of(source: str, words: str) -> int:
    return source[: source.index(words)].count("\n") + 1


@dataclass
class _Reader:
    """Where in the nesting of a document the reading is."""

    within: list[Kind] = field(default_factory=list)
    level: int = 0
    table: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)

    def moved(self, token: Token) -> None:
        """Note what opens or closes."""
        if token.type in _CONTAINERS:
            self.within.append(_CONTAINERS[token.type])
        elif token.type in {"blockquote_close", "list_item_close"}:
            self.within.pop()
        elif token.type in {"heading_open", "heading_close"}:
            self.level = int(token.tag[1:]) if token.nesting > 0 else 0
        elif token.type == "tr_open":
            self.table.append([])
            self.lines.append(_line(token))

    def block(self, token: Token) -> Block:
        """Return the block of an inline token."""
        kind: Kind = "heading" if self.level else _kind(self.within)
        level = self.level or self.within.count("item")
        return Block(kind, text_of(token), at=_line(token), level=level)


def _blocks(tokens: list[Token]) -> Iterator[Block]:
    reader = _Reader()
    for token in tokens:
        reader.moved(token)
        if token.type == "html_block":
            yield from _html(token.content, _line(token))
        elif token.type == "table_close":
            yield from rows(reader.table, reader.lines)
            reader.table, reader.lines = [], []
        elif token.type == "inline" and reader.table:
            reader.table[-1].append(text_of(token))
        elif token.type == "inline":
            yield reader.block(token)


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 0


def _kind(within: list[Kind]) -> Kind:
    return "quote" if "quote" in within else "item" if within else "paragraph"


def text_of(token: Token) -> str:
    """Return the words of an inline token: links as their text, emphasis marked."""
    return "".join(_text(child) for child in token.children or [])


def _text(child: Token) -> str:
    if child.type in _OPENS:
        return OPEN
    if child.type in _CLOSES:
        return CLOSE
    if child.type == "code_inline":
        return f"{OPEN}{child.content}{CLOSE}"
    if child.type in {"softbreak", "hardbreak"}:
        return "\n"
    return child.content if child.type == "text" else ""


def _html(source: str, line: int) -> Iterator[Block]:
    from copydesk.brand_voice.guides import from_html

    yield from from_html.blocks(source, first_line=line)
