"""`copydesk outcomes` and `copydesk webhooks` on a database of their own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from copydesk.cli import main

EVENTS: list[dict[str, Any]] = [
    {"event_id": f"e{i}", "kind": kind, "at": f"2026-03-06T11:5{i}:00Z", "campaign": "spring",
     "variant_id": "var_1", "recipient": f"reader{i}@inbox.example"}
    for i, kind in enumerate(("delivered", "open", "click"))
]  # fmt: skip


class Desk:
    """A folder with a database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        database = f"sqlite:///{folder / 'copydesk.db'}"
        self.environment = {"COPYDESK_DATABASE_URL": database, "COLUMNS": "120"}

    def run(self, *arguments: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(main, arguments, env=self.environment, input=typed)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_file_is_imported_and_counted(desk: Desk) -> None:
    """Again it imports nothing; a row that does not fit is told, and the status is 2."""
    file = desk.folder / "events.jsonl"
    file.write_text("".join(json.dumps(event) + "\n" for event in EVENTS))
    asked = ("outcomes", "import", str(file), "--tool", "own")

    first, again = desk.run(*asked, "--json"), desk.run(*asked)
    file.write_text("{")
    wrong = desk.run(*asked)

    assert json.loads(first.stdout)["new"] == 3
    assert "3 rows, 3 events, 0 new" in again.stderr
    assert (wrong.exit_code, "events.jsonl:1: this is no JSON" in wrong.stderr) == (2, True)
    assert b"inbox.example" not in (desk.folder / "copydesk.db").read_bytes()
    counted = json.loads(desk.run("outcomes", "count", "spring", "--json").stdout)
    assert [one["kind"] for one in counted] == ["click", "delivered", "open"]
    assert "no outcome names it" in desk.run("outcomes", "count", "sprung").stderr


def test_a_secret_is_shown_once_and_listed_never(desk: Desk) -> None:
    """Added, listed, revoked; a tool that makes its own key is asked for it."""
    made = desk.run("webhooks", "add", "braze")
    secret = made.stdout.strip()
    name = made.stderr.splitlines()[-1].partition(":")[0]
    listed = desk.run("webhooks", "list").stdout

    assert len(secret) >= 40
    assert (name in listed, secret in listed) == (True, False)
    assert desk.run("webhooks", "revoke", name).exit_code == 0
    assert desk.run("webhooks", "revoke", "whs_none").exit_code == 1
    refused = desk.run("webhooks", "add", "mautic")
    assert (refused.exit_code, "--key-file" in refused.stderr) == (2, True)
    pasted = desk.run("webhooks", "add", "mautic", "--key-file", "-", typed="a-key-of-mautic\n")
    assert (pasted.exit_code, pasted.stdout) == (0, "")


def test_nothing_unread_is_said_so(desk: Desk) -> None:
    """An operator who looks for trouble and finds none is told so; awaiting a question is told."""
    assert "could be read" in desk.run("outcomes", "rejected").stderr
    assert "0 deliveries read again" in desk.run("outcomes", "retry").stderr
    assert "Nothing waits" in desk.run("outcomes", "read").stderr
    assert desk.run("webhooks", "await", "sfmc").exit_code == 0
    assert "has not asked yet" in desk.run("webhooks", "list").stderr
    assert desk.run("webhooks", "await", "braze").exit_code == 1
