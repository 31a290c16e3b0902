"""A style guide as its sentences, each with its place, the headings over it and what led it in.

Words that are set apart, by italics, bold, code or quotation marks, stand between « and » in
`tagged`: they are what the guide speaks of, where the rest is what it says of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

OPEN, CLOSE = "\ue000", "\ue001"
"""Around words set apart by markup; private characters, so that no text holds them."""

Kind = Literal["heading", "paragraph", "item", "quote", "row"]


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a file, as a reader of its format gives it."""

    kind: Kind
    text: str
    """With the line breaks of the file, and OPEN and CLOSE around what its markup sets apart."""
    unit: str = "line"
    """What `at` counts, as `line` or `page 3, line`."""
    at: int = 1
    level: int = 0
    """Of a heading, from 1; of an item, how deep its list is nested, from 1."""
    cells: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    """Of a row: its cells, and the words at the head of their columns."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a guide, or one item of a list that is less than a sentence."""

    text: str
    """As the file has it, its markup and line breaks taken away."""
    tagged: str
    """The same with « and » around the words set apart."""
    file: str
    place: str
    kind: Kind
    headings: tuple[str, ...] = ()
    lead: str = ""
    """Of an item, the sentence before its list, tagged."""
    cells: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    alone: bool = field(default=True)
    """True where the block holds no other sentence."""

    @property
    def heading(self) -> str:
        """The nearest heading, or nothing."""
        return self.headings[-1] if self.headings else ""

    @property
    def leads(self) -> bool:
        """Whether the sentence before the list says that the list is what it speaks of."""
        return self.lead.rstrip("* _»").endswith(":")


_ABBREVIATED = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|no|st|inc|ltd|mr|mrs|ms|dr|jan|feb|mar|apr|jun|jul|aug|sept?"
    r"|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun|approx|a\.m|p\.m|u\.s|u\.k)|\b[A-Z])\.$",
    re.IGNORECASE,
)
_END = re.compile(
    r"(?<=[.!?…])[\"'”\u2019)\]" + CLOSE + r"]*\s+(?=[\"'“\u2018(\[" + OPEN + r"]*[A-Z0-9¿¡])"
)
_QUOTED = re.compile(
    r"“([^“”]{1,300})”|(?<!\w)\"([^\"]{1,300})\"(?!\w)|\u2018([^\u2018\u2019]{1,80})\u2019(?!\w)"
)


def sentences(blocks: Iterable[Block], file: str) -> list[Sentence]:
    """Return the sentences of a file's blocks, with the headings that they stand under."""
    found: list[Sentence] = []
    headings: list[tuple[int, str]] = []
    lead = ""
    for block in blocks:
        if block.kind == "heading":
            headings = [*(h for h in headings if h[0] < block.level), (block.level, plain(block))]
            lead = ""
        parts = list(_sentences_of(block, file, tuple(text for _, text in headings), lead))
        found += parts
        if block.kind in {"paragraph", "quote"} and parts:
            lead = parts[-1].tagged
    return found


def _sentences_of(
    block: Block, file: str, headings: tuple[str, ...], lead: str
) -> Iterator[Sentence]:
    spans = _spans(block.text) if block.kind != "row" else [(0, len(block.text))]
    for start, end in spans:
        raw = block.text[start:end]
        lines = block.text[:start].count("\n") + len(raw) - len(raw.lstrip("\n"))
        text = _one_line(raw)
        if not re.search(r"\w", text):
            continue
        yield Sentence(
            text=_bare(text),
            tagged=tagged(text),
            file=file,
            place=f"{block.unit} {block.at + lines}",
            kind=block.kind,
            headings=headings[:-1] if block.kind == "heading" else headings,
            lead=lead if block.kind in {"item", "quote"} else "",
            cells=tuple(_bare(_one_line(cell)) for cell in block.cells),
            columns=tuple(_bare(_one_line(column)) for column in block.columns),
            alone=len(spans) == 1,
        )


def _spans(text: str) -> list[tuple[int, int]]:
    """Return where each sentence of a block begins and ends."""
    spans, start = [], 0
    for end in _END.finditer(text):
        before = text[start : end.start()]
        if _ABBREVIATED.search(before.rstrip("\"'”\u2019)]" + CLOSE)):
            continue
        spans.append((start, end.end()))
        start = end.end()
    return [*spans, (start, len(text))]


def tagged(text: str) -> str:
    """Return the text with « and » around what markup or quotation marks set apart."""
    marked = text.replace("«", "“").replace("»", "”")
    marked = _QUOTED.sub(lambda m: f"{OPEN}{next(filter(None, m.groups()))}{CLOSE}", marked)
    out, depth = [], 0
    for char in marked:
        depth += (char == OPEN) - (char == CLOSE)
        if (char == OPEN and depth > 1) or (char == CLOSE and depth > 0):
            continue
        out.append({OPEN: "«", CLOSE: "»"}.get(char, char))
    return re.sub(r"»«", "", "".join(out)).replace("\u2019", "'")


def plain(block: Block) -> str:
    """Return a block's text on one line, its marks taken away."""
    return _bare(_one_line(block.text))


def rows(table: Sequence[Sequence[str]], at: Sequence[int], unit: str = "line") -> Iterator[Block]:
    """Yield the rows of a table as blocks; the first row is the heads of the columns."""
    columns = tuple(table[0]) if table else ()
    for cells, line in zip(table[1:], at[1:], strict=True):
        yield Block("row", " | ".join(cells), unit, line, cells=tuple(cells), columns=columns)


def _bare(text: str) -> str:
    return text.replace(OPEN, "").replace(CLOSE, "")


def _one_line(text: str) -> str:
    return " ".join(text.split())
