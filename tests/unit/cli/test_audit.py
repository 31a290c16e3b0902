"""`copydesk audit`, on a database of its own."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from copydesk.access import Actor, Role
from copydesk.bootstrap import bootstrap
from copydesk.cli import main
from copydesk.generations import GenerationRequest
from copydesk.settings import Settings
from copydesk.storage.build import open_store
from tests.contract.nouns import an_event
from tests.factories import a_brand, a_brief, an_audience


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Keep three events in a database, and settings beside it."""
    file = tmp_path / "copydesk.db"
    store = open_store(f"sqlite:///{file}")
    with store.transaction() as tx:
        for i in range(3):
            tx.audit.append(an_event(f"rev_{i}", details={"note": f"n{i}"}))
    store.close()
    (tmp_path / "copydesk.yaml").write_text(f"database_url: sqlite:///{file}\n", encoding="utf-8")
    return file


def run(database: Path, *words: str) -> Result:
    settings = str(database.parent / "copydesk.yaml")
    return CliRunner().invoke(main, ["--settings", settings, "audit", *words])


def tamper(database: Path, statement: str) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute("DROP TRIGGER audit_refuses_update")
        connection.execute("DROP TRIGGER audit_refuses_delete")
        connection.execute(statement)
    connection.close()


def head_of(database: Path) -> str:
    head: str = json.loads(run(database, "verify", "--json").output)["sha256"]
    return head


def test_a_record_that_holds_prints_what_to_keep(database: Path) -> None:
    """Count and head hash are printed, and the exit code is 0."""
    result = run(database, "verify")

    assert result.exit_code == 0
    assert "The record holds." in result.output
    assert "count 3" in result.output
    assert f"head  {head_of(database)}" in result.output


def test_the_first_bad_record_is_printed_with_what_is_wrong(database: Path) -> None:
    """Exit code 1, its number, the fault in words, and what stands there."""
    tamper(database, "UPDATE audit SET document = replace(document, 'rob', 'eve') WHERE number = 2")
    result = run(database, "verify")

    assert result.exit_code == 1
    assert "does not hold at number 2" in result.output
    assert '"actor":"eve"' in result.output


def test_a_dropped_tail_is_found_by_what_was_noted(database: Path) -> None:
    """Without the noted hash the shortened record holds; with it or the count it does not."""
    noted = head_of(database)
    tamper(database, "DELETE FROM audit WHERE number = 3")

    assert run(database, "verify").exit_code == 0
    assert run(database, "verify", "--count", "3").exit_code == 1
    result = run(database, "verify", "--expect", noted)
    assert result.exit_code == 1
    assert "no event has the hash noted" in " ".join(result.output.split())


def test_a_record_that_has_grown_fits_what_was_noted(database: Path) -> None:
    """What was noted stays true of a record to which events were added."""
    noted = head_of(database)
    store = open_store(f"sqlite:///{database}")
    with store.transaction() as tx:
        tx.audit.append(an_event())
    store.close()

    assert run(database, "verify", "--count", "3", "--expect", noted).exit_code == 0


def test_a_hash_that_is_none_is_refused(database: Path) -> None:
    """Exit code 2, and the message says what a hash looks like."""
    result = run(database, "verify", "--expect", "abc")

    assert result.exit_code == 2
    assert "64 hexadecimal digits" in result.output


def test_events_are_listed_newest_first_and_by_what_they_are_about(database: Path) -> None:
    """As JSON one line each, with number and hash; narrowed by --about, --act and --before."""
    lines = run(database, "list", "--json").output.splitlines()
    assert [json.loads(line)["number"] for line in lines] == [3, 2, 1]

    assert json.loads(run(database, "list", "--about", "rev_1", "--json").output)["number"] == 2
    assert json.loads(run(database, "list", "--before", "2", "--json").output)["number"] == 1
    assert "Nothing is on record." in run(database, "list", "--act", "no.such").output


def test_one_event_is_shown_with_its_hashes(database: Path) -> None:
    """Details, its own hash and the one it follows; a number that is not there is told."""
    shown = run(database, "show", "3").output
    before = json.loads(run(database, "show", "2", "--json").output)

    assert '"note": "n2"' in shown
    assert f"after {before['sha256']}" in shown
    assert run(database, "show", "9").exit_code == 1


def written(database: Path) -> str:
    """Have a variant written, for a person to decide on, and return its id."""
    desk = bootstrap(Settings(database_url=f"sqlite:///{database}"))
    brief = a_brief(offer=None, send_at=desk.clock().isoformat())
    audience = an_audience(sensitive=True)
    request = GenerationRequest(brief=brief, brand=a_brand(), audience=audience, n=1)
    accepted = desk.asking.accept(request, Actor("maria", frozenset({Role.REQUESTER})))
    variant_id = asyncio.run(desk.asking.run(accepted.id)).variants[0].variant.id
    asyncio.run(desk.aclose())
    return variant_id


def test_evidence_is_printed_as_json_or_written_as_a_page(database: Path, tmp_path: Path) -> None:
    """JSON for programs on standard output; with --html --out a page for people in a file."""
    variant_id = written(database)
    pack = json.loads(run(database, "evidence", variant_id).stdout)
    assert pack["variant_id"] == variant_id
    assert pack["chain"]["fault"] is None

    page = tmp_path / "evidence.html"
    assert run(database, "evidence", variant_id, "--html", "--out", str(page)).exit_code == 0
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_evidence_on_a_broken_record_says_so(database: Path) -> None:
    """The pack is written all the same, and the exit code is 1."""
    variant_id = written(database)
    tamper(database, "UPDATE audit SET actor = 'eve' WHERE number = 1")
    result = run(database, "evidence", variant_id)

    assert result.exit_code == 1
    assert json.loads(result.stdout)["chain"]["broken_at"] == 1
    assert "filed under actor eve" in result.stderr


def test_evidence_of_nothing_is_told(database: Path) -> None:
    """An id that is not known is an error in words."""
    result = run(database, "evidence", "var_nothing")

    assert result.exit_code == 1
    assert "There is no reviewed, approved or blocked copy var_nothing" in result.output
