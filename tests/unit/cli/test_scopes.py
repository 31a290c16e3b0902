"""Roles of single brands and scoped keys on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from copydesk.cli import main


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    file = tmp_path / "copydesk.yaml"
    file.write_text(f"database_url: sqlite:///{tmp_path}/copydesk.db\n")
    return file


def run(settings_file: Path, *arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, ["--settings", str(settings_file), *arguments], input=typed)


def listed(settings_file: Path, *command: str) -> list[dict[str, Any]]:
    lines = run(settings_file, *command, "--json").stdout.splitlines()
    return [json.loads(line) for line in lines]


def test_roles_are_given_for_a_brand_and_set_anew(settings_file: Path) -> None:
    """A brand's roles stand after its name and the last =; setting replaces all of them."""
    two = ("--brand", "Fjord = Sons=reviewer, approver", "--brand", "Northpeak=requester")
    added = run(settings_file, "users", "add", "li", *two, "--no-password")

    assert "approver for Fjord = Sons, reviewer for Fjord = Sons" in added.stderr
    (li,) = listed(settings_file, "users", "list")
    assert li["brand_roles"]["Northpeak"] == ["requester"]
    run(settings_file, "users", "roles", "li", "--role", "puller")
    (li,) = listed(settings_file, "users", "list")
    assert (li["roles"], li["brand_roles"]) == (["puller"], {})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((), "Give a role"),
        (("--brand", "Northpeak"), "NAME=ROLE"),
        (("--brand", "Northpeak=owner"), "NAME=ROLE"),
        (("--brand", "=reviewer"), "NAME=ROLE"),
        (("--brand", "Northpeak=admin"), "admin for every brand"),
    ],
)
def test_roles_that_are_none_are_refused(
    settings_file: Path, given: tuple[str, ...], said: str
) -> None:
    """What would be right is said; nobody is added."""
    refused = run(settings_file, "users", "add", "li", *given, "--no-password")

    assert refused.exit_code != 0
    assert said in refused.stderr
    assert listed(settings_file, "users", "list") == []


def test_a_key_is_for_brands_and_ends(settings_file: Path) -> None:
    """Its scope is listed with everybody's keys; a brand that the user has not is refused."""
    run(settings_file, "users", "add", "tool", "--brand", "Northpeak=puller", "--no-password")
    key = ("keys", "add", "tool", "--role", "puller", "--brand")

    made = run(settings_file, *key, "Northpeak", "--expires", "90")
    refused = run(settings_file, *key, "Fjord")

    assert made.stdout.startswith("cdk_")
    assert "does not have the role puller for Fjord" in refused.stderr
    (stored,) = listed(settings_file, "keys", "list")
    assert (stored["brands"], stored["last_used_at"]) == (["Northpeak"], None)
    assert stored["expires_at"] > stored["created_at"]
    table = run(settings_file, "keys", "list", "tool").stdout
    assert "Northpeak" in table
    assert stored["id"] in table, "an id that is cut short revokes nothing"


def test_people_are_shut_out_let_in_and_given_a_password(settings_file: Path) -> None:
    """Each does what it says, and the list shows it."""
    run(settings_file, "users", "add", "li", "--role", "reviewer", "--no-password")
    typed = "a long enough passphrase\n"
    run(settings_file, "users", "password", "li", "--password-stdin", typed=typed)

    run(settings_file, "users", "disable", "li")
    assert "disabled" in run(settings_file, "users", "list").stdout
    run(settings_file, "users", "enable", "li")
    (li,) = listed(settings_file, "users", "list")
    assert (li["disabled"], li["has_password"]) == (False, True)
