"""`copydesk policy` and `copydesk trust` on a database of their own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from copydesk.cli import main
from copydesk.cli.examples import folder_of_examples

OUTDOOR = folder_of_examples() / "outdoor"
EARNED = folder_of_examples() / "policies" / "earned-trust.yaml"
SEGMENT = "Larkfell/promotion/lapsed-walkers"


class Shop:
    """A folder with a database, under the example of a policy that trusts."""

    def __init__(self, folder: Path) -> None:
        self.environment = {
            "COPYDESK_DATABASE_URL": f"sqlite:///{folder / 'copydesk.db'}",
            "COPYDESK_POLICY": str(EARNED),
            "COLUMNS": "120",
        }

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, arguments, env=self.environment)

    def ok(self, *arguments: str) -> str:
        ran = self.run(*arguments)
        assert ran.exit_code == 0, ran.output
        return ran.stdout


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """Open a shop with one generation of two copies that wait for a first reading."""
    shop = Shop(tmp_path)
    shop.ok(
        "generate",
        f"--brief={OUTDOOR}/briefs/spring-boots.yaml",
        f"--brand={OUTDOOR}/brand.yaml",
        f"--audience={OUTDOOR}/audiences/lapsed-walkers.yaml",
        "-n2",
        "--json",
    )
    return shop


def test_a_policy_is_shown_with_its_terms(shop: Shop) -> None:
    """The rules stand in order, those that trust may pass by are marked, and the hash is last."""
    said = shop.ok("policy", "show")

    assert said.index("blocked") < said.index("findings") < said.index("first-reading")
    assert "review, unless trusted" in " ".join(said.split())
    assert "bar 0.95, alpha 0.05, audit 0.1" in said
    assert "sha256" in said


def test_the_policy_in_force_changes_nothing_about_what_it_routed(shop: Shop) -> None:
    """Tried on its own past, a policy keeps every route."""
    said = json.loads(shop.ok("policy", "test", "--json"))

    assert (said["copies"], said["unchanged"], said["changes"]) == (2, 2, [])


def test_another_policy_shows_what_it_would_change(shop: Shop, tmp_path: Path) -> None:
    """Counts by route and segment, with examples; `--since` leaves out what is older."""
    lenient = tmp_path / "lenient.yaml"
    lenient.write_text(
        "rules:\n- {name: ok, when: {verdict: [pass]}, route: approved, because: It passed.}\n",
        encoding="utf-8",
    )

    said = shop.ok("policy", "test", str(lenient))
    later = json.loads(shop.ok("policy", "test", str(lenient), "--since=2100-01-01", "--json"))

    assert "review → approved: 2" in said
    assert f"2 {SEGMENT}" in " ".join(said.split())
    assert "first-reading → ok" in said
    assert "Nothing was changed." in said
    assert later["copies"] == 0


def test_segments_are_listed_and_explained(shop: Shop) -> None:
    """Each segment with its phase and bound; one explained with what it still needs."""
    (line,) = shop.ok("trust", "list", "--json").splitlines()
    explained = shop.ok("trust", "explain", SEGMENT)

    standing = json.loads(line)
    assert (standing["segment"], standing["phase"]) == (SEGMENT, "review")
    assert SEGMENT in shop.ok("trust", "list")
    assert "trust is earned at 20" in explained
    assert explained.count("waiting") == 2


def test_a_segment_without_copy_is_an_error_in_words(shop: Shop) -> None:
    """An unknown segment exits 1 and says how segments are written."""
    ran = shop.run("trust", "explain", "Larkfell")

    assert ran.exit_code == 1
    assert "BRAND/KIND/AUDIENCE" in ran.output


def test_a_policy_that_trusts_nobody_says_so(shop: Shop) -> None:
    """Under the shipped policy there is nothing to list, and that is said."""
    del shop.environment["COPYDESK_POLICY"]

    assert "trusts nobody" in shop.ok("trust", "list")
    assert shop.run("trust", "explain", SEGMENT).exit_code == 1


def test_the_ledger_is_written_anew(shop: Shop) -> None:
    """Rebuilding says how many entries there are, and changes none."""
    before = shop.ok("trust", "list", "--json")

    assert "2 entries" in shop.run("trust", "rebuild").output
    assert shop.ok("trust", "list", "--json") == before
