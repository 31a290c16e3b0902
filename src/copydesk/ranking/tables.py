"""Files of rows by column, in CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from copydesk.errors import InputError, Problem

HEADER = 1
"""Line of the header."""


def rows_of(path: Path, needed: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the header as a row of its own names, then each line by column.

    Raises:
        InputError: a needed column is missing, a line has other cells than the header, or it is no
            CSV in UTF-8, with file and line.
    """
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.reader(lines, strict=True)
        try:
            header = [name.strip() for name in next(reader, [])]
            _must_have(header, needed, path.name)
            yield HEADER, dict(zip(header, header, strict=True))
            for line, cells in enumerate(reader, start=HEADER + 1):
                if len(cells) != len(header):
                    remedy = f"has {len(cells)} cells where the header has {len(header)}"
                    raise InputError([Problem("", "", remedy, path.name, line)])
                yield line, dict(zip(header, map(str.strip, cells), strict=True))
        except (UnicodeDecodeError, csv.Error) as wrong:
            remedy = f"no CSV in UTF-8 from here on: {wrong}"
            line = reader.line_num + 1
            raise InputError([Problem("", "", remedy, path.name, line)]) from wrong


def _must_have(header: Sequence[str], needed: Sequence[str], source: str) -> None:
    missing = [name for name in needed if name not in header]
    there_are = f"no such column; there are {', '.join(header) or 'none'}"
    if missing:
        raise InputError([Problem(name, "", there_are, source, HEADER) for name in missing])
