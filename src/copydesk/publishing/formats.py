"""Exports as files: CSV for people and spreadsheets, JSON for programs, Parquet for warehouses.

The same export is the same bytes, whenever it is written.
"""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from copydesk.errors import SettingsError
from copydesk.publishing.exporting import Export, ExportRow
from copydesk.publishing.spreadsheets import guarded

COLUMNS = (
    "campaign", "audience", "recipient_key", "variant_id", "source", "locale",
    "subject", "preheader", "body",
    "approval_hash", "approved_by", "approved_at", "not_before", "not_after",
    "origin", "edited", "generated", "source_type", "mail_headers", "annotations",
)  # fmt: skip
TIMES = frozenset({"approved_at", "not_before", "not_after"})
TRUTHS = frozenset({"edited", "generated"})


class Format(StrEnum):
    """How an export is written."""

    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


class File(NamedTuple):
    """An export as it is sent or kept."""

    content: bytes
    media_type: str
    name: str


MEDIA = {
    Format.CSV: "text/csv; charset=utf-8; header=present",
    Format.JSON: "application/json",
    Format.PARQUET: "application/vnd.apache.parquet",
}


def as_file(export: Export, wanted: Format) -> File:
    """Return the export as a file.

    Raises:
        SettingsError: Parquet was asked for, and pyarrow is not installed.
    """
    write = {Format.CSV: _csv, Format.JSON: _json, Format.PARQUET: _parquet}[wanted]
    name = f"{export.campaign}-{export.dialect}.{wanted.value}"
    return File(write(export), MEDIA[wanted], name)


def flat(row: ExportRow) -> dict[str, Any]:
    """Return the row as its columns; what is not plain is JSON text in one of them."""
    mark = row.mark.model_dump(mode="json")
    annotations = [one.model_dump(by_alias=True, exclude_none=True) for one in row.annotations]
    found = {**row.model_dump(exclude={"mark", "mail_headers", "annotations"}), **mark}
    found["source"] = row.source.value
    found["mail_headers"] = _compact(row.mail_headers)
    found["annotations"] = _compact(annotations) if annotations else None
    return {name: found[name] for name in COLUMNS}


def _json(export: Export) -> bytes:
    plain = export.model_dump(mode="json", by_alias=True)
    for row, told in zip(export.rows, plain["rows"], strict=True):
        told["annotations"] = [
            one.model_dump(by_alias=True, exclude_none=True) for one in row.annotations
        ]
    return (json.dumps(plain, ensure_ascii=False, indent=2) + "\n").encode()


def _csv(export: Export) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)  # RFC 4180: CRLF, quotes doubled
    writer.writerow(COLUMNS)
    for row in export.rows:
        writer.writerow([guarded(_cell(value)) for value in flat(row).values()])
    return text.getvalue().encode()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _parquet(export: Export) -> bytes:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        remedy = "Parquet needs pyarrow: `pip install 'copydesk[parquet]'`, or export CSV or JSON."
        raise SettingsError(remedy) from error
    kinds = {name: pa.timestamp("us", tz="UTC") for name in TIMES} | dict.fromkeys(
        TRUTHS, pa.bool_()
    )
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in COLUMNS])
    buffer = io.BytesIO()
    table = pa.Table.from_pylist([flat(row) for row in export.rows], schema=schema)
    pq.write_table(table, buffer)
    return buffer.getvalue()


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
