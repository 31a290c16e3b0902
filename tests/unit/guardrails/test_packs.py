"""Loading rule packs."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from pydantic import ValidationError

from copydesk.cli import main
from copydesk.errors import InputError, NotFound
from copydesk.guardrails import Submission
from copydesk.guardrails.kinds import PhraseRule
from copydesk.guardrails.packs import load_packs
from copydesk.guardrails.rules import RulesGuard
from tests.factories import a_brief, a_copy

PACK = """
pack: house
title: House rules
version: 2026-11-20
rules:
  - id: house.synergy
    category: brand.tone
    kind: phrase
    phrases: |
      # words that the house does not use
      synerg*
    severity: review
    message: "`{match}` is not ours."
    why: The house says so.
    must_flag: ["Such synergy."]
    must_pass: ["Such energy."]
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "house.yaml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("as_folder", [True, False])
def test_a_pack_is_added_to_the_shipped_ones(tmp_path: Path, *, as_folder: bool) -> None:
    """Rules of one's own, from a file or a folder, take part beside the shipped ones."""
    file = written(tmp_path, PACK)
    book = load_packs([tmp_path if as_folder else file])
    found = RulesGuard(book).check(Submission(a_copy(body="Pure synergy here."), a_brief()))

    assert len(load_packs()) + 1 == len(book)
    assert "`synergy` is not ours." in [finding.message for finding in found]


def test_a_rule_can_be_explained() -> None:
    """A rule is found by its id, and a wrong id is an error that says so."""
    book = load_packs()

    assert book.explain("free.not_free").category == "legal.free_claim"
    with pytest.raises(NotFound, match=r"free\.none"):
        book.explain("free.none")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('    must_flag: ["Such synergy."]\n', "", r"house\.yaml:6: .*must_flag: this field is"),
        ('must_pass: ["Such energy."]', "must_pass: []", r"house\.yaml:1[0-9]: .*must_pass"),
        ("synerg*", "(synerg*", r"house\.yaml:6: .*ends where"),
        ("kind: phrase", "kind: phrases", r"house\.yaml:6"),
        ("severity: review", "severity: bad", r"house\.yaml:12: .*severity"),
        ("house.synergy", "free.not_free", "pack `free` has this one"),
        ("pack: house", "pack: [house", "not valid YAML"),
    ],
)  # fmt: skip
def test_a_pack_with_a_mistake_does_not_load(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    """A pack without cases, or with a mistake, is refused with file, line and remedy."""
    assert old in PACK
    with pytest.raises(InputError, match=complaint):
        load_packs([written(tmp_path, PACK.replace(old, new))])


def test_a_slow_expression_does_not_load(tmp_path: Path) -> None:
    """A regular expression that a text could make slow is refused."""
    slow = PACK.replace("kind: phrase", "kind: pattern").replace(
        "    phrases: |\n      # words that the house does not use\n      synerg*",
        "    patterns: ['(a+)+b']",
    )
    with pytest.raises(InputError, match="can take for ever"):
        load_packs([written(tmp_path, slow)])


def test_a_folder_without_packs_is_an_error(tmp_path: Path) -> None:
    """An empty folder is more likely a mistake than a wish for no rules."""
    with pytest.raises(InputError, match=r"no \*\.yaml rule pack"):
        load_packs([tmp_path])


def test_law_that_nobody_checked_is_said_to_be_so() -> None:
    """A rule whose law is remembered says what is to be checked, and so does its explanation."""
    unverified = [rule for rule in load_packs() if not rule.verified]
    ran = CliRunner().invoke(main, ["rules", "explain", unverified[0].id])

    assert all(rule.verified_note for rule in unverified)
    assert "unverified" in ran.output


def test_law_that_is_not_verified_needs_a_note() -> None:
    """`verified: false` alone tells nobody what to check."""
    rule = load_packs().explain("urgency.today").model_dump(mode="json")

    with pytest.raises(ValidationError, match="verified_note"):
        PhraseRule.model_validate({**rule, "verified": False, "verified_note": None})
