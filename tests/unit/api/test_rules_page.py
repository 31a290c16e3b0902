from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from copydesk.guardrails.packs import load_packs
from tests.unit.api.browsing import Browser
from tests.unit.api.office import FALSE_COPY, HOSTILE_COPY, Office, draft
from tests.unit.api.test_item_forms import DOUBTFUL, found_in

HOUSE = """
overrides:
  - rule: promise.assurance
    severity: block
    reason: Counsel wants to see <b>each</b> one.
  - rule: format.subject.*
    severity: "off"
    reason: The tool that sends them cuts subjects itself.
"""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Office]:
    """An office that decided otherwise about two rules."""
    file = tmp_path / "overrides.yaml"
    file.write_text(HOUSE, encoding="utf-8")
    opened = Office.opened(rule_overrides=file)
    opened.let_in()
    with opened.client:
        yield opened


def test_every_rule_is_listed_and_has_a_page(office: Office) -> None:
    """The list leads to each rule of the packs, and the page of one tells all of it."""
    browser = Browser(office, "rex")
    page = browser.open("/rules")
    rule = load_packs().explain("promise.assurance")

    assert all(f"/rules/{one.id}" in page.links for one in load_packs())
    page = browser.open("/rules/promise.assurance")
    for told in (
        rule.citation, rule.link, rule.why, rule.reviewer, "84 of 147", "It found nothing",
        "If it does not fit your hallway", "Register your warranty in the app.",
    ):  # fmt: skip
        assert told is not None
        assert told in page.text


def test_a_link_to_the_law_tells_nobody_where_it_was_found(office: Office) -> None:
    """What leads out of the service sends no referrer, and is only a link."""
    html = Browser(office, "rex").open("/rules/promise.assurance").html

    link = load_packs().explain("promise.assurance").link
    assert f'<a href="{link}" rel="noreferrer noopener external">' in html


@pytest.mark.parametrize(
    ("query", "is_shown", "is_not"),
    [
        ("category=legal", "promise.assurance", "format.subject.length"),
        ("category=legal.guarantee", "promise.assurance", "promise.statutory_right"),
        ("severity=block", "promise.statutory_right", "promise.assurance"),
        ("jurisdiction=US", "promise.assurance", "promise.statutory_right"),
        ("sector=gambling", "gambling.certain_win", "promise.assurance"),
        ("q=hallway", "", "promise.assurance"),
        ("q=MONEY back result", "promise.assurance", "promise.statutory_right"),
    ],
)
def test_the_list_is_searched_and_narrowed(
    office: Office, query: str, is_shown: str, is_not: str
) -> None:
    """By category or its family, severity, place, sector, and words of what the rule says."""
    page = Browser(office, "rex").open(f"/rules?{query}")

    assert page.status == 200
    assert not is_shown or f"/rules/{is_shown}" in page.links
    assert f"/rules/{is_not}" not in page.links


def test_a_filter_that_cannot_be_is_refused_in_words(office: Office) -> None:
    """An unknown severity is told, and the list is still there."""
    page = Browser(office, "rex").open("/rules?severity=fatal")

    assert page.status == 422
    assert "severity" in page.text


def test_what_the_house_decided_is_told_with_its_reason(house: Office) -> None:
    """A rule that was raised shows both severities, one that was put off that it is off."""
    browser = Browser(house, "rex")

    page = browser.open("/rules/promise.assurance")
    assert "It is block, where the pack says review." in page.text
    assert "Counsel wants to see <b>each</b> one." in page.text
    assert "<b>each</b>" not in page.html
    page = browser.open("/rules/format.subject.length")
    assert "put out of force" in page.text
    assert "out of force, and would find nothing" in page.text
    assert "/rules/format.subject.length" in browser.open("/rules?severity=off").links
    assert "/rules/promise.assurance" in browser.open("/rules?severity=house").links


