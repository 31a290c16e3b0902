"""`copydesk push`, on a database of its own and a tool on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from copydesk.cli import main
from tests.unit.cli.kept import a_database
from tests.unit.pushing.bench import settings_at
from tests.unit.pushing.twin import Twin, twin_of


@pytest.fixture
def twin() -> Iterator[Twin]:
    with twin_of("mautic") as twin:
        yield twin


@pytest.fixture
def settings(tmp_path: Path, twin: Twin) -> Path:
    """Keep a campaign with two approved copies in a database, with settings and targets beside."""
    url = a_database(tmp_path, "var_1", "var_2")
    file = tmp_path / "copydesk.yaml"
    given = settings_at(twin, tmp_path)
    written = {**given, "database_url": url, "push_targets": str(given["push_targets"])}
    file.write_text(yaml.safe_dump(written), encoding="utf-8")
    return file


def run(settings: Path, *words: str) -> Result:
    given = ["--settings", str(settings), "push", "--tool", "news", "--campaign", "spring"]
    return CliRunner().invoke(main, [*given, *words])


def test_copy_is_pushed_and_a_second_run_changes_nothing(settings: Path, twin: Twin) -> None:
    """Both copies are in the tool, told line by line; run again, nothing new is made."""
    result = run(settings)
    again = run(settings, "--json")

    assert (result.exit_code, result.stdout.count("pushed")) == (0, 2)
    assert json.loads(again.stdout)["counts"] == {"pushed": 2}
    assert (twin.made, len(twin.things)) == (2, 2)


def test_what_was_only_queued_is_carried_on_by_the_next_run(settings: Path, twin: Twin) -> None:
    """With `--wait 0` nothing is sent; what a refusal left is told, with exit status 1."""
    queued = run(settings, "--wait", "0")
    assert (queued.exit_code, twin.calls) == (0, [])
    twin.faults = ["403"]
    failed = run(settings)
    done = run(settings)

    assert (failed.exit_code, "answered 403" in failed.stdout) == (1, True)
    assert (done.exit_code, twin.made) == (0, 2)


def test_a_target_without_its_secret_is_told(settings: Path) -> None:
    """The setting that is missing is named, before anything is pushed."""
    plain = yaml.safe_load(settings.read_text(encoding="utf-8"))
    settings.write_text(yaml.safe_dump({**plain, "push_secrets": {}}), encoding="utf-8")
    result = run(settings)

    assert (result.exit_code, "push_secrets.news" in result.output) == (2, True)
