"""An item's page in a real browser: typed into, held, decided on by keyboard, never confused."""

from __future__ import annotations

import time
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.e2e.browser import Enter, path_of, sign_in
from tests.factories import COPY
from tests.unit.api.office import FALSE_COPY, OTHER_COPY, Office

pytestmark = pytest.mark.browser

LOUD = {**COPY, "subject": "Trail shoes, 20% off!!!", "preheader": "Rated 4.9 by runners"}
PRESS_TWICE = """one => {
    setTimeout(() => one.click());
    setTimeout(() => one.click(), 100);
    setTimeout(() => {
        const key = { key: "e", bubbles: true };
        document.body.dispatchEvent(new KeyboardEvent("keydown", key));
        console.log(document.querySelectorAll("details[open]").length + " unfolded");
    }, 150);
}"""
HELD = "document.activeElement.id"


def loud(office: Office) -> dict[str, Any]:
    """Return an item whose subject has a finding that suggests what to write."""
    edited: dict[str, Any] = office.act("bea", "edit", office.item(), copy=LOUD).json()
    return edited


def editing(page: Page, slot: str = "Subject") -> Any:
    """Unfold the edit form, and return one of its fields."""
    page.locator("summary", has_text="Edit").click()
    return page.get_by_role("textbox", name=slot)


