"""Samples of approved copy: paragraphs of files, and what they show of the brand's habits."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from copydesk import documents
from copydesk.brand_voice.guides.lessons import Lesson
from copydesk.brand_voice.guides.passages import Sentence, plain
from copydesk.brand_voice.guides.reading import read_blocks
from copydesk.errors import InputError, Problem

WORDS_LEAST = 4
"""Shorter, a paragraph is a label."""


def read_samples(path: Path) -> list[Lesson]:
    """Return each paragraph of a file as a sample: of a document, a JSONL of copy, or a CSV column.

    A line of JSONL is `{"copy": {...}}`, a copy, or `{"text": ...}`. Of a CSV the column `text`,
    `body`, `copy` or `description` is read. Raises InputError for a file that is none of these.
    """
    suffix = path.suffix.casefold()
    readers = {".jsonl": _jsonl, ".csv": _csv}
    found = readers[suffix](path) if suffix in readers else _document(path)
    kept = dict.fromkeys((text, place) for text, place in found if _is_sample(text))
    return [_lesson(text, path.name, place) for text, place in kept]


def _is_sample(text: str) -> bool:
    return len(text.split()) >= WORDS_LEAST


def _lesson(text: str, file: str, place: str) -> Lesson:
    sentence = Sentence(text=text, tagged=text, file=file, place=place, kind="paragraph")
    return Lesson("samples", text, sentence, found_by="samples")


def _document(path: Path) -> Iterator[tuple[str, str]]:
    for block in read_blocks(path):
        if block.kind != "heading":
            yield plain(block), f"{block.unit} {block.at}"


def _jsonl(path: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(documents.read(path).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
        except json.JSONDecodeError as error:
            raise _refused(path, number, "write one JSON object a line") from error
        copy = data.get("copy", data) if isinstance(data, dict) else {}
        if not isinstance(copy, dict):
            raise _refused(path, number, 'write {"copy": {"subject", "preheader", "body"}}')
        for slot in ("text", "subject", "preheader", "body"):
            yield from ((text, f"line {number}") for text in _paragraphs(copy.get(slot)))


def _csv(path: Path) -> Iterator[tuple[str, str]]:
    rows = list(csv.DictReader(documents.read(path).splitlines(keepends=True)))
    names = rows[0].keys() if rows else ()
    column = next((c for c in ("text", "body", "copy", "description") if c in names), None)
    if column is None:
        raise _refused(path, 1, "name a column `text`, `body`, `copy` or `description`")
    for number, row in enumerate(rows, start=1):
        yield from ((text, f"row {number}") for text in _paragraphs(row[column]))


def _paragraphs(text: object) -> Sequence[str]:
    parts = re.split(r"\n\s*\n", text) if isinstance(text, str) else []
    return [" ".join(part.split()) for part in parts if part.strip()]


def _refused(path: Path, line: int, remedy: str) -> InputError:
    return InputError([Problem("", "", remedy, str(path), line)])
