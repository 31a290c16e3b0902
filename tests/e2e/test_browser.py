"""The pages in a real browser."""

from __future__ import annotations

import pytest
import yaml
from playwright.sync_api import Browser, expect

from tests.e2e.browser import NARROW, TOO_WIDE, Enter, path_of, sign_in
from tests.factories import AUDIENCE, BRAND, BRIEF, COPY
from tests.unit.api.office import FALSE_COPY, Office, asked_for

pytestmark = pytest.mark.browser

UNLABELLED = """() => [...document.querySelectorAll("input, select, textarea")]
    .filter(one => one.type !== "hidden" && one.labels.length === 0).map(one => one.name)"""


def test_from_asking_to_a_signature_by_another(office: Office, enter: Enter) -> None:
    """A requester asks; a second person finds it in the queue, reads it and signs; it is pulled."""
    ada = enter("ada")
    ada.page.get_by_role("link", name="Ask for copy").first.click()
    ada.page.get_by_role("button", name="As a file").click()
    documents = {"brief": BRIEF, "audience": {**AUDIENCE, "sensitive": True}, "brand": BRAND}
    for name, document in documents.items():
        ada.page.locator(f"textarea[name={name}]").fill(yaml.safe_dump(document))
    ada.page.get_by_role("textbox", name="Campaign").fill("spring")
    ada.page.get_by_role("button", name="Write variants").click()
    ada.page.wait_for_selector("text=with a reviewer")

    bea = enter("bea")
    bea.page.get_by_role("link", name=COPY["subject"]).click()
    bea.page.get_by_role("button", name="Approve and sign").click()

    bea.must_say("Approved. It is served from now on")
    assert office.get("mailer", "/v1/pull/spring").json()["subject"] == COPY["subject"]


def test_the_one_who_asked_sees_no_way_to_sign(office: Office, enter: Enter) -> None:
    """An approver who asked for the copy is told that another person signs."""
    office.post("olu", "/v1/generations?wait=30", json=asked_for(n=1))
    item = office.get("bea", "/v1/reviews").json()["items"][0]
    olu = enter("olu")

    olu.open(path_of(item))

    olu.must_say("olu asked for this copy: another person must approve it")
    assert olu.page.get_by_role("button", name="Approve and sign").count() == 0


def test_an_edit_is_checked_while_one_looks(office: Office, enter: Enter) -> None:
    """A false number typed in comes back underlined, and the item cannot be signed."""
    item, rex = office.item(), enter("rex")
    rex.open(path_of(item))
    rex.page.get_by_text("Edit", exact=True).click()
    rex.page.get_by_role("textbox", name="Preheader").fill(FALSE_COPY["preheader"])

    rex.page.get_by_role("button", name="Save and check again").click()

    assert rex.page.locator("mark.block").inner_text() == "4.9"
    rex.must_say("is not in the brief")
    rex.must_say("To approve needs the role approver")


def test_a_rejection_is_given_its_reason(office: Office, enter: Enter) -> None:
    """The browser asks for the reason; then the item is closed."""
    item, rex = office.item(), enter("rex")
    rex.open(path_of(item))
    rex.page.get_by_text("Reject", exact=True).click()
    rex.page.get_by_label("Reason").select_option("tone")
    rex.page.get_by_role("button", name="Reject this copy").click()

    rex.must_say("Rejected. It will not be sent.")
    rex.must_say("Reason: tone")


def test_the_slower_of_two_is_told(office: Office, enter: Enter) -> None:
    """Two people look at one item; the second to act is told that it changed, and by how much."""
    item, rex, bea = office.item(), enter("rex"), enter("bea")
    for visit in (rex, bea):
        visit.open(path_of(item))
    rex.page.get_by_role("button", name="Claim").click()

    bea.page.get_by_role("button", name="Approve and sign").click()

    bea.must_say("read it again, then decide")
    bea.must_say("rex holds this item")


def test_an_item_is_decided_on_with_five_keys(office: Office, enter: Enter) -> None:
    """From the queue to the signature and to the next item; focus can always be seen."""
    office.generate()
    bea = enter("bea")
    for key in ("j", "Enter"):
        bea.page.keyboard.press(key)
    bea.page.wait_for_url("**/reviews/*")
    bea.page.keyboard.press("a")
    outline = bea.page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    bea.page.keyboard.press("Enter")
    bea.page.wait_for_url("**/reviews/*?done=approve")
    signed = bea.text()
    bea.page.keyboard.press("n")
    bea.page.wait_for_url(lambda url: "done" not in url)

    assert outline == "3px"
    assert "Approved." in signed
    bea.must_say("Approve and sign")


