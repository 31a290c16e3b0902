from __future__ import annotations

import csv
import io
import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from copydesk.access import Role
from copydesk.publishing.spreadsheets import guarded
from tests.factories import COPY
from tests.unit.api.browsing import Browser
from tests.unit.api.office import OPERATOR, Office

STYLE = re.compile(r"<style|\sstyle=|<script(?! src=)", re.IGNORECASE)


def a_life(office: Office) -> None:
    """Have copy asked for, approved, rejected, pulled, and left open, over two weeks."""
    for number, act in enumerate(("approve", "approve", "reject")):
        item = an_item_of(office, f"spring-{number}")
        office.clock.forward(hours=3)
        told = {"reason": "tone"} if act == "reject" else {}
        assert office.act("bea", act, item, **told).status_code == 200
        office.get("mailer", f"/v1/pull/spring-{number}?slot=subject")
        office.desk.serving.counts.write()
        office.clock.forward(days=6)
    an_item_of(office, "autumn")


def an_item_of(office: Office, campaign: str) -> dict[str, Any]:
    """Have copy asked for, and return the item of COPY that waits in this campaign."""
    office.generate(campaign=campaign)
    found = office.get("rex", "/v1/reviews", params={"campaign": campaign}).json()["items"]
    return next(item for item in found if item["copy_now"] == COPY)


def figures(office: Office, who: str = "root", **asked: Any) -> dict[str, Any]:
    answer = office.get(who, "/v1/figures", params=asked)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_an_empty_dashboard_teaches(office: Office) -> None:
    """Without any copy the page says what it will tell, and draws nothing."""
    page = Browser(office, "bea").open("/dashboard")

    assert "Nothing to count yet" in page.text
    assert "<svg" not in page.html.split("<main", 1)[1]


def test_the_dashboard_tells_what_was_decided(office: Office) -> None:
    """Rates, times, what waits, what was pulled: each with how it is counted."""
    a_life(office)

    page = Browser(office, "bea").open("/dashboard")

    for told in (
        "2 of 3 decided", "nine in ten within 3.0 h", "Wilson\u2019s interval", "approve2",
        "reject1", "4 requests", "sent to a person8", "Copies approved2", "by the clock",
    ):  # fmt: skip
        assert told in page.text, told


def test_charts_are_drawings_that_need_no_style_or_script(office: Office) -> None:
    """Each is well-formed SVG with a title and a description of its own, and has its figures."""
    a_life(office)
    html = Browser(office, "bea").open("/dashboard").html

    assert not STYLE.search(html)
    charts = re.findall(r'<svg class="chart".*?</svg>', html, re.DOTALL)
    assert len(charts) >= 4
    for chart in charts:
        root = ET.fromstring(chart)
        assert all((root.findtext(name) or "").strip() for name in ("title", "desc"))
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert html.count('<details class="table">') >= 4


def test_too_little_is_said_and_not_drawn(office: Office) -> None:
    """One decision makes no course; the page says so in its place."""
    item = office.item()
    office.act("bea", "approve", item)

    page = Browser(office, "bea").open("/dashboard?days=7")

    assert "A course takes decisions in at least two weeks." in page.text
    assert "Not enough data yet." in page.text


def test_a_period_a_brand_and_an_occasion_narrow_the_figures(office: Office) -> None:
    """The address says what is counted; what it cannot mean is refused in words."""
    a_life(office)
    browser = Browser(office, "bea")

    assert "1 of 1 decided" not in browser.open("/dashboard?days=90").text
    assert "0 of 1 decided" in browser.open("/dashboard?days=7").text
    assert "2 of 3 decided" in browser.open("/dashboard?brand=Northpeak&kind=promotion").text
    assert "Nothing to count yet" in browser.open("/dashboard?kind=welcome").text
    refused = browser.open("/dashboard?days=0")
    assert refused.status == 422
    assert "days" in refused.text


def test_programs_get_the_same_figures(office: Office) -> None:
    """`/v1/figures` tells each share with its interval and its parts."""
    a_life(office)

    told = figures(office, days=30)

    approval = told["decisions"]["approval"]
    assert (approval["part"], approval["whole"]) == (2, 3)
    assert 0 < approval["low"] < approval["share"] < approval["high"] < 1
    assert told["generated"]["requests"]["done"] == 4
    assert told["queue"][-1]["open"] == 5
    assert sum(one["approved"] for one in told["served"]["days"]) == 1
    assert office.get("root", "/v1/figures?days=0").status_code == 422


def test_figures_are_given_as_a_table(office: Office) -> None:
    """The page's link and the API give the same CSV, named for its days."""
    a_life(office)
    browser = Browser(office, "bea")
    page = browser.open("/dashboard")
    link = next(link for link in page.links if link.startswith("/dashboard.csv"))

    file = browser.client.get(link)
    for_programs = office.get("root", "/v1/figures.csv?days=30")

    assert file.text == for_programs.text
    assert "attachment" in file.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(file.text)))
    assert rows[0] == ["figure", "of", "day", "value"]
    found = {(row[0], row[1]): row[3] for row in rows}
    assert found["approval, number", ""] == "2"
    assert found["requests", "done"] == "4"


def test_a_name_in_the_table_is_no_formula() -> None:
    """What a spreadsheet would run is written as text."""
    assert [guarded(cell) for cell in ("=1+1", "\uff20SUM(A1)", "us.free")] == [
        "'=1+1", "'\uff20SUM(A1)", "us.free",
    ]  # fmt: skip


@pytest.mark.parametrize("who", ["ada", "mailer"])
def test_figures_are_for_those_who_read_the_queue(office: Office, who: str) -> None:
    """A requester and a puller are refused, and see no link."""
    browser = Browser(office, who)

    assert browser.open("/dashboard").status == 403
    assert office.get(who, "/v1/figures").status_code == 403
    assert "/dashboard" not in browser.open("/campaigns").links


def test_a_brand_s_reviewer_sees_that_brand_alone(office: Office) -> None:
    """Neither figures nor the name of another brand, and no money of all of them."""
    a_life(office)
    larkfell = {"Larkfell": (Role.REVIEWER,)}
    office.desk.access.add_user("lea", (), None, OPERATOR, brand_roles=larkfell)

    page = Browser(office, "lea").open("/dashboard")

    assert page.status == 200
    assert "Nothing to count yet" in page.text
    assert "Northpeak" not in page.text
