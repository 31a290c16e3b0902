"""`/v1/trust`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from copydesk.cli.examples import folder_of_examples
from tests.factories import AUDIENCE
from tests.unit.api.browsing import Browser
from tests.unit.api.office import Office, asked_for

EARNED = folder_of_examples() / "policies" / "earned-trust.yaml"


def test_a_policy_that_trusts_nobody_lists_nobody(office: Office) -> None:
    """Under the shipped policy there are no terms and no segments."""
    assert office.get("rex", "/v1/trust").json() == {"terms": None, "items": []}


@pytest.mark.parametrize("who", ["ada", "mailer"])
def test_only_those_who_read_the_queue_may_ask(office: Office, who: str) -> None:
    """A requester or a tool is refused: how often copy is approved is no business of theirs."""
    assert office.get(who, "/v1/trust").status_code == 403


@pytest.fixture
def trusting_office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """Open an office under the example of a policy that trusts."""
    monkeypatch.setenv("COPYDESK_POLICY", str(EARNED))
    opened = Office.opened()
    opened.let_in()
    with opened.client:
        yield opened


def test_segments_are_told_with_their_figures(trusting_office: Office) -> None:
    """Each segment comes with its phase and what it rests on; a brand narrows the list."""
    office = trusting_office
    office.post("ada", "/v1/generations?wait=30", json=asked_for(audience=AUDIENCE))

    said = office.get("rex", "/v1/trust").json()

    (segment,) = said["items"]
    told = (segment["segment"], segment["phase"], segment["requests"])
    assert said["terms"]["bar"] == 0.95
    assert told == ("Northpeak/promotion/lapsed-runners", "review", 0)
    assert office.get("rex", "/v1/trust?brand=Other").json()["items"] == []


def test_a_brand_that_no_database_keeps_is_refused(office: Office) -> None:
    """A NUL character in the name is 422, not an error of the database."""
    assert office.get("rex", "/v1/trust?brand=%00").status_code == 422


def test_the_page_says_that_the_policy_trusts_nobody(office: Office) -> None:
    """Under the shipped policy the page says what trust would be."""
    page = Browser(office, "rex").open("/trust")

    assert "The policy trusts nobody" in page.text
    assert "/trust" in page.links


def test_the_page_shows_each_segment_with_bound_and_bar(trusting_office: Office) -> None:
    """State, what was approved as written, the bound and the bar stand in one row."""
    office = trusting_office
    browser = Browser(office, "rex")
    before = browser.open("/trust")
    office.post("ada", "/v1/generations?wait=30", json=asked_for(audience=AUDIENCE))

    page = browser.open("/trust")

    assert "No segment yet" in before.text
    for shown in (
        "Northpeak",
        "promotion · lapsed-runners",
        "review",
        "none read",
        "0.000",
        "0.95",
    ):
        assert shown in page.text


@pytest.mark.parametrize("who", ["ada", "mailer"])
def test_the_page_is_for_those_who_read_the_queue(office: Office, who: str) -> None:
    """Others have no link to it, and are told which role it needs."""
    page = Browser(office, who).open("/trust")

    assert page.status == 403
    assert "This needs the role" in page.text
    assert "/trust" not in page.links
