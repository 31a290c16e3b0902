"""Adding a person and a key in a real browser."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.browser import TOO_WIDE, Enter, Visit
from tests.unit.api.office import OPERATOR, PASSWORD, Office

pytestmark = pytest.mark.browser

PATHS = ("/people", "/people/bea", "/keys", "/me")


def add_li(root: Visit) -> None:
    root.open("/people")
    root.page.get_by_label("Name").fill("li")
    root.page.get_by_label("Password").fill(PASSWORD)
    root.page.get_by_label("Brand").fill("Northpeak")
    single = root.page.get_by_role("group", name="Roles for one brand alone")
    single.get_by_label("reviewer").check()
    root.page.get_by_role("button", name="Add", exact=True).click()


def test_an_admin_adds_a_person_who_then_reviews_one_brand(office: Office, enter: Enter) -> None:
    """The person signs in with the password and finds the brand's item in the queue."""
    office.item()
    root = enter("root")
    add_li(root)
    root.must_say("reviewer")
    li = enter("li")

    li.open("/")
    li.must_say("20% off")
    assert li.page.get_by_role("link", name="li", exact=True).count() == 1
    assert li.page.locator("nav a[href='/people']").count() == 0
    assert (root.complaints, li.complaints) == ([], [])


def test_an_admin_makes_a_key_copies_and_revokes_it(office: Office, enter: Enter) -> None:
    """The secret stands in a field of its own, once; revoked after asking, it opens nothing."""
    root = enter("root")
    root.open("/keys")
    root.page.get_by_role("combobox", name="User").select_option("mailer")
    root.page.get_by_label("What it is for").fill("Braze")
    root.page.get_by_label("puller").check()
    root.page.get_by_role("button", name="Make the key").click()
    office.keys["new"] = root.page.get_by_label("The key").input_value()
    assert re.fullmatch(r"cdk_[A-Za-z0-9_-]{43}", office.keys["new"])
    assert root.page.get_by_role("button", name="Copy").count() == 1
    assert office.get("new", "/v1/me").status_code == 200

    root.page.get_by_role("link", name="I have kept it").click()
    root.page.get_by_role("link", name=f"Revoke {office.keys['new'][:12]}").click()
    root.page.get_by_role("button", name="Revoke it").click()
    root.must_say("Revoked")
    assert office.get("new", "/v1/me").status_code == 401
    assert root.complaints == []


@pytest.mark.parametrize("path", PATHS)
def test_the_pages_hold_no_barrier(office: Office, enter: Enter, path: str) -> None:
    """Axe finds nothing, and a narrow window needs no scrolling sideways."""
    named = {"Fjord & Sons": ["reviewer"]}
    office.call("root", "PUT", "/v1/users/bea/roles", json={"roles": [], "brand_roles": named})
    office.desk.access.set_reviewer_roles("bea", ["legal"], OPERATOR)
    root = enter("root")
    root.open(path)

    found = Axe().run(root.page)

    assert found.violations_count == 0, found.generate_report()
    root.page.set_viewport_size({"width": 390, "height": 844})
    assert not root.page.evaluate(TOO_WIDE)