def test_a_text_is_tried_against_all_rules_and_nothing_is_kept(office: Office) -> None:
    """Findings are marked in the text, and lead to their rules."""
    browser = Browser(office, "rex")
    browser.open("/rules")

    page = browser.send("/rules", subject="RE: your order", body="Act now, risk free!")

    assert page.status == 200
    assert "the verdict is" in page.text
    assert any(link.startswith("/rules/") for link in page.links)
    assert "The preheader is empty" not in page.html.split('id="tried"')[1].split("<table")[0]
    assert browser.open("/").text.count("your order") == 0


def test_a_text_is_tried_against_one_rule_where_it_is_law(office: Office) -> None:
    """The must-flag case of a rule is found by it, its must-pass case is not."""
    browser = Browser(office, "ada")
    rule = load_packs().explain("promise.statutory_right")
    flag, lawful = str(rule.must_flag[0].text), str(rule.must_pass[0].text)
    path = f"/rules/{rule.id}"

    browser.open(path)
    assert f"of {rule.id}: the verdict is block" in browser.send(path, body=flag).text
    assert "finds nothing in it" in browser.send(path, body=lawful).text


def test_with_htmx_only_what_was_found_is_answered(office: Office) -> None:
    """The answer is a part of a page, and the form is one of ours all the same."""
    browser = Browser(office, "rex")
    form = browser.open("/rules").forms["/rules"]

    answer = browser.client.post(
        "/rules", data={**form, "body": "Risk free!"}, headers={"HX-Request": "true"}
    )

    assert answer.status_code == 200
    assert "<html" not in answer.text
    refused = browser.client.post("/rules", data={"body": "x"}, headers={"HX-Request": "true"})
    assert refused.status_code == 403


def test_an_empty_try_says_what_is_missing(office: Office) -> None:
    """Nothing is checked where there is nothing."""
    browser = Browser(office, "rex")
    browser.open("/rules")

    page = browser.send("/rules", body="  ")

    assert page.status == 422
    assert "write a subject, a preheader or a body to try" in page.text


def test_hostile_text_is_tried_and_shown_as_text(office: Office) -> None:
    """Script, markup and characters that hide are text in what comes back."""
    browser = Browser(office, "rex")
    browser.open("/rules")

    page = browser.send("/rules", **HOSTILE_COPY)

    assert "<script>document" not in page.html
    assert "<img src=x" not in page.html
    assert "U+202E" in page.text


def test_a_finding_leads_to_its_rule(office: Office) -> None:
    """On the page of an item the rule of a finding is a link."""
    false = Office.opened(script=lambda _: [draft(FALSE_COPY)])
    false.let_in()
    with false.client:
        generation = false.generate()
        page = Browser(false, "ada").open(f"/generations/{generation['id']}")

    rules = [link for link in page.links if link.startswith("/rules/")]
    assert rules
    assert Browser(office, "ada").open(rules[0]).status == 200


def test_how_often_a_rule_found_something_is_for_those_who_read_the_queue(office: Office) -> None:
    """A requester sees the rule and not what happened to the copy of others; a puller sees none."""
    assert "The last 30 days" in Browser(office, "rex").open("/rules/promise.assurance").text
    assert "The last 30 days" not in Browser(office, "ada").open("/rules/promise.assurance").text
    assert Browser(office, "mailer").open("/rules").status == 403


def test_a_dismissal_is_counted_on_the_page_of_its_rule(office: Office) -> None:
    """After a person dismisses a finding, the rule's page tells it, and why."""
    item = found_in(office, **DOUBTFUL)
    found = item["checked"]["findings"]
    place = next(n for n, one in enumerate(found) if one["severity"] != "block")
    office.act("bea", "dismiss", item, finding=place, reason="house_style")

    page = Browser(office, "rex").open(f"/rules/{found[place]['rule']}")

    assert "Found something in 1 copy; people dismissed it in 1 (100 %)." in page.text
    assert "house style 1" in page.text
