"""The page for somebody from outside in a real browser: no account, no script, no trace."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Request

from tests.e2e.browser import NARROW, TOO_WIDE, Enter
from tests.factories import COPY
from tests.unit.api.office import Office

pytestmark = pytest.mark.browser


def link_to(office: Office, item: dict[str, object]) -> str:
    body = {"person": "Dr. Ng", "asks": "Is the claim sound?"}
    made = office.post("bea", f"/v1/reviews/{item['id']}/links", json=body).json()
    return f"/outside/{made['token']}"


def test_from_the_item_to_a_decision_from_outside(
    office: Office, enter: Enter, browser: Browser
) -> None:
    """An approver makes a link on the item's page; its reader approves in another browser."""
    item, bea = office.item(), enter("bea")
    bea.open(f"/reviews/{item['id']}")
    bea.page.get_by_text("Ask somebody from outside").click()
    bea.page.get_by_label("Name or e-mail address").fill("Dr. Ng")
    bea.page.get_by_label("What they should look at").fill("Is the claim sound?")
    bea.page.get_by_role("button", name="Make a link").click()
    given = bea.page.get_by_label("Address").input_value().strip()
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(given)
    page.get_by_role("button", name="Approve as Dr. Ng").click()
    thanked = page.inner_text("main")
    context.close()
    bea.open(f"/reviews/{item['id']}")

    assert "You approved this copy. Thank you" in thanked
    bea.must_say("Dr. Ng used")
    bea.must_say("outside:Dr. Ng")


def test_the_secret_in_the_address_stays_there(
    office: Office, address: str, browser: Browser
) -> None:
    """No request tells where it came from, none leaves the server, and there is no session."""
    path = link_to(office, office.item())
    context = browser.new_context()
    page = context.new_page()
    asked: list[Request] = []

    def note(request: Request) -> None:
        asked.append(request)

    page.on("request", note)
    page.goto(address + path)
    page.get_by_label("Say something").fill("Looks right.")
    page.get_by_role("button", name="Comment").click()
    page.wait_for_selector("text=Your comment is with")
    cookies = [one["name"] for one in context.cookies(address + path)]
    referrers = [one.all_headers().get("referer") for one in asked]
    context.close()

    assert {one.url.startswith(address) for one in asked} == {True}
    assert {one for one in referrers if one} == set()
    assert cookies == ["copydesk_guest"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ends", [False, True])
def test_the_page_is_fit_for_a_phone_and_a_screen_reader(
    office: Office, address: str, browser: Browser, scheme: str, ends: bool
) -> None:
    """Neither the copy nor the word that a link has ended is wider than a phone, or fails axe."""
    path = link_to(office, office.item())
    if ends:
        office.clock.forward(days=9)
    context = browser.new_context(viewport=NARROW, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address + path)
    shown = page.inner_text("main")
    found = [one["id"] for one in Axe().run(page).response["violations"]]
    is_too_wide = page.evaluate(TOO_WIDE)
    context.close()

    assert (COPY["subject"] in shown) is not ends
    assert found == []
    assert not is_too_wide
