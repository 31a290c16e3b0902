"""Where copy goes, by the shipped policy and by an operator's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from copydesk.briefs import Kind
from copydesk.errors import InputError
from copydesk.guardrails import Checked, Severity
from copydesk.review_queue import Case, Policy, Route, bars_trust
from tests.factories import a_brand, a_brief, an_audience
from tests.unit.review_queue.items import PASSED, a_finding, checked

SHIPPED = Policy.load()
REVIEWED = checked(a_finding(severity=Severity.REVIEW, category="brand.tone"))
BLOCKED = checked(a_finding())
FAILED = checked(a_finding(severity=Severity.REVIEW, category="guard.failed"))


def a_case(found: Checked = PASSED, audience: dict[str, Any] | None = None, **brief: Any) -> Case:
    return Case(a_brief(**brief), an_audience(**(audience or {})), a_brand(), found)


def written(tmp_path: Path, rules: str) -> Policy:
    file = tmp_path / "policy.yaml"
    file.write_text(f"rules:\n{rules}", encoding="utf-8")
    return Policy.load(file)


@pytest.mark.parametrize(
    ("case", "route", "rule"),
    [
        (a_case(), Route.APPROVED, "passed"),
        (a_case(BLOCKED), Route.BLOCKED, "blocked"),
        (a_case(BLOCKED, {"sensitive": True}), Route.BLOCKED, "blocked"),
        (a_case(REVIEWED), Route.REVIEW, "findings"),
        (a_case(FAILED), Route.REVIEW, "unchecked"),
        (a_case(audience={"sensitive": True}), Route.REVIEW, "sensitive-audience"),
        *(
            (a_case(sector=sector), Route.REVIEW, "sensitive-sector")
            for sector in (
                "health", "supplements", "finance.credit", "finance.deposits",
                "finance.investing", "insurance", "housing", "gambling", "alcohol", "children",
            )
        ),
    ],
)  # fmt: skip
def test_the_shipped_policy(case: Case, route: Route, rule: str) -> None:
    """Passed copy is approved; blocked is blocked; doubt, care and risk go to a person."""
    routing = SHIPPED.route(case)

    assert (routing.route, routing.rule) == (route, rule)
    assert routing.because.endswith(".")


@pytest.mark.parametrize(
    ("condition", "fits", "other"),
    [
        ("verdict: [review]", a_case(REVIEWED), a_case()),
        ("sensitive: true", a_case(audience={"sensitive": True}), a_case()),
        ("individual: true", a_case(audience={"recipient": "r-1"}), a_case()),
        ("sectors: [finance.*]", a_case(sector="finance.credit"), a_case()),
        ("kinds: [winback]", a_case(kind=Kind.WINBACK), a_case()),
        ("jurisdictions: [EU, UK]", a_case(jurisdictions=["US", "UK"]), a_case()),
        ("categories: ['brand.*']", a_case(REVIEWED), a_case(FAILED)),
    ],
)
def test_each_condition_tells_cases_apart(
    condition: str, fits: Case, other: Case, tmp_path: Path
) -> None:
    """A rule with one condition decides on a case that fits and leaves the other to the default."""
    rule = f"  - {{name: mine, route: blocked, because: It fits., when: {{{condition}}}}}"
    policy = written(tmp_path, rule)

    assert policy.route(fits).rule == "mine"
    assert policy.route(other).rule == "default"
    assert policy.route(other).route is Route.REVIEW


def test_the_first_rule_that_matches_decides(tmp_path: Path) -> None:
    """Two rules that both match: the upper one is followed."""
    rules = """
  - {name: upper, route: review, because: First., when: {verdict: [pass]}}
  - {name: lower, route: approved, because: Second., when: {verdict: [pass]}}
"""
    assert written(tmp_path, rules).route(a_case()).rule == "upper"


def test_all_conditions_of_a_rule_must_hold(tmp_path: Path) -> None:
    """A rule for one sector and one occasion does not decide on the sector alone."""
    rule = "  - {name: both, route: blocked, because: B., when: {sectors: [food], kinds: [event]}}"
    policy = written(tmp_path, rule)

    assert policy.route(a_case(sector="food")).rule == "default"
    assert policy.route(a_case(sector="food", kind="event")).rule == "both"


@pytest.mark.parametrize(
    "rules",
    [
        "  - {name: all, route: approved, because: Trust.}",
        "  - {name: shoes, route: approved, because: Trust., when: {sectors: [apparel]}}",
        "  - {name: bold, route: approved, because: Trust., when: {verdict: [pass, block]}}",
        (
            "  - {name: a, route: blocked, because: B, when: {verdict: [block], sensitive: true}}\n"
            "  - {name: all, route: approved, because: Trust.}"
        ),
    ],
)
def test_a_policy_that_could_approve_a_block_does_not_load(rules: str, tmp_path: Path) -> None:
    """Wherever a blocked verdict could reach an approving rule, loading fails."""
    with pytest.raises(InputError, match="would approve copy with a blocking finding"):
        written(tmp_path, rules)


def test_approving_all_after_blocking_blocks_is_fine(tmp_path: Path) -> None:
    """Once a rule takes every blocked verdict away, a later one may approve the rest."""
    rules = """
  - {name: blocked, route: blocked, because: Blocked., when: {verdict: [block]}}
  - {name: rest, route: approved, because: Trusted.}
