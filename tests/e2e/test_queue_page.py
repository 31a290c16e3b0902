"""The queue in a real browser: it looks again by itself, and is worked through by keyboard."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.e2e.browser import NARROW, Enter, Visit, sign_in
from tests.factories import COPY
from tests.unit.api.office import FALSE_COPY, OTHER_COPY, Office

pytestmark = pytest.mark.browser

FOCUSED = "document.activeElement.textContent"


def look(visit: Visit) -> None:
    """Have the page look again now, as it does by itself when one comes back to its window."""
    with visit.page.expect_response(lambda answer: "/rows" in answer.url):
        visit.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def news(page: Page) -> str:
    return page.locator("#news").inner_text()


def violations(page: Page) -> list[str]:
    return [one["id"] for one in Axe().run(page).response["violations"]]


def test_what_is_new_is_told_and_shown_when_one_asks(office: Office, enter: Enter) -> None:
    """No row moves; the number of new ones is told politely, and a button brings them in."""
    office.generate()
    bea = enter("bea")
    bea.page.keyboard.press("j")
    focused = bea.page.evaluate(FOCUSED)
    office.generate(campaign="autumn")
    look(bea)
    bea.page.wait_for_selector("#news button")
    before = (news(bea.page), bea.page.locator("#rows tr").count(), bea.page.evaluate(FOCUSED))
    bea.page.get_by_role("button", name="Show 2 new items").click()

    assert bea.page.locator("#news").get_attribute("role") == "status"
    assert before == ("2 new items.\nShow", 2, focused)
    assert focused in {COPY["subject"], OTHER_COPY["subject"]}
    assert bea.page.locator("#rows tr").count() == 4
    assert news(bea.page) == ""
    assert bea.complaints == []


def test_what_others_decided_is_struck_through_where_it_stands(
    office: Office, enter: Enter
) -> None:
    """The row stays in its place, cannot be selected any more, and the focus is where it was."""
    item = office.item()
    bea = enter("bea")
    bea.page.get_by_role("link", name=OTHER_COPY["subject"]).focus()
    office.act("olu", "approve", item)
    look(bea)
    gone = bea.page.locator(f"#row-{item['id']}.gone")
    gone.wait_for()

    assert gone.locator("input").is_disabled()
    assert bea.page.locator("#rows tr").count() == 2
    assert bea.page.evaluate(FOCUSED) == OTHER_COPY["subject"]


def test_a_lease_that_another_takes_is_told_in_place(office: Office, enter: Enter) -> None:
    """The row says who holds the item and until when, without a new page."""
    item = office.item()
    bea = enter("bea")
    office.act("rex", "claim", item)
    look(bea)

    bea.page.locator(f"#row-{item['id']}", has_text="rex until 12:15 UTC").wait_for()


def test_nothing_is_looked_for_while_one_selects_or_types(office: Office, enter: Enter) -> None:
    """A box that is checked, or a note begun, stops the looking; then it goes on."""
    office.generate()
    bea = enter("bea")
    asked = bea.asked_for
    bea.page.keyboard.press("j")
    bea.page.keyboard.press("x")
    bea.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    bea.page.keyboard.press("x")
    bea.page.get_by_label("Note").fill("Both are")
    bea.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    quiet = [one for one in asked if "/rows" in one]
    bea.page.get_by_label("Note").fill("")
    bea.page.get_by_role("link", name=COPY["subject"]).focus()
    look(bea)

    assert quiet == []


def test_two_items_are_decided_on_and_taken_back_by_keyboard(office: Office, enter: Enter) -> None:
    """j and x select, Enter on the button signs, a reload tells the same, u takes all back."""
    office.generate()
    bea = enter("bea")
    for key in ("j", "x", "j", "x"):
        bea.page.keyboard.press(key)
    bea.page.get_by_role("button", name="Approve and sign each").focus()
    bea.page.keyboard.press("Enter")
    bea.page.wait_for_url("**/?told=*")
    bea.page.reload()
    told = bea.text()
    bea.page.keyboard.press("u")
    bea.page.keyboard.press("Enter")
    bea.page.wait_for_selector("text=2 of 2 items taken back")
    states = {one["state"] for one in office.get("rex", "/v1/reviews").json()["items"]}

    assert "2 of 2 items decided" in told
    assert states == {"waiting"}


def test_items_that_differ_are_not_decided_on_and_stay_selected(
    office: Office, enter: Enter
) -> None:
    """The page names the groups, and each name leads to its row."""
    office.act("rex", "edit", office.item(), copy=FALSE_COPY)
    bea = enter("bea")
    for box in bea.page.locator("#rows input").all():
        box.check()
    bea.page.get_by_label("Reason").select_option("tone")
    bea.page.get_by_role("button", name="Reject each").click()
    bea.page.wait_for_selector("text=not alike enough")

    assert bea.page.locator("#rows input:checked").count() == 2
    assert bea.page.get_by_label("Reason").input_value() == "tone"
    assert violations(bea.page) == []


@pytest.mark.parametrize("path", ["/", "/?campaign=spring", "/?campaign=none-such", "/?late=true"])
def test_no_list_has_a_fault_that_axe_finds(
    office: Office, address: str, browser: Browser, path: str
) -> None:
    """Rows, filters and empty states, on a phone in the dark."""
    office.generate()
    context = browser.new_context(viewport=NARROW, color_scheme="dark")  # type: ignore[arg-type]
    bea = sign_in(context, address, office, "bea")
    bea.open(path)
    found = violations(bea.page)
    context.close()

    assert found == []


def test_a_session_that_ended_is_told_and_not_asked_again(office: Office, enter: Enter) -> None:
    """The page stops looking and says so; what is on it stays."""
    office.generate()
    bea = enter("bea")
    bea.page.context.clear_cookies()
    bea.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    bea.page.wait_for_selector("text=no longer looks for news")

    assert bea.page.locator("#rows tr").count() == 2