def holding(page: Page, pattern: str) -> list[Route]:
    """Keep back what the page asks for by this pattern, in a list that grows."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(pattern, hold)
    return held


def version(office: Office, item: dict[str, Any]) -> int:
    found: int = office.get("rex", f"/v1/reviews/{item['id']}").json()["version"]
    return found


def test_what_is_typed_is_checked_while_one_types(office: Office, enter: Enter) -> None:
    """Findings and counts follow the text, nothing typed is touched, and nothing is stored."""
    item, rex = office.item(), enter("rex")
    rex.open(path_of(item))
    field = editing(rex.page, "Preheader")

    field.fill("")
    field.press_sequentially(FALSE_COPY["preheader"], delay=5)
    live = rex.page.locator("#edit-preheader-live")

    expect(live).to_contain_text("4.9 is not in the brief")
    expect(live).to_contain_text("37 characters")
    expect(rex.page.locator("#edit-checked")).to_contain_text("Not saved yet")
    expect(field).to_have_value(FALSE_COPY["preheader"])
    expect(field).to_be_focused()
    assert version(office, item) == item["version"]
    assert rex.complaints == []


def test_an_answer_that_comes_late_is_dropped(office: Office, enter: Enter) -> None:
    """Of two checks the later one counts, though the earlier is answered after it."""
    item, rex = office.item(), enter("rex")
    rex.open(path_of(item))
    held: list[Route] = []

    def slow_at_first(route: Route) -> None:
        held.append(route)
        if len(held) > 1:
            route.continue_()

    rex.page.route("**/recheck", slow_at_first)
    field = editing(rex.page)
    with rex.page.expect_request("**/recheck"):
        field.fill("Short")
    field.fill("A little longer")

    expect(rex.page.locator("#edit-subject-live")).to_contain_text("15 characters")
    assert len(held) == 2


def test_a_lost_connection_is_said_and_mended(office: Office, enter: Enter) -> None:
    """What could not be checked says so; typing on, it is checked again."""
    item, rex = office.item(), enter("rex")
    rex.open(path_of(item))
    rex.page.route("**/recheck", lambda route: route.abort())
    field = editing(rex.page)
    field.fill("20% off")
    expect(rex.page.locator("#edit-checked")).to_contain_text("the server did not answer")

    rex.page.unroute("**/recheck")
    field.fill("20% off trail")

    expect(rex.page.locator("#edit-checked")).to_contain_text("As typed")
    expect(field).to_have_value("20% off trail")


def test_one_key_puts_a_suggestion_into_the_form(office: Office, enter: Enter) -> None:
    """j goes to a finding, f fills in what it suggests; nothing is saved before one says so."""
    item, rex = loud(office), enter("rex")
    rex.open(path_of(item))
    field = rex.page.locator("form[data-typed=edit] textarea[name=subject]")

    rex.page.keyboard.press("j")
    focused = rex.page.evaluate(HELD)
    rex.page.keyboard.press("f")

    assert focused.startswith("note-")
    expect(field).not_to_have_value(LOUD["subject"])
    expect(rex.page.locator("#said")).to_have_text(
        "Put into the subject of the form. Not saved yet."
    )
    expect(rex.page.locator("#edit-checked")).to_contain_text("Not saved yet")
    assert version(office, item) == item["version"]


def test_suggestions_fit_what_was_typed_meanwhile(office: Office, enter: Enter) -> None:
    """Words that are still there are changed where they stand; gone ones are said to be gone."""
    item, rex = loud(office), enter("rex")
    rex.open(path_of(item))
    field = editing(rex.page, "Preheader")
    button = rex.page.locator(".notes .use[data-use=preheader]").first

    field.fill("Our runners: rated 4.9, all of them")
    button.click()
    remedy = button.get_attribute("data-suggestion")
    expect(field).to_have_value(f"Our runners: rated {remedy}, all of them")

    rex.page.reload()
    rex.page.locator("form[data-typed=edit] textarea[name=preheader]").fill("No figure")
    button.click()
    expect(rex.page.locator("#said")).to_contain_text("not in the form any more")


def test_a_suggestion_works_without_scripts(office: Office, address: str, browser: Any) -> None:
    """Its button sends an edit."""
    item = loud(office)
    context = browser.new_context(java_script_enabled=False)
    rex = sign_in(context, address, office, "rex")
    rex.open(path_of(item))
    rex.page.locator(".notes .use[data-use=preheader]").first.click()
    rex.must_say("Changed as suggested, and checked again")
    rex.page.get_by_label("Previous edit").check()
    shown = rex.page.locator("#changes del:visible").all_inner_texts()
    context.close()

    assert any("4.9" in text for text in shown)


def test_typed_text_outlives_a_reload_and_ends_with_the_save(office: Office, enter: Enter) -> None:
    """It is back, said to be unsent, and gone once it was sent."""
    item, rex = office.item(), enter("rex")
    rex.page.on("dialog", lambda dialog: dialog.accept())
    rex.open(path_of(item))
    editing(rex.page).fill("20% off trail shoes, until March 8")

    rex.page.reload()
    field = rex.page.get_by_role("textbox", name="Subject")
    expect(field).to_have_value("20% off trail shoes, until March 8")
    expect(rex.page.locator(".restored")).to_contain_text("It is not sent yet")
    rex.page.get_by_role("button", name="Save and check again").click()
    rex.page.wait_for_url("**done=edit")
    rex.open(path_of(item))

    assert "until March 8" in rex.page.locator("h1").inner_text()
    assert rex.page.locator(".restored").count() == 0
    assert rex.page.evaluate("sessionStorage.length") == 0


def test_restored_text_can_be_discarded(office: Office, enter: Enter) -> None:
    """One button brings back what stands."""
    item, rex = office.item(), enter("rex")
    rex.page.on("dialog", lambda dialog: dialog.accept())
    rex.open(path_of(item))
    editing(rex.page).fill("Something else")
    rex.page.reload()

    rex.page.get_by_role("button", name="Discard it").click()

    expect(rex.page.get_by_role("textbox", name="Subject")).to_have_value(COPY["subject"])
    assert rex.page.evaluate("sessionStorage.length") == 0


def test_leaving_with_unsent_text_asks(office: Office, enter: Enter) -> None:
    """A link is followed only when one says so; without typing nothing is asked."""
    item, rex = office.item(), enter("rex")
    asked: list[str] = []

    def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    rex.page.on("dialog", stay)
    rex.open(path_of(item))
    editing(rex.page).press_sequentially("Hm")
    rex.page.get_by_role("link", name="Requests").click()

    expect(rex.page.get_by_role("textbox", name="Subject")).to_have_value(f"Hm{COPY['subject']}")
    assert asked == ["beforeunload"]


def test_text_typed_on_older_copy_is_marked_as_such(office: Office, enter: Enter) -> None:
    """Somebody changed the copy meanwhile: the text is back, with a warning before it is sent."""
    item, rex = office.item(), enter("rex")
    rex.page.on("dialog", lambda dialog: dialog.accept())
    rex.open(path_of(item))
    editing(rex.page).fill("My own subject")
    office.act("bea", "edit", item, copy=OTHER_COPY)

    rex.page.reload()

    expect(rex.page.locator(".restored")).to_contain_text("The copy has changed since you typed")


def test_a_refused_form_shows_what_was_typed_against_what_stands(
    office: Office, enter: Enter
) -> None:
    """Somebody was quicker: the form still holds the text, beside the difference."""
    item, rex = office.item(), enter("rex")
    rex.open(path_of(item))
    editing(rex.page).fill("My own subject")
    office.act("bea", "edit", item, copy=OTHER_COPY)
    rex.page.get_by_role("button", name="Save and check again").click()

    expect(rex.page.get_by_role("textbox", name="Subject")).to_have_value("My own subject")
    expect(rex.page.locator("#changes")).to_contain_text("What you typed")
    rex.must_say("read it again, then decide")


def test_a_hold_counts_down_and_is_made_longer(office: Office, enter: Enter) -> None:
    """It warns two minutes ahead, says when it is over, and typed text outlives a claim."""
    item, rex = office.item(), enter("rex")
    rex.page.clock.install()
    rex.open(path_of(item))
    rex.page.get_by_role("button", name="Claim").click()
    rex.page.wait_for_url("**done=claim")
    expect(rex.page.locator("#lease")).to_contain_text("15 min left")
    editing(rex.page).fill("Half a thought")

    rex.page.clock.run_for(13 * 60_000 + 10_000)
    expect(rex.page.locator("#lease")).to_contain_text("Your hold ends in two minutes")
    rex.page.clock.run_for(2 * 60_000)
    expect(rex.page.locator("#lease")).to_contain_text("Your hold has ended")
    rex.page.get_by_role("button", name="Hold it longer").click()

    expect(rex.page.get_by_role("textbox", name="Subject")).to_have_value("Half a thought")
    expect(rex.page.locator("#lease")).to_contain_text("min left")


def test_keys_are_listed_and_focus_comes_back(office: Office, enter: Enter) -> None:
    """? opens the list, Escape closes it, and keys do nothing else meanwhile."""
    item, bea = loud(office), enter("bea")
    bea.open(path_of(item))
    bea.page.keyboard.press("j")
    before = bea.page.evaluate(HELD)

    bea.page.keyboard.press("?")
    listed = bea.page.locator("dialog.help").inner_text()
    bea.page.keyboard.press("e")
    bea.page.keyboard.press("Escape")

    assert "use the suggestion" in listed
    assert bea.page.locator("details[data-key=e][open]").count() == 0
    assert bea.page.evaluate(HELD) == before


def test_combinations_are_left_to_the_browser(office: Office, enter: Enter) -> None:
    """With Alt, Control or Meta a letter is no key of ours."""
    item, bea = office.item(), enter("bea")
    bea.open(path_of(item))

    for held in ("Alt", "Control", "Meta"):
        bea.page.keyboard.press(f"{held}+x")

    assert bea.page.locator("details[open]").count() == 0


def test_a_form_is_sent_once_however_often_it_is_pressed(office: Office, enter: Enter) -> None:
    """A second press while the first is under way sends nothing; keys wait for the next page."""
    item, bea = office.item(), enter("bea")
    bea.open(path_of(item))

    def slowly(route: Route) -> None:
        time.sleep(0.4)
        route.continue_()

    bea.page.route("**/approve", slowly)
    bea.page.get_by_role("button", name="Approve and sign").evaluate(PRESS_TWICE)
    bea.page.wait_for_url("**done=approve")

    assert bea.complaints == ["0 unfolded"]
    assert [url for url in bea.asked_for if url.endswith("/approve")] == [
        f"{bea.address}{path_of(item)}/approve"
    ]


def test_keys_wait_until_the_page_is_there(office: Office, enter: Enter) -> None:
    """What is pressed before the page has loaded is not taken for a wish about what comes."""
    item, bea = office.item(), enter("bea")
    held = holding(bea.page, "**/item.css")
    bea.page.goto(bea.address + path_of(item), wait_until="commit")
    bea.page.wait_for_function("document.readyState === 'interactive' || document.body")
    bea.page.keyboard.press("e")
    early = bea.page.locator("details[data-key=e][open]").count()
    held[0].continue_()
    bea.page.wait_for_load_state("load")
    bea.page.keyboard.press("e")

    expect(bea.page.locator("details[data-key=e][open]")).to_have_count(1)
    assert early == 0


@pytest.mark.parametrize("size", [(1280, 900), (390, 844), (640, 450)])
def test_the_page_and_the_variants_are_accessible(
    office: Office, enter: Enter, size: tuple[int, int]
) -> None:
    """axe finds nothing, with the form open and checked too; nothing is wider than the screen."""
    item, bea = loud(office), enter("bea")
    bea.page.set_viewport_size({"width": size[0], "height": size[1]})
    for path in (path_of(item), f"{path_of(item)}/variants"):
        bea.open(path)
        if not path.endswith("variants"):
            editing(bea.page).fill("Trail shoes!!!")
            expect(bea.page.locator("#edit-checked")).to_contain_text("As typed")
        found = Axe().run(bea.page)
        assert found.violations_count == 0, found.generate_report()
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not bea.page.evaluate(wide)
        bea.page.evaluate("sessionStorage.clear()")
        bea.page.locator("form[data-typed]").evaluate_all("all => all.forEach(one => one.reset())")


def test_variants_are_one_key_away_and_lead_to_their_own_pages(
    office: Office, enter: Enter
) -> None:
    """v shows them side by side; each is decided on by itself."""
    item, bea = office.item(), enter("bea")
    bea.open(path_of(item))
    bea.page.keyboard.press("v")
    bea.page.wait_for_url("**/variants")
    bea.page.get_by_role("link", name="Open to decide").click()
    bea.page.wait_for_url(lambda url: not url.endswith("variants"))

    assert bea.page.locator("h1").inner_text() == OTHER_COPY["subject"]
    bea.must_say("Approve and sign")