"""
    policy = written(tmp_path, rules)

    assert policy.route(a_case(BLOCKED)).route is Route.BLOCKED
    assert policy.route(a_case(REVIEWED)).route is Route.APPROVED


def test_no_policy_approves_for_a_sensitive_audience(tmp_path: Path) -> None:
    """Copy for a sensitive audience waits for a person even when a rule would approve it."""
    rule = "  - {name: all, route: approved, because: Trust., when: {verdict: [pass]}}"
    routing = written(tmp_path, rule).route(a_case(audience={"sensitive": True}))

    assert (routing.route, routing.rule) == (Route.REVIEW, "sensitive")


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("verdits: [pass]", "did you mean `verdict`?"),
        ("sectors: [aparel]", "no sector fits"),
        ("jurisdictions: [DE]", "'US', 'UK' or 'EU'"),
        ("kinds: []", "name at least one"),
    ],
)
def test_an_unknown_condition_or_value_names_file_and_line(
    rule: str, said: str, tmp_path: Path
) -> None:
    """What cannot be used is told with the file, its line and what would be right."""
    text = f"  - name: mine\n    route: review\n    because: B.\n    when:\n      {rule}\n"
    with pytest.raises(InputError) as caught:
        written(tmp_path, text)

    (problem,) = caught.value.problems
    assert problem.source == str(tmp_path / "policy.yaml")
    assert problem.line == 6
    assert said in problem.remedy


def test_two_rules_cannot_share_a_name(tmp_path: Path) -> None:
    """A rule's name goes into approvals, so it has to mean one rule."""
    rule = "  - {name: one, route: review, because: B.}\n"
    with pytest.raises(InputError, match="used twice: one"):
        written(tmp_path, rule + rule)


def test_the_hash_follows_what_is_decided_and_not_its_words(tmp_path: Path) -> None:
    """Another reason in words keeps the hash, another decision changes it."""
    one = "  - {{name: one, route: {}, because: {}}}"
    first = written(tmp_path, one.format("review", "Because."))

    assert first.sha256 == written(tmp_path, one.format("review", "For another reason.")).sha256
    assert first.sha256 != written(tmp_path, one.format("blocked", "Because.")).sha256
    assert len(first.sha256) == 64


TRUSTING = "  - {name: first, route: review, trust: true, because: Read it., when: {verdict: [%s]}}"
TERMS = "\ntrust: {bar: 0.95}\n"


def test_a_policy_without_trust_keeps_its_hash() -> None:
    """Approvals made before there was trust hold: the shipped rules hash as they did."""
    assert SHIPPED.trust is None
    assert SHIPPED.sha256.startswith("2baffe839890c216")


def test_terms_of_trust_are_part_of_the_hash(tmp_path: Path) -> None:
    """Another bar is another policy: approvals that rested on the old one are void."""
    low = written(tmp_path, TRUSTING % "pass" + TERMS)
    high = written(tmp_path, TRUSTING % "pass" + TERMS.replace("0.95", "0.99"))

    assert low.sha256 != high.sha256


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        (TRUSTING % "pass", "say under `trust` on what terms"),
        ("  - {name: all, route: review, because: B.}" + TERMS, "no rule says `trust: true`"),
        ((TRUSTING % "pass").replace("review", "blocked") + TERMS, "is for `route: review`"),
        (TRUSTING % "block" + TERMS, "never applies to a sensitive audience or a blocked"),
        (TRUSTING % "pass" + "\ntrust: {bar: 0.95, audit: 0}", "audit"),
        (TRUSTING % "pass" + "\ntrust: {bar: 1.0}", "bar"),
    ],
)
def test_terms_that_make_no_sense_do_not_load(rules: str, message: str, tmp_path: Path) -> None:
    """Trust without terms, terms without a rule, trust where none can be, no audits at all."""
    with pytest.raises(InputError, match=message):
        written(tmp_path, rules)


@pytest.mark.parametrize(
    ("case", "demanding", "why"),
    [
        (a_case(REVIEWED), (), None),
        (a_case(REVIEWED), ("other.rule",), None),
        (a_case(REVIEWED), ("grounding.percent",), "names who has to decide"),
        (a_case(BLOCKED), (), "blocking finding"),
        (a_case(FAILED), (), "could not take part"),
        (a_case(REVIEWED, {"sensitive": True}), (), "marked sensitive"),
    ],
)
def test_what_no_trust_may_stand_in_for(
    case: Case, demanding: tuple[str, ...], why: str | None, tmp_path: Path
) -> None:
    """Blocks, checks that failed, roles that a rule demands and sensitive audiences stay with
    people, even where a policy's rule for everything says `trust: true`.
    """
    rule = "  - {name: all, route: review, trust: true, because: B.}"
    policy = written(tmp_path, rule + TERMS)

    assert policy.may_trust(case, demanding) is (why is None)
    assert (why or "") in (bars_trust(case, demanding) or "")
