"""Files of events: read row by row, imported once, and what does not fit is named."""

from __future__ import annotations

import csv
import json
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from copydesk import documents
from copydesk.access import Actor, Role
from copydesk.bootstrap import sorting_of
from copydesk.desk.importing import Imported, Importing
from copydesk.errors import Forbidden, InputError
from copydesk.feedback import Outcome
from copydesk.feedback.reading import Defaults
from copydesk.feedback.tools import Tool, tool_named
from copydesk.publishing import recipient_key
from copydesk.settings import Settings
from copydesk.storage.memory import MemoryStore
from tests.factories import NOW

EVENTS: list[dict[str, Any]] = [
    {"event_id": f"e{i}", "kind": kind, "at": f"2026-03-06T11:5{i}:00Z", "campaign": "spring",
     "variant_id": "var_1", "recipient": f"reader{i}@inbox.example"}
    for i, kind in enumerate(("delivered", "open", "click"))
]  # fmt: skip


ADMIN = Actor("root", frozenset({Role.ADMIN}))


class Office:
    """What imports, on a store with nothing in it."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.refused: list[str] = []
        settings = Settings.model_validate({"database_url": "memory://"})
        sorting = sorting_of(settings, self.store, lambda: NOW)
        key = partial(recipient_key, b"s" * 32)
        self.importing = Importing(self.store, sorting, key, lambda: NOW)

    def run(self, file: Path, tool: Tool | None = None, said: Defaults | None = None) -> Imported:
        shape = tool or tool_named("own")
        return self.importing.run(file, shape, said or Defaults(), ADMIN, self.refused.append)

    def kept(self) -> list[Outcome]:
        with self.store.transaction() as tx:
            return list(tx.outcomes.about("spring"))


@pytest.fixture
def office() -> Office:
    return Office()


def as_csv(file: Path) -> None:
    with file.open("w", newline="") as handle:
        writer = csv.DictWriter(handle, list(EVENTS[0]))
        writer.writeheader()
        writer.writerows(EVENTS)


def as_tsv(file: Path) -> None:
    rows = [list(EVENTS[0]), *(list(event.values()) for event in EVENTS)]
    file.write_text("".join("\t".join(row) + "\n" for row in rows))


def as_lines(file: Path) -> None:
    file.write_text("".join(json.dumps(event) + "\n" for event in EVENTS))


def as_json(file: Path) -> None:
    file.write_text(json.dumps({"events": EVENTS, "hasMore": False}))


def as_parquet(file: Path) -> None:
    pq.write_table(pa.Table.from_pylist(EVENTS), file)


def _bomb(file: Path) -> None:
    """Write a file of 0.5 MB whose rows unpack to 50 GB."""
    text = pa.array(["x" * 10_000_000])
    row = pa.DictionaryArray.from_arrays(pa.array([0] * 5_000, pa.int32()), text)
    pq.write_table(pa.table({"event_id": row, "note": row, "url": row}), file)


def test_a_header_that_has_no_end_is_refused(office: Office, tmp_path: Path) -> None:
    """An open quote in the first line is told, and nothing is read."""
    file = tmp_path / "events.csv"
    file.write_text('kind,"at' + "x" * 10_000_001)

    with pytest.raises(InputError, match="the header: field larger"):
        office.run(file)


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_a_row_that_has_no_end_is_refused(
    ending: str, office: Office, tmp_path: Path, writes: dict[str, Any]
) -> None:
    """However much one row would unpack to, no more than a row's due is ever held."""
    file = tmp_path / f"events{ending}"
    writes[ending](file)

    with pytest.raises(InputError, match="a row is longer than 20,000,000"):
        office.run(file)


@pytest.fixture
def writes() -> dict[str, Any]:
    return {
        ".csv": lambda file: file.write_text("kind,at\n" + ("x" * 3_000_000 + ",") * 8),
        ".jsonl": lambda file: file.write_text('{"kind": "' + "x" * 21_000_000),
        ".parquet": _bomb,
    }


