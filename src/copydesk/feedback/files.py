"""Files of events, row by row in constant memory, each row with its number."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

from copydesk.errors import InputError, Problem, SettingsError

if TYPE_CHECKING:
    from pyarrow import RecordBatch
    from pyarrow.parquet import FileMetaData

FIELD_MAX = 10_000_000
"""Characters of one field; Marketo's last column holds JSON."""
ROW_MAX = 20_000_000
"""Characters of one row, which is held whole; of a line of JSON so many bytes."""
GROUP_MAX = 1_000_000_000
"""Bytes that a group of rows of a Parquet file may unpack to."""
WHOLE_MAX = 100_000_000
"""Bytes of a JSON file that is one list: it is read whole."""
ROWS = 10_000
"""Rows of a Parquet file that are read at once."""
HELD_MAX = 200_000_000
"""Characters of them that are held at once."""
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
        lines = _Lines(handle, file)
        reader = csv.DictReader(lines, delimiter=delimiter, restkey=TOO_MANY, restval=None)
        try:
            names = reader.fieldnames or []
        except csv.Error as error:
            raise InputError([Problem("", "", f"the header: {error}", str(file))]) from error
        while True:
            lines.begin_row()
            try:
                row: dict[str, Any] | None = next(reader, None)
            except csv.Error as error:
                yield Row(reader.line_num, {}, f"this is no row of CSV: {error}")
                continue
            if row is None:
                return
            yield Row(reader.line_num, _held(row), _misfit(row, len(names)))


class _Lines:
    """Lines of a file, until those of one row are longer than any row is."""

    def __init__(self, handle: TextIO, file: Path) -> None:
        self._handle = handle
        self._file = file
        self._left = ROW_MAX

    def begin_row(self) -> None:
        """Count anew: the row before is done."""
        self._left = ROW_MAX

    def __iter__(self) -> Iterator[str]:
        """Yield them. Raises InputError: a row has no end."""
        while line := self._handle.readline(self._left + 1):
            self._left -= len(line)
            if self._left < 0:
                raise _endless(self._file, "characters")
            yield line


def _endless(file: Path, units: str) -> InputError:
    remedy = f"a row is longer than {ROW_MAX:,} {units}: end each one, and close its quotes"
    return InputError([Problem("", "", remedy, str(file))])


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
        for number, line in enumerate(iter(lambda: handle.readline(ROW_MAX + 1), b""), 1):
            if len(line) > ROW_MAX:
                raise _endless(file, "bytes")
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
    texts = _texts_in(pq.read_metadata(file), file)
    # A text that stands in many rows is kept once, so that a small file stays small.
    with pq.ParquetFile(file, read_dictionary=texts) as source:
        for batch in source.iter_batches(ROWS):
            at_once = max(1, HELD_MAX // _longest_row(batch, file))
            for start in range(0, batch.num_rows, at_once):
                for event in batch.slice(start, at_once).to_pylist():
                    number += 1
                    yield Row(number, _held(event))


def _texts_in(about: FileMetaData, file: Path) -> list[str]:
    """Return the columns of text. Raises InputError for rows that unpack to more than is held."""
    for number in range(about.num_row_groups):
        if about.row_group(number).total_byte_size > GROUP_MAX:
            remedy = f"write groups of rows of at most {GROUP_MAX:,} bytes"
            raise InputError([Problem("", f"group {number}", remedy, str(file))])
    columns = [about.schema.column(number) for number in range(about.num_columns)]
    return [one.path for one in columns if one.physical_type == "BYTE_ARRAY"]


def _longest_row(batch: RecordBatch, file: Path) -> int:
    """Return how long a row may be at most, at least 1. Raises InputError beyond ROW_MAX."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = [one.dictionary for one in batch.columns if isinstance(one, pa.DictionaryArray)]
    lengths = (pc.max(pc.binary_length(text)).as_py() for text in texts)
    longest = 1 + sum(length or 0 for length in lengths)
    if longest > ROW_MAX:
        raise _endless(file, "bytes")
    return longest


READERS: Mapping[str, Callable[[Path], Iterator[Row]]] = {
    ".csv": _csv,
    ".tsv": _tsv,
    ".json": _json,
    ".jsonl": _lines,
    ".ndjson": _lines,
    ".parquet": _parquet,
}
