"""The conformance suite: it passes on our server for every tool, and finds what is planted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner
from starlette.types import ASGIApp

from copydesk.cli import main
from copydesk.cli.conformance.rules import ToolRules, pull_tools
from copydesk.cli.conformance.suite import CHECKS
from copydesk.publishing import DIALECTS
from tests.unit.api.office import Office
from tests.unit.cli.conformance import planted

TOOLS = sorted(pull_tools())
BRAZE = pull_tools()["braze"]


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    """Open an office whose campaign has two signed variants, so that recipients differ."""
    office = Office.opened()
    office.let_in()
    with office.client:
        office.generate(n=2)
        for item in office.get("rex", "/v1/reviews").json()["items"]:
            assert office.act("bea", "approve", item).status_code == 200
        office.get("mailer", "/v1/pull/spring")
        yield office


@pytest.fixture(scope="module")
def address(office: Office) -> Iterator[str]:
    with planted.listening(office.client.app) as found:
        yield found


@pytest.mark.parametrize("tool", TOOLS)
def test_our_server_keeps_every_tools_rules(office: Office, address: str, tool: str) -> None:
    """No rule of any tool that pulls is broken."""
    found = planted.results(address, office.keys["mailer"], pull_tools()[tool])

    assert [one for one in found if not one.passed] == []
    assert len(found) == len(CHECKS)


def test_the_recipients_under_test_differ(office: Office, address: str) -> None:
    """The suite has seen both variants: otherwise a leak would have nothing to show."""
    found = planted.results(address, office.keys["mailer"], BRAZE)

    assert "2 variants" in next(one.seen for one in found if one.check == "recipients-apart")


Fault = Callable[[ASGIApp], ASGIApp]


@pytest.mark.parametrize(
    ("fault", "found_by"),
    [
        (planted.Leaking, {"recipients-apart", "strangers-are-refused"}),
        (planted.Redirecting, {"no-redirect", "answers"}),
        (planted.Listing, {"answers", "object-of-texts"}),
    ],
)
def test_a_planted_fault_is_found(office: Office, fault: Fault, found_by: set[str]) -> None:
    """A cache that leaks, a redirect and a list are each found by the rule that is about it."""
    with planted.listening(fault(office.client.app)) as faulty:
        found = planted.results(faulty, office.keys["mailer"], BRAZE)

    assert found_by <= planted.broken(found)


def test_a_server_that_is_too_slow_is_found(office: Office) -> None:
    """An answer that comes after the tool has given up is none."""
    hurried = BRAZE.model_copy(update={"timeout_s": planted.SLOW_S / 10, "at_once": 2})
    with planted.listening(planted.Slow(office.client.app)) as slow:
        found = planted.results(slow, office.keys["mailer"], hurried)

    assert {"answers", "burst"} <= planted.broken(found)


def test_every_tool_has_a_dialect_and_a_source() -> None:
    """Rules are of tools that we write for, and say where they were read."""
    rules: list[ToolRules] = list(pull_tools().values())

    assert {one.dialect for one in rules} <= set(DIALECTS)
    assert all(one.source for one in rules)
    assert all(one.timeout_s <= 2 and one.bytes_max <= 65_536 for one in rules)


def test_the_command_tells_each_check_and_ends_with_their_sum(office: Office, address: str) -> None:
    """One line of JSON a check; status 0 when all rules are kept, 1 when one is not."""
    given = ["conformance", address, "--campaign", "spring", "--json", "--key"]
    good = CliRunner().invoke(main, [*given, office.keys["mailer"]])
    bad = CliRunner().invoke(main, [*given, "cdk_wrong"])

    lines = [json.loads(line) for line in good.output.splitlines()]
    assert [line["check"] for line in lines] == [one.name for one in CHECKS]
    assert (good.exit_code, bad.exit_code) == (0, 1)