@pytest.mark.parametrize(
    ("ending", "written"),
    [("csv", as_csv), ("tsv", as_tsv), ("jsonl", as_lines), ("json", as_json),
     ("parquet", as_parquet)],
)  # fmt: skip
def test_a_file_is_imported_once(ending: str, written: Any, office: Office, tmp_path: Path) -> None:
    """Whatever its kind: again it imports nothing, and no address is kept."""
    file = tmp_path / f"events.{ending}"
    written(file)

    first, again = office.run(file), office.run(file)

    assert (first.events, first.new, again.events, again.new) == (3, 3, 3, 0)
    assert [one.kind for one in office.kept()] == ["delivered", "open", "click"]
    assert all(len(one.recipient_key or "") == 64 for one in office.kept())
    assert "inbox.example" not in repr(office.kept())


def test_rows_that_do_not_fit_are_named_and_the_others_imported(
    office: Office, tmp_path: Path
) -> None:
    """Each with its line and why; a blank line is no row."""
    file = tmp_path / "events.jsonl"
    wrong = ["{", "[]", json.dumps({**EVENTS[0], "at": "soon", "event_id": "x"}), ""]
    file.write_text("\n".join([json.dumps(EVENTS[0]), *wrong, json.dumps(EVENTS[1])]))

    done = office.run(file)

    assert [why.partition(":")[2][:2] for why in office.refused] == ["2:", "3:", "4:"]
    assert "at: write a time" in office.refused[2]
    assert (done.rows, done.new, done.bad) == (5, 2, 3)


def test_rows_of_the_wrong_width_are_named(office: Office, tmp_path: Path) -> None:
    """A CSV that was cut off is noticed at the line where it was; so is a comma too many."""
    file = tmp_path / "events.csv"
    as_csv(file)
    rows = file.read_text().splitlines()
    file.write_text("\n".join([rows[0], f"{rows[1]},more", rows[2], rows[3][:20]]))

    assert office.run(file).new == 1
    assert [why.partition(": ")[2] for why in office.refused] == [
        "it has more fields than the header has",
        "it has fewer fields than the 6 of the header",
    ]


def test_a_file_of_another_shape_is_described_in_a_file(office: Office, tmp_path: Path) -> None:
    """Columns of one's own, and what no row says, said once for all."""
    shape = documents.parse(
        "{tool: shop, title: Shop, event_id: [no], at: [when], url: [link]}", Tool
    )
    file = tmp_path / "clicks.csv"
    file.write_text("no,when,link\n1,2026-03-06T11:59:00Z,https://a.example\n")

    office.run(file, shape, Defaults("click", "spring", "var_3"))

    (outcome,) = office.kept()
    assert (outcome.source, outcome.kind, outcome.variant_id) == ("shop", "click", "var_3")


def test_what_is_imported_is_on_the_record(office: Office, tmp_path: Path) -> None:
    """Who imported which file, of which tool, and how much of it was new."""
    as_lines(tmp_path / "events.jsonl")
    office.run(tmp_path / "events.jsonl")

    with office.store.transaction() as tx:
        (event,) = tx.audit.about("events.jsonl")
    assert (event.act, event.actor, event.details["new"]) == ("outcomes.imported", "root", 3)


def test_only_who_administers_imports(office: Office, tmp_path: Path) -> None:
    """What recipients did moves trust: a puller reports, and imports nothing."""
    puller = Actor("braze", frozenset({Role.PULLER}))
    with pytest.raises(Forbidden):
        office.importing.run(tmp_path / "a.csv", tool_named("own"), Defaults(), puller, print)


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("a.xlsx", b"", "name a file that ends in .csv"),
        ("a.json", b"{", "this is no JSON"),
        ("a.csv", b"at\n\xff\n", "save it as UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(
    name: str, text: bytes, complaint: str, office: Office, tmp_path: Path
) -> None:
    """What it is, and what would be right."""
    (tmp_path / name).write_bytes(text)

    with pytest.raises(InputError, match=complaint):
        office.run(tmp_path / name)