def test_single_keys_can_be_turned_off_and_never_disturb_typing(
    office: Office, enter: Enter
) -> None:
    """Letters typed into a field are letters; turned off, keys do nothing, on every page."""
    item, bea = office.item(), enter("bea")
    bea.open(path_of(item))
    bea.page.get_by_label("Note (optional)").first.fill("")
    bea.page.get_by_label("Note (optional)").first.type("area")
    typed = bea.page.get_by_label("Note (optional)").first.input_value()
    bea.page.get_by_role("button", name="Turn them off").click()
    bea.open(path_of(item))
    bea.page.keyboard.press("e")

    assert typed == "area"
    assert bea.page.locator("details[open]").count() == 0


def test_pages_need_no_script(office: Office, address: str, browser: Browser) -> None:
    """Where scripts are off, an item is found and signed all the same."""
    office.generate(n=1)
    context = browser.new_context(java_script_enabled=False)
    bea = sign_in(context, address, office, "bea")
    bea.page.get_by_role("link", name=COPY["subject"]).click()
    bea.page.get_by_role("button", name="Approve and sign").click()
    bea.must_say("Approved. It is served from now on")
    context.close()


def test_hostile_copy_is_harmless(office: Office, enter: Enter) -> None:
    """Markup, template code and characters that hide or turn text are shown, never obeyed."""
    brief = {**BRIEF, "goal": "hostile drafts"}
    generation = office.generate(brief=brief, campaign="hostile", n=1)
    ada = enter("ada")

    ada.open(f"/generations/{generation['id']}")
    for summary in ada.page.locator("summary").all():
        summary.click()

    ada.must_say('<script>document.title="owned"</script>')
    ada.must_say("U+202E")
    ada.must_say("{{constructor.constructor('alert(1)')()}}")
    assert "owned" not in ada.page.title().replace('document.title="owned"', "")
    assert ada.page.locator("main img, main script, main b:text-is('bold')").count() == 0
    assert ada.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_leaves_the_server_or_the_screen(
    office: Office, address: str, browser: Browser, scheme: str
) -> None:
    """On a phone no page is wider than the screen, asks another host, or has a nameless field."""
    item = office.item()
    pages = ["/", path_of(item), "/generations", f"/generations/{item['generation_id']}"]
    pages += ["/library", "/campaigns", "/campaigns/spring", "/trust", "/nowhere"]
    context = browser.new_context(viewport=NARROW, color_scheme=scheme)  # type: ignore[arg-type]
    bea = sign_in(context, address, office, "bea")
    for path in pages:
        bea.open(path)
        assert not bea.page.evaluate(TOO_WIDE), path
        assert bea.page.evaluate(UNLABELLED) == [], path
        assert bea.page.locator("h1").count() == bea.page.locator("main").count() == 1, path
    context.close()

    assert all(url.startswith(address) for url in bea.asked_for)
    assert [said for said in bea.complaints if "404" not in said] == []


def test_the_skip_link_leads_past_the_navigation(enter: Enter) -> None:
    """The first Tab shows a link that moves the focus to the content."""
    bea = enter("bea")
    bea.page.keyboard.press("Tab")
    bea.page.keyboard.press("Enter")

    assert bea.page.evaluate("document.activeElement.id") == "main"


def test_words_that_rest_on_the_brief_say_so(office: Office, enter: Enter) -> None:
    """Each marked stretch is described by a line of the list beside it, and told apart by a dot."""
    item = office.item()
    visit = enter("bea")
    visit.open(f"/reviews/{item['id']}")
    marks = visit.page.locator("span.bound")
    described = marks.evaluate_all(
        "all => all.map(one => document.getElementById(one.getAttribute('aria-describedby'))"
        "?.textContent)"
    )
    first = marks.first

    assert described
    assert all(line and "rests on" in line for line in described)
    assert first.get_attribute("title") == "rests on offer.value (20)"
    assert "dotted" in first.evaluate("one => getComputedStyle(one).textDecorationStyle")


def test_what_is_seldom_needed_is_in_a_menu(enter: Enter) -> None:
    """The menu opens by keyboard, closes by Escape with the focus where it was, and leads on."""
    root = enter("root")
    summary = root.page.locator(".menu summary")
    summary.focus()
    root.page.keyboard.press("Enter")
    expect(root.page.get_by_role("link", name="People")).to_be_visible()
    root.page.keyboard.press("Escape")
    expect(root.page.get_by_role("link", name="People")).to_be_hidden()
    expect(summary).to_be_focused()
    summary.click()
    root.page.get_by_role("link", name="Dashboard").click()

    expect(root.page.locator("h1")).to_have_text("Dashboard")
