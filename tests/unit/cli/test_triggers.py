"""`copydesk triggers test`: what the rules would say, line by line, and nothing kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from copydesk.cli import main

RULES = """
triggers:
  - {name: cart, on: cart_abandoned, campaign: spring, audience: carts}
"""
CART = {
    "event_id": "1", "kind": "cart_abandoned", "at": "2026-03-06T10:00:00Z",
    "recipient_key": "maria", "consent": True,
}  # fmt: skip
BOUGHT = {**CART, "event_id": "2", "kind": "purchased", "at": "2026-03-06T11:00:00Z"}


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COPYDESK_DATABASE_URL", "memory://")
    file = tmp_path / "triggers.yaml"
    file.write_text(RULES, encoding="utf-8")
    return file


def tried(rules: Path, *lines: object, more: tuple[str, ...] = ()) -> Result:
    file = rules.with_name("events.jsonl")
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    command = ["triggers", "test", str(file), "--rules", str(rules), *more]
    return CliRunner().invoke(main, command)


def test_events_are_answered_with_what_they_call(rules: Path) -> None:
    """The audience and the rule; and the kinds that no rule names."""
    waved = {**CART, "event_id": "3", "kind": "waved"}
    done = tried(rules, CART, CART, waved)
    assert (done.exit_code, done.stdout) == (0, "maria spring: carts (cart)\n")
    assert done.stderr == "no rule names `waved`\n"


def test_what_calls_it_off_is_told_as_json(rules: Path) -> None:
    """In any order; and after the rule's hours nothing is called."""
    done = tried(rules, BOUGHT, CART, more=("--json",))
    told = json.loads(done.stdout)
    assert (told["audience"], told["rule"]) == (None, "cart")
    assert "followed by purchased" in told["withheld"]
    assert tried(rules, CART, more=("--after", "80")).stdout == ""


def test_a_line_that_is_no_event_is_told_with_its_number(rules: Path) -> None:
    """The rest is tried, and the exit status is 2."""
    done = tried(rules, CART, {"kind": "viewed"})
    assert done.exit_code == 2
    assert "events.jsonl:2: event_id" in done.stderr
    assert "carts" in done.stdout


def test_without_rules_it_asks_for_them(rules: Path) -> None:
    """No rule in the settings and none named is no answer for any event."""
    file = rules.with_name("events.jsonl")
    file.write_text(json.dumps(CART), encoding="utf-8")
    done = CliRunner().invoke(main, ["triggers", "test", str(file)])
    assert (done.exit_code, "--rules: name a file of rules" in done.stderr) == (2, True)
