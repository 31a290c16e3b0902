"""PDF files as blocks; a place in them is the page and the line on it.

A PDF holds lines of letters and no structure. What is set larger than the running text is taken
for a heading, what begins with a bullet for an item of a list, and lines that go on for one block.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from io import BytesIO

from copydesk.brand_voice.guides.passages import Block, Kind

_BULLET = re.compile(r"^\s*(?:[•·▪●○◦‣\u2013*-]|\d{1,2}[.)])\s+")
_ENDS = re.compile(r"[.!?:…][\"'”\u2019)\]]*$")
LARGER = 1.08
"""How many times the size of the running text makes a heading."""
HEADING = 60
"""A line in bold of fewer characters is a heading."""
FULL = 50
"""A line of fewer characters that ends a sentence ends its paragraph."""
FEW_PAGES = 3
"""On so few, what stands on each may be text."""


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line."""

    page: int
    number: int
    text: str
    size: float
    bold: bool


def blocks(data: bytes) -> list[Block]:
    """Return the blocks of a file. Raises pypdf's errors or ValueError for a broken one."""
    from pypdf import PdfReader

    lines: list[Line] = []
    for number, page in enumerate(PdfReader(BytesIO(data)).pages, start=1):
        lines += _lines(page, number)
    return list(_blocks(_without_running_heads(lines)))


def _lines(page: object, number: int) -> list[Line]:
    """Return the lines of a page with the size of most of their letters."""
    runs: list[tuple[str, float, bool]] = []

    def seen(text: str, cm: list[float], tm: list[float], font: object, size: float) -> None:
        name = str(font.get("/BaseFont", "")) if isinstance(font, dict) else ""
        scale = abs(tm[3] * cm[3]) or 1.0
        runs.append((text, round(size * scale, 1), "bold" in name.casefold()))

    text = page.extract_text(visitor_text=seen)  # type: ignore[attr-defined]
    found = []
    for at, line in enumerate((line for line in text.splitlines() if line.strip()), start=1):
        size, bold = _look(line, runs)
        found.append(Line(number, at, line.strip(), size, bold))
    return found


def _look(line: str, runs: Iterable[tuple[str, float, bool]]) -> tuple[float, bool]:
    """Return the size of the longest run on the line, and whether it is bold."""
    on_it = [run for run in runs if run[0].strip() and run[0].strip() in line]
    on_it += [run for run in runs if line.strip() in run[0]]
    return max(on_it, key=lambda run: len(run[0]))[1:] if on_it else (0.0, False)


def _without_running_heads(lines: list[Line]) -> list[Line]:
    """Leave out what stands on most pages, as a title in the margin, and bare page numbers."""
    pages = {line.page for line in lines}
    seen = Counter(re.sub(r"\d+", "0", line.text) for line in lines)
    often = {
        text for text, count in seen.items() if len(pages) > FEW_PAGES and count > len(pages) / 2
    }
    return [
        line
        for line in lines
        if re.sub(r"\d+", "0", line.text) not in often and not line.text.isdigit()
    ]


def _blocks(lines: list[Line]) -> Iterator[Block]:
    letters: Counter[float] = Counter()
    for line in lines:
        letters[line.size] += len(line.text)
    body = letters.most_common(1)[0][0] if letters else 0.0
    sizes = sorted({line.size for line in lines if line.size > body * LARGER}, reverse=True)
    open_: Block | None = None
    for line in lines:
        kind = _kind(line, body)
        if open_ is not None and _goes_on(open_, kind):
            open_ = replace(open_, text=f"{open_.text}\n{line.text}")
            continue
        if open_ is not None:
            yield open_
        level = sizes.index(line.size) + 1 if line.size in sizes else len(sizes) + 1
        text = _BULLET.sub("", line.text) if kind == "item" else line.text
        open_ = Block(kind, text, f"page {line.page}, line", line.number, level)
    if open_ is not None:
        yield open_


def _kind(line: Line, body: float) -> Kind:
    if _BULLET.match(line.text):
        return "item"
    bold_head = line.bold and len(line.text) < HEADING and not _ENDS.search(line.text)
    return "heading" if line.size > body * LARGER or bold_head else "paragraph"


def _goes_on(block: Block, kind: Kind) -> bool:
    """Return whether a line continues the block: the block's last line was full or open-ended."""
    if kind != "paragraph" or block.kind == "heading":
        return False
    last = block.text.rpartition("\n")[2]
    return len(last) >= FULL or not _ENDS.search(last)
