"""Files of events, row by row in constant memory, each row with its number."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from copydesk.errors import InputError, Problem, SettingsError

FIELD_MAX = 10_000_000
"""Characters of one field; Marketo's last column holds JSON."""
WHOLE_MAX = 100_000_000
"""Bytes of a JSON file that is one list: it is read whole."""
ROWS = 10_000
"""Rows of a Parquet file that are held at once."""
TOO_MANY = "more fields than the header has"


class Row(NamedTuple):
    """One row of a file, or why it is none."""

    number: int
    """Of its line, counted from 1; of its row in a Parquet file or a JSON list."""
    event: dict[str, Any]
    wrong: str = ""


def rows_of(file: Path) -> Iterator[Row]:
    """Yield the rows of a CSV, TSV, JSON, JSON Lines or Parquet file, by its ending.

    Raises:
        InputError: the ending is none of these, or the file as a whole is not what it says.
        SettingsError: it is Parquet, and pyarrow is not installed.
    """
    reader = READERS.get(file.suffix.casefold())
    if reader is None:
        known = ", ".join(READERS)
        raise InputError([Problem("", file.suffix, f"name a file that ends in {known}", str(file))])
    try:
        yield from reader(file)
    except UnicodeDecodeError as error:
        raise InputError(
            [Problem("", "", f"save it as UTF-8 ({error.reason})", str(file))]
        ) from error


def _csv(file: Path, delimiter: str = ",") -> Iterator[Row]:
    csv.field_size_limit(FIELD_MAX)
    with file.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle, delimiter=delimiter, restkey=TOO_MANY, restval=None)
        names = reader.fieldnames or []
        while True:
            try:
                row: dict[str, Any] | None = next(reader, None)
            except csv.Error as error:
                yield Row(reader.line_num, {}, f"this is no row of CSV: {error}")
                continue
            if row is None:
                return
            yield Row(reader.line_num, _held(row), _misfit(row, len(names)))


def _held(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None and value != ""}


def _misfit(row: Mapping[str, Any], columns: int) -> str:
    if TOO_MANY in row:
        return f"it has {TOO_MANY}"
    if None in row.values():
        return f"it has fewer fields than the {columns} of the header"
    return ""


def _tsv(file: Path) -> Iterator[Row]:
    return _csv(file, "\t")


def _lines(file: Path) -> Iterator[Row]:
    with file.open("rb") as handle:
        for number, line in enumerate(handle, 1):
            if line.strip():
                yield _parsed(number, line)


def _parsed(number: int, text: bytes) -> Row:
    try:
        event = json.loads(text)
    except (ValueError, RecursionError) as error:
        return Row(number, {}, f"this is no JSON: {error}")
    return _row(number, event)


def _row(number: int, event: object) -> Row:
    if isinstance(event, dict):
        return Row(number, event)
    return Row(number, {}, "write an object of fields")


def _json(file: Path) -> Iterator[Row]:
    if file.stat().st_size > WHOLE_MAX:
        remedy = f"write one object a line, as .jsonl: over {WHOLE_MAX:,} bytes are not read whole"
        raise InputError([Problem("", "", remedy, str(file))])
    try:
        found = json.loads(file.read_text(encoding="utf-8-sig"))
    except (json.JSONDecodeError, RecursionError) as error:
        raise InputError([Problem("", "", f"this is no JSON: {error}", str(file))]) from error
    if isinstance(found, dict):
        # An API's answer: the one list in it is what was asked for.
        lists = [value for value in found.values() if isinstance(value, list)]
        found = lists[0] if len(lists) == 1 else [found]
    yield from (_row(number, event) for number, event in enumerate(found, 1))


def _parquet(file: Path) -> Iterator[Row]:
    try:
        import pyarrow.parquet as pq
    except ImportError as error:
        remedy = "Parquet needs pyarrow: `pip install 'copydesk[parquet]'`."
        raise SettingsError(remedy) from error
    number = 0
    with pq.ParquetFile(file) as source:
        for batch in source.iter_batches(ROWS):
            for event in batch.to_pylist():
                number += 1
                yield Row(number, _held(event))


READERS: Mapping[str, Callable[[Path], Iterator[Row]]] = {
    ".csv": _csv,
    ".tsv": _tsv,
    ".json": _json,
    ".jsonl": _lines,
    ".ndjson": _lines,
    ".parquet": _parquet,
}
