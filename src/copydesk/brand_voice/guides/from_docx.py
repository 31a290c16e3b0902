"""Word documents as blocks; a place in them is the number of its paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from copydesk.brand_voice.guides.passages import CLOSE, OPEN, Block, rows

_HEADING = re.compile(r"(?:heading|überschrift|titre) ?(\d)", re.IGNORECASE)
_LIST = re.compile(r"list", re.IGNORECASE)
_QUOTE = re.compile(r"quote", re.IGNORECASE)


def blocks(data: bytes) -> list[Block]:
    """Return the paragraphs and tables of a document, in its order.

    Raises ValueError or KeyError when the bytes are no Word document.
    """
    from docx import Document
    from docx.table import Table

    found: list[Block] = []
    number = 0
    for part in Document(BytesIO(data)).iter_inner_content():
        number += 1
        if isinstance(part, Table):
            cells = [[cell.text for cell in row.cells] for row in part.rows]
            found += rows(cells, [number + at for at in range(len(cells))], "paragraph")
            number += max(0, len(cells) - 1)
        else:
            found += _paragraph(part, number)
    return found


def _paragraph(paragraph: Any, number: int) -> Iterator[Block]:  # noqa: ANN401 - as python-docx has it
    text = " ".join(_runs(paragraph).split())
    style = paragraph.style.name if paragraph.style is not None else ""
    heading = _HEADING.match(style)
    if not text:
        return
    if heading or style == "Title":
        yield Block("heading", text, "paragraph", number, int(heading[1]) if heading else 0)
    elif _LIST.search(style) or paragraph._p.xpath("./w:pPr/w:numPr"):  # noqa: SLF001 - the only way
        yield Block("item", text, "paragraph", number, 1)
    else:
        yield Block("quote" if _QUOTE.search(style) else "paragraph", text, "paragraph", number)


def _runs(paragraph: Any) -> str:  # noqa: ANN401 - as python-docx has it
    marked = [run for run in paragraph.runs if run.italic or run.bold]
    if len(marked) == len(paragraph.runs) or not marked:
        return str(paragraph.text)
    return "".join(
        f"{OPEN}{run.text}{CLOSE}" if (run.italic or run.bold) and run.text.strip() else run.text
        for run in paragraph.runs
    )
