"""`copydesk export`, on a database of its own."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from copydesk.cli import main
from tests.factories import a_copy
from tests.unit.cli.kept import a_database


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """Keep a campaign with one approved copy in a database, and settings beside it."""
    url = a_database(tmp_path, "var_1")
    file = tmp_path / "copydesk.yaml"
    file.write_text(f"database_url: {url}\n", encoding="utf-8")
    return file


def run(settings: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--settings", str(settings), "export", *words])


def test_approved_copy_is_written_as_csv(settings: Path) -> None:
    """One line a variant on standard output, told of on standard error."""
    result = run(settings, "--campaign", "spring")

    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert (result.exit_code, len(rows), result.stderr) == (0, 1, "1 row\n")
    assert rows[0]["subject"] == str(a_copy().subject)


def test_a_file_is_written_where_it_is_asked_for(settings: Path, tmp_path: Path) -> None:
    """`--out` names the file; a campaign that is not there is told, and nothing is written."""
    out = tmp_path / "spring.json"
    result = run(settings, "--campaign", "spring", "--format", "json", "--out", str(out))
    missing = run(settings, "--campaign", "nowhere", "--out", str(tmp_path / "no.csv"))

    assert (result.exit_code, result.stdout) == (0, "")
    assert json.loads(out.read_text(encoding="utf-8"))["rows"][0]["variant_id"] == "var_1"
    assert (missing.exit_code, "nowhere" in missing.output) == (1, True)
    assert not (tmp_path / "no.csv").exists()
