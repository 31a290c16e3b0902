"""HTML as blocks: what a reader of the page sees, without its navigation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from copydesk.brand_voice.guides.passages import CLOSE, OPEN, Block, Kind, rows

_PASSED_OVER = {
    "script", "style", "head", "nav", "footer", "aside", "form", "template", "noscript", "svg",
    "select", "button", "iframe", "object",
}  # fmt: skip
_KINDS: dict[str, Kind] = {
    "p": "paragraph", "li": "item", "dd": "item", "dt": "item", "blockquote": "quote",
    "figcaption": "paragraph", "caption": "paragraph", "summary": "paragraph", "pre": "quote",
}  # fmt: skip
_SET_APART = {"em", "i", "b", "strong", "code", "mark", "q", "kbd"}
_HEADING = re.compile(r"h([1-6])")


def blocks(source: str, first_line: int = 1) -> list[Block]:
    """Return the blocks of a page or a part of one; its first line has the number given."""
    from lxml import html

    if not source.strip():
        return []
    # Text, not bytes: what encoding a page claims does not matter after it was read.
    cleaned = re.sub(r"\A\s*<\?xml[^>]*\?>", "", source)
    root = html.document_fromstring(cleaned)
    found = (block for block in _walk(root, "paragraph") if block.text.strip())
    return [replace(block, at=block.at + first_line - 1) for block in found]


def _walk(element: Any, kind: Kind) -> Iterator[Block]:  # noqa: ANN401 - lxml has no types
    """Yield the blocks of an element: its own words between those of the blocks in it."""
    tag = element.tag if isinstance(element.tag, str) else ""
    if not tag or tag in _PASSED_OVER:
        return
    if tag == "table":
        yield from _table(element)
        return
    heading = _HEADING.fullmatch(tag)
    kind = "heading" if heading else _KINDS.get(tag, kind)
    level = int(heading[1]) if heading else 0
    words, line = element.text or "", element.sourceline or 1
    for child in element:
        if _is_inline(child):
            words += _inline(child) + (child.tail or "")
            continue
        yield Block(kind, words, at=line, level=level)
        yield from _walk(child, kind)
        words, line = child.tail or "", child.sourceline or line
    yield Block(kind, words, at=line, level=level)


def _is_inline(element: Any) -> bool:  # noqa: ANN401 - lxml has no types
    tag = element.tag if isinstance(element.tag, str) else ""
    inline = {"a", "span", "br", "sup", "sub", "small", "u", "s", "abbr", "cite", "img", "wbr"}
    return not tag or tag in inline | _SET_APART


def _inline(element: Any) -> str:  # noqa: ANN401 - lxml has no types
    if not isinstance(element.tag, str):  # a comment
        return ""
    if element.tag == "br":
        return " "
    words = (element.text or "") + "".join(_inline(c) + (c.tail or "") for c in element)
    return f"{OPEN}{words}{CLOSE}" if element.tag in _SET_APART and words.strip() else words


def _table(element: Any) -> Iterator[Block]:  # noqa: ANN401 - lxml has no types
    found = [row for row in element.iter("tr") if len(row)]
    cells = [[_cell(cell) for cell in row if cell.tag in {"td", "th"}] for row in found]
    return rows(cells, [row.sourceline or 1 for row in found])


def _cell(element: Any) -> str:  # noqa: ANN401 - lxml has no types
    return " ".join(f"{OPEN}{t}{CLOSE}" if p.tag in _SET_APART else t for p, t in _texts(element))


def _texts(element: Any) -> Iterator[tuple[Any, str]]:  # noqa: ANN401 - lxml has no types
    for part in element.iter():
        if isinstance(part.tag, str) and part.text and part.text.strip():
            yield part, part.text.strip()
        if part is not element and part.tail and part.tail.strip():
            yield part.getparent(), part.tail.strip()
