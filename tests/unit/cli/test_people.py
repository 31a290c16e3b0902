"""What people read: queues, items, rules, verdicts, pulled copy."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from copydesk.access import Actor, Role
from copydesk.bootstrap import bootstrap
from copydesk.cli import main
from copydesk.cli.desk import accounts
from copydesk.cli.show.checks import print_checks
from copydesk.cli.show.rankings import print_ranking
from copydesk.generations import Generation, GenerationRequest
from copydesk.guardrails import Checked, Finding, Severity, Verdict
from copydesk.guardrails.checking import CheckAnswer
from copydesk.ranking import RankRequest, TransparentRanker
from copydesk.settings import Settings
from copydesk.variants import Slot
from tests.factories import a_brand, a_brief, an_audience

MARIA = Actor("maria", frozenset({Role.REQUESTER}))
JONAS = Actor("jonas", frozenset({Role.APPROVER}))
ADMIN = Actor("operator:local", frozenset({Role.ADMIN}))


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    file = tmp_path / "copydesk.yaml"
    file.write_text(f"database_url: sqlite:///{tmp_path}/copydesk.db\n")
    return file


def run(settings_file: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--settings", str(settings_file), *arguments])


def generated(settings_file: Path, *, approved: bool = False) -> Generation:
    """Ask for copy for a sensitive audience; when told so, let another approve the first."""
    url = f"sqlite:///{settings_file.parent}/copydesk.db"
    desk = bootstrap(Settings(database_url=url))
    now = desk.clock()
    brief = a_brief(offer=None, send_at=now.isoformat())
    request = GenerationRequest(
        brief=brief, brand=a_brand(), audience=an_audience(sensitive=True), n=2, campaign="spring"
    )
    accepted = desk.asking.accept(request, MARIA)
    generation = asyncio.run(desk.asking.run(accepted.id))
    if approved:
        desk.reviewing.approve(str(generation.variants[0].review_id), JONAS, 1)
    asyncio.run(desk.aclose())
    return generation


def test_empty_queue_says_so(settings_file: Path) -> None:
    """Without items the list says that nothing waits."""
    assert run(settings_file, "reviews", "list").stdout == "Nothing waits.\n"


def test_queue_and_item_are_shown(settings_file: Path) -> None:
    """The list shows open items with reason and points, an item its copy, priority, requester."""
    item = generated(settings_file).variants[0]

    queue = run(settings_file, "reviews", "list").stdout
    shown = run(settings_file, "reviews", "show", str(item.review_id)).stdout

    assert "spring" in queue
    assert "points" in queue
    assert "priority" in shown
    assert "asked for by maria" in shown
    assert item.variant.copy_.subject.render() in shown


def test_decided_items_are_listed_by_state(settings_file: Path) -> None:
    """An approved item leaves the list of open ones and is found by its state, with its act."""
    first, *others = generated(settings_file, approved=True).variants

    still_open = run(settings_file, "reviews", "list", "--json").stdout.splitlines()
    approved = run(settings_file, "reviews", "list", "--state=approved", "--json").stdout

    assert len(still_open) == len(others)
    assert json.loads(approved)["id"] == first.review_id
    assert "jonas  approve" in run(settings_file, "reviews", "show", str(first.review_id)).stdout


def test_pulled_copy_is_shown_with_its_approval(settings_file: Path) -> None:
    """Pulled copy is shown slot by slot, with who approved it and the hash."""
    first, *_ = generated(settings_file, approved=True).variants

    people = run(settings_file, "pull", "spring", "--slot=subject").stdout
    program = json.loads(run(settings_file, "pull", "spring", "--json").stdout)

    assert "approved by jonas" in people
    assert "body" not in people
    assert program["variant_id"] == first.variant.id


def test_same_recipient_pulls_the_same_variant(settings_file: Path) -> None:
    """Pulling twice for one recipient gives the same variant."""
    generated(settings_file, approved=True)

    one, other = (
        run(settings_file, "pull", "spring", "--recipient=4711", "--json").stdout for _ in range(2)
    )

    assert one == other


def test_rules_are_listed_and_explained(settings_file: Path) -> None:
    """Rules are listed by category and place; one is explained with its law and its cases."""
    listed = run(settings_file, "rules", "list", "--category=legal", "--jurisdiction=EU", "--json")
    rules = [json.loads(line) for line in listed.stdout.splitlines()]
    cited = next(rule for rule in rules if rule["citation"])

    said = run(settings_file, "rules", "explain", cited["id"]).stdout

    assert {rule["category"].partition(".")[0] for rule in rules} == {"legal"}
    assert all(not rule["jurisdictions"] or "EU" in rule["jurisdictions"] for rule in rules)
    assert "must flag" in said
    assert cited["category"] in said
    assert (
        f"{len(rules)} rules"
        in run(settings_file, "rules", "list", "--category=legal", "--jurisdiction=EU").stdout
    )


def test_unknown_rule_is_refused(settings_file: Path) -> None:
    """A rule that does not exist is an error that says where rules are listed."""
    ran = run(settings_file, "rules", "explain", "no.such_rule")

    assert ran.exit_code == 1
    assert "copydesk rules" in ran.stderr


def test_checks_are_shown_as_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    """People see a row for each piece of copy with its findings, and a summary of verdicts."""
    finding = Finding(
        rule="price.percent",
        category="legal.price_comparison",
        severity=Severity.BLOCK,
        slot=Slot.SUBJECT,
        start=0,
        end=3,
        match="50%",
        message="Not in the brief.",
        why="It must be true.",
        citation="16 CFR 233.1",
    )
    bad = Checked(verdict=Verdict.BLOCK, findings=(finding,))

    print_checks(
        [CheckAnswer.of("bad", bad), CheckAnswer.of("[good]", Checked(verdict=Verdict.PASS))]
    )

    said = capsys.readouterr().out
    assert "“50%”" in said
    assert "price.percent" in said
    assert "[good]" in said
    assert "2 checked   ✓ pass 1   ● review 0   ✗ block 1" in said


def test_ranking_is_shown_with_its_reservation(capsys: pytest.CaptureFixture[str]) -> None:
    """People see candidates best first, what cost each the most, and why not to rely on it."""
    request = RankRequest.model_validate(
        {"id": "subjects", "candidates": [{"id": "a", "copy": {"subject": "Mud"}}]}
    )

    print_ranking(TransparentRanker().rank(request), request, 1)

    said = capsys.readouterr().out
    assert "subjects" in said
    assert "Mud" in said
    assert "subject length: 3 characters, best from 20 to 50" in said
    assert "Do not rely on this order: single candidate." in said


def test_users_and_keys_are_shown_as_tables(settings_file: Path) -> None:
    """People see users with their roles and way in, and keys without secrets."""
    run(settings_file, "users", "add", "mailer", "--role=puller", "--no-password")
    secret = run(settings_file, "keys", "add", "mailer", "--role=puller", "--label=live").stdout

    users = run(settings_file, "users", "list").stdout
    keys = run(settings_file, "keys", "list", "mailer").stdout

    assert "puller" in users
    assert "keys only" in users
    assert "live" in keys
    assert secret.strip() not in keys


def test_reviewer_roles_are_given_and_listed(settings_file: Path) -> None:
    """The roles named replace those before, and the list of users shows them."""
    run(settings_file, "users", "add", "jonas", "--role", "approver", "--no-password")
    given = run(settings_file, "users", "reviews-as", "jonas", "legal", "principal")
    listed = run(settings_file, "users", "list", "--json")
    taken = run(settings_file, "users", "reviews-as", "jonas")

    assert "jonas reviews as legal, principal" in given.output
    assert json.loads(listed.stdout)["reviews_as"] == ["legal", "principal"]
    assert "nothing in particular" in taken.output


def test_users_are_signed_out_and_unlinked(settings_file: Path) -> None:
    """Both are told, and both are on the record of the user."""
    password = "a long enough password"
    url = f"sqlite:///{settings_file.parent}/copydesk.db"
    with accounts(Settings(database_url=url)) as access:
        access.add_user("maria", [Role.REQUESTER], password, ADMIN)
        session, _ = access.sign_in("maria", password)
        out = run(settings_file, "users", "sign-out", "maria")
        assert access.actor_of_session(session) is None

    assert "maria is signed out (1 session)." in out.stderr
    assert "whoever signs in" in run(settings_file, "users", "unlink", "maria").stderr
