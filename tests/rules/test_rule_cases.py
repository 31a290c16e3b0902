"""Every case of every shipped rule: what it must flag, what it must pass, what it suggests."""

from __future__ import annotations

import pytest

from copydesk.guardrails.cases import findings_of, submission_of
from copydesk.guardrails.guard import Submission
from copydesk.guardrails.kinds import Rule
from copydesk.guardrails.packs import load_packs
from copydesk.guardrails.repair import apply_suggestions
from copydesk.guardrails.rule import RuleCase
from copydesk.guardrails.rules import RulesGuard

BOOK = load_packs()


def cases(sort: str) -> list[object]:
    return [
        pytest.param(rule, case, id=f"{rule.id}-{sort}-{number}")
        for rule in BOOK
        for number, case in enumerate(getattr(rule, sort), start=1)
    ]


@pytest.mark.parametrize(("rule", "case"), cases("must_flag"))
def test_the_rule_flags_its_case(rule: Rule, case: RuleCase) -> None:
    """A rule finds every piece of copy that its author says it must find."""
    found = findings_of(BOOK, rule, case)

    assert found
    if case.match is not None:
        assert case.match in [finding.match for finding in found]


@pytest.mark.parametrize(("rule", "case"), cases("must_pass"))
def test_the_rule_passes_its_case(rule: Rule, case: RuleCase) -> None:
    """A rule leaves alone every piece of copy that its author says is lawful."""
    assert [(finding.match, finding.message) for finding in findings_of(BOOK, rule, case)] == []


@pytest.mark.parametrize(("rule", "case"), cases("must_flag"))
def test_applying_suggestions_clears_the_finding(rule: Rule, case: RuleCase) -> None:
    """Where a rule suggests what would be right, putting it in leaves nothing for the rule."""
    submission = submission_of(rule, case)
    found = findings_of(BOOK, rule, case)
    repaired = apply_suggestions(submission.copy, found)
    if repaired is None:
        assert all(finding.suggestion is None for finding in found)
        return

    again = Submission(repaired, submission.brief, submission.brand, submission.audience)
    assert [f for f in RulesGuard(BOOK).check(again) if f.rule == rule.id and f.suggestion] == []


def test_every_rule_says_whom_to_ask_about_law() -> None:
    """Every rule about law cites the law that it rests on."""
    silent = [rule.id for rule in BOOK if rule.category.startswith("legal.") and not rule.citation]

    assert silent == []
