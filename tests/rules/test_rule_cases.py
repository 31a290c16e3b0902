"""Every case of every shipped rule: what it must flag, what it must pass, what it suggests."""

from __future__ import annotations

from dataclasses import replace

import pytest

from copydesk.guardrails import Finding
from copydesk.guardrails.cases import findings_of, submission_of
from copydesk.guardrails.checker import Checker
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


CHECKER = Checker([RulesGuard(BOOK)])


def found_by(rule: Rule, submission: Submission) -> list[Finding]:
    return [one for one in CHECKER.check(submission).findings if one.rule == rule.id]


@pytest.mark.parametrize(("rule", "case"), cases("must_flag"))
def test_applying_a_suggestion_clears_its_finding(rule: Rule, case: RuleCase) -> None:
    """Each suggestion of a rule, put in alone, leaves the rule with one finding less."""
    submission = submission_of(rule, case)
    found = found_by(rule, submission)
    for finding in found:
        repaired = apply_suggestions(submission.copy, [finding])
        if finding.suggestion is not None:
            assert repaired is not None
            assert len(found_by(rule, replace(submission, copy=repaired))) < len(found)


@pytest.mark.parametrize("rule", [rule for rule in BOOK if rule.suggest], ids=lambda r: r.id)
def test_a_rule_that_names_a_remedy_shows_it(rule: Rule) -> None:
    """A rule with a remedy has a case in which the remedy has something to suggest."""
    found = (one for case in rule.must_flag for one in found_by(rule, submission_of(rule, case)))

    assert any(finding.suggestion is not None for finding in found)


def test_every_rule_says_whom_to_ask_about_law() -> None:
    """Every rule about law cites the law that it rests on."""
    silent = [rule.id for rule in BOOK if rule.category.startswith("legal.") and not rule.citation]

    assert silent == []
