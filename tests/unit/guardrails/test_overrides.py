"""What a house decides otherwise than the packs, and the cases of a pack of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from copydesk.cli import main
from copydesk.errors import InputError, NotFound
from copydesk.guardrails import Submission
from copydesk.guardrails.cases import failed_cases
from copydesk.guardrails.checker import Checker
from copydesk.guardrails.findings import Severity
from copydesk.guardrails.packs import load_packs
from copydesk.guardrails.rules import RulesGuard
from tests.factories import a_copy

PACK = """
pack: house
title: House rules
version: 2026-11-20
rules:
  - id: house.guru
    category: brand.voice
    kind: phrase
    severity: warn
    phrases: [guru]
    message: "`{match}` is not our word."
    why: We have colleagues, no gurus.
    must_flag:
      - Ask our guru.
      - Ask our expert.
    must_pass:
      - Ask our team.
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "overrides.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def some_rule() -> str:
    return next(rule.id for rule in load_packs() if rule.severity is Severity.REVIEW)


def test_a_severity_can_be_raised_without_a_reason(tmp_path: Path) -> None:
    """A house may be stricter than the packs and need not say why."""
    rule = some_rule()
    file = written(tmp_path, f"overrides: [{{rule: {rule}, severity: block}}]")

    assert load_packs(overrides=file).explain(rule).severity is Severity.BLOCK


def test_a_rule_that_is_off_is_explained_and_named(tmp_path: Path) -> None:
    """A rule that is off takes no part, can be explained still, and is named in the state."""
    rule = some_rule()
    line = f"overrides: [{{rule: {rule}, severity: off, reason: counsel agreed}}]"
    book = load_packs(overrides=written(tmp_path, line))

    assert rule not in [other.id for other in book]
    assert book.explain(rule).id == rule
    assert f"house: {rule} set to off" in book.state
    assert book.state in Checker([RulesGuard(book)]).check(Submission(a_copy())).engines.values()


def test_lowering_needs_a_reason(tmp_path: Path) -> None:
    """Making a rule milder without a reason is refused, and the message asks for it."""
    file = written(tmp_path, f"overrides: [{{rule: {some_rule()}, severity: info}}]")

    with pytest.raises(InputError, match="reason"):
        load_packs(overrides=file)


def test_an_override_must_fit_a_rule(tmp_path: Path) -> None:
    """An override of a rule that does not exist is refused: it would be thought in force."""
    file = written(tmp_path, "overrides: [{rule: no.such.*, severity: block}]")

    with pytest.raises(InputError, match="no rule has such an id"):
        load_packs(overrides=file)


def test_a_pattern_covers_many_rules(tmp_path: Path) -> None:
    """A pattern over ids holds for every rule that it fits."""
    file = written(tmp_path, 'overrides: [{rule: "format.*", severity: off, reason: tool checks}]')

    assert not [rule.id for rule in load_packs(overrides=file) if rule.id.startswith("format.")]


def test_a_failing_case_is_told_with_its_line(tmp_path: Path) -> None:
    """The case of a pack that does not hold is named with file, line and rule."""
    file = tmp_path / "house.yaml"
    file.write_text(PACK.lstrip(), encoding="utf-8")
    (failure,) = failed_cases(file)

    assert str(failure) == f"{file}:14: house.guru: must_flag 2: nothing was found"


def test_the_command_tests_a_pack(tmp_path: Path) -> None:
    """`copydesk rules test` exits 1 while a case fails and 0 when every case holds."""
    file = tmp_path / "house.yaml"
    file.write_text(PACK.lstrip(), encoding="utf-8")
    failing = CliRunner().invoke(main, ["rules", "test", str(file)])
    file.write_text(PACK.lstrip().replace("      - Ask our expert.\n", ""), encoding="utf-8")
    holding = CliRunner().invoke(main, ["rules", "test", str(file)])

    assert (failing.exit_code, holding.exit_code) == (1, 0)


def test_explaining_shows_what_the_house_decided(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`copydesk rules explain` shows the override with its reason."""
    rule = some_rule()
    line = f"overrides: [{{rule: {rule}, severity: off, reason: counsel agreed}}]"
    monkeypatch.setenv("COPYDESK_RULE_OVERRIDES", str(written(tmp_path, line)))
    shown = CliRunner().invoke(main, ["rules", "explain", rule])

    assert "counsel agreed" in shown.output


def test_an_unknown_rule_is_not_explained() -> None:
    """Overrides add no rules."""
    with pytest.raises(NotFound):
        load_packs().explain("no.such.rule")
