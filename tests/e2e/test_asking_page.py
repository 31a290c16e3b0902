"""Asking for copy in a real browser: by keyboard alone, without scripts, and watched."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from copydesk.generation import Draft, DraftRequest
from copydesk.generations import GenerationRequest
from tests.e2e.browser import Enter, Visit, listening, sign_in
from tests.factories import COPY
from tests.unit.api.office import Office, two_drafts

pytestmark = pytest.mark.browser

FOCUS = "document.activeElement.id"
TABS_AT_MOST = 120
AUTOFOCUS = "Autofocus processing was blocked"
"""Chromium says so of a new row, which htmx moves the focus to all the same."""


class Held(NamedTuple):
    """An office whose model writes only when it is let go."""

    office: Office
    address: str
    go: threading.Event


@pytest.fixture
def held() -> Iterator[Held]:
    go = threading.Event()

    def waiting(request: DraftRequest) -> list[Draft]:
        assert go.wait(30)
        return two_drafts(request)

    office = Office.opened(script=waiting)
    office.let_in()
    with listening(office) as address:
        yield Held(office, address, go)
        go.set()


def last_request(office: Office) -> GenerationRequest:
    with office.desk.store.transaction() as tx:
        return tx.generations.latest()[0].request


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the field is reached: whoever has no mouse does the same."""
    wanted = "f-" + re.sub(r"[.\[:]", "-", name).replace("]", "")
    for _ in range(TABS_AT_MOST):
        if page.evaluate(FOCUS) == wanted:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never came to {wanted}")


def type_in(page: Page, name: str, text: str) -> None:
    tab_to(page, name)
    page.keyboard.type(text)


def violations(page: Page) -> list[str]:
    return [one["id"] for one in Axe().run(page).response["violations"]]


def ask_by_keyboard(page: Page) -> None:
    """Fill in the whole form with keys, in the order of the page."""
    type_in(page, "brief.goal", "Bring lapsed runners back")
    type_in(page, "brief.kind", "promotion")
    type_in(page, "brief.sector", "apparel")
    type_in(page, "brief.locale", "en-US")
    type_in(page, "brief.send_at", "03072026")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("0900AM")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.name") != "brief.jurisdictions.US":
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    type_in(page, "brief.product.name", "Ridgeline trail shoe")
    tab_to(page, "brief.offer.kind")
    with page.expect_response("**/ask"):
        page.keyboard.type("percent")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
    type_in(page, "brief.offer.value", "20")
    tab_to(page, "add:brief.facts")
    page.keyboard.press("Enter")
    expect(page.locator("#f-brief-facts-0-id")).to_be_focused()
    page.keyboard.type("drop")
    type_in(page, "brief.facts[0].text", "6 mm heel-to-toe drop")
    type_in(page, "audience.id", "lapsed-runners")
    type_in(page, "audience.description", "Bought shoes once")


def test_copy_is_asked_for_by_keyboard_alone(office: Office, enter: Enter) -> None:
    """Rows are added and the offer's fields come without a reload; Enter in a field sends."""
    ada = enter("ada")
    ada.open("/ask")
    ask_by_keyboard(ada.page)
    ada.page.keyboard.press("Tab")
    while ada.page.evaluate("document.activeElement.id") != "brand-text":
        ada.page.keyboard.press("Tab")
    ada.page.keyboard.type("name: Northpeak")
    type_in(ada.page, "n", "")
    ada.page.keyboard.press("Enter")
    ada.page.wait_for_url("**/generations/gen_*")

    asked = last_request(office).brief
    assert asked.send_at.isoformat() == "2026-03-07T09:00:00+00:00"
    assert asked.offer is not None
    assert (asked.offer.value, asked.facts[0].id) == (20, "drop")
    assert [one for one in ada.complaints if AUTOFOCUS not in one] == []


def test_a_mistake_takes_the_focus_to_what_is_wrong(enter: Enter) -> None:
    """The summary is read first; its links lead to the fields, which hold what was typed."""
    ada = enter("ada")
    ada.open("/ask?example=true")
    ada.page.get_by_label("Language and region").fill("English")
    ada.page.get_by_role("button", name="Write variants").click()

    expect(ada.page.get_by_role("alert")).to_be_focused()
    ada.page.keyboard.press("Tab")
    ada.page.keyboard.press("Enter")
    field = ada.page.get_by_label("Language and region")
    expect(field).to_be_focused()
    expect(field).to_have_value("English")
    assert violations(ada.page) == []


def test_without_scripts_all_of_it_works(held: Held, browser: Browser) -> None:
    """Rows and fields come by buttons, and the page of progress loads itself again."""
    context = browser.new_context(java_script_enabled=False)
    ada = sign_in(context, held.address, held.office, "ada")
    ada.open("/ask?example=true")
    ada.page.get_by_role("button", name="Add a fact").click()
    ada.page.locator("#f-brief-facts-1-id").fill("laces")
    ada.page.locator("#f-brief-facts-1-text").fill("Laces made of hemp")
    ada.page.locator("#f-brief-offer-kind").select_option("free_shipping")
    ada.page.get_by_role("button", name="Show its fields").click()
    assert ada.page.locator("#f-brief-facts-1-id").input_value() == "laces"
    ada.page.get_by_role("button", name="Write variants").click()

    assert "Writing drafts" in ada.text() or "Waiting" in ada.text() or "Beginning" in ada.text()
    held.go.set()
    ada.page.wait_for_selector("text=1. ", timeout=20_000)
    assert last_request(held.office).brief.facts[1].id == "laces"
    context.close()


def test_progress_is_watched_as_it_happens(held: Held, browser: Browser) -> None:
    """Stage and time are told while it runs; its end brings the variants, and is announced."""
    context = browser.new_context()
    ada = sign_in(context, held.address, held.office, "ada")
    ada.open("/ask?example=true")
    ada.page.get_by_role("button", name="Write variants").click()
    expect(ada.page.locator("#progress")).to_contain_text("Writing drafts")
    expect(ada.page.locator("#progress")).to_contain_text("scripted")
    assert ada.page.locator("[aria-current=step]").inner_text() == "drafting"
    assert violations(ada.page) == []

    held.go.set()
    expect(ada.page.locator("#outcome")).to_contain_text(COPY["subject"])
    expect(ada.page.locator("#said")).to_have_text("Done")
    assert ada.page.locator("#progress").count() == 0
    assert asked_again(ada) == 0
    assert ada.complaints == []
    context.close()


def asked_again(visit: Visit) -> int:
    """Return how often the page asks for progress in the two seconds that follow."""
    before = len(visit.asked_for)
    visit.page.wait_for_timeout(2_000)
    return len([url for url in visit.asked_for[before:] if "/progress" in url])


def test_text_is_copied_out_of_the_library(office: Office, enter: Enter) -> None:
    """A button copies a text as it was signed; where the clipboard is closed it selects it."""
    office.act("bea", "approve", office.item())
    ada = enter("ada")
    ada.open("/library?text=mud")
    ada.page.get_by_text("As text to copy").click()
    ada.page.locator(".out button").first.click()

    ada.page.wait_for_selector(".out button:has-text('Copied'), .out button:has-text('Selected')")
    assert ada.page.locator(".out textarea").first.input_value() == COPY["subject"]
    assert violations(ada.page) == []
    assert ada.complaints == []
