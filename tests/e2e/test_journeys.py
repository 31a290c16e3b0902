"""One piece of copy on its way through several hands, each at a window of their own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import Enter, Visit, path_of
from tests.factories import COPY
from tests.unit.api.office import Office

pytestmark = pytest.mark.browser

BOLD_COPY = {**COPY, "subject": "Guaranteed dry feet: 20% off trail shoes"}
CLEARER = "20% off trail shoes, until March 8"


def at(visit: Visit, item: dict[str, Any]) -> Page:
    visit.open(path_of(item))
    return visit.page


def unfold(page: Page, name: str) -> None:
    page.locator("summary", has_text=name).first.click()


def test_changes_are_asked_for_answered_and_signed(office: Office, enter: Enter) -> None:
    """A reviewer asks, the requester changes the copy and says so, and another person signs it."""
    item, rex, ada, bea = office.item(), enter("rex"), enter("ada"), enter("bea")
    page = at(rex, item)
    unfold(page, "Ask for changes")
    page.get_by_label("What should ada change?").fill("Say until when, in the subject.")
    page.get_by_role("button", name="Send back to ada").click()
    expect(page.locator(".notice")).to_contain_text("Sent back to ada")

    ada.open("/generations")
    ada.page.get_by_role("link", name=COPY["subject"]).first.click()
    expect(ada.page.locator(".asked")).to_contain_text("Say until when, in the subject.")
    ada.page.get_by_role("textbox", name="Subject").fill(CLEARER)
    ada.page.get_by_label("What you say to it").fill("It does now.")
    ada.page.get_by_role("button", name="Answer").click()
    expect(ada.page.locator(".notice")).to_contain_text("Answered")

    bea.open("/")
    bea.page.get_by_role("link", name=CLEARER).click()
    expect(bea.page.locator(".history")).to_contain_text("It does now.")
    bea.page.get_by_role("button", name="Approve and sign").click()
    expect(bea.page.locator(".notice")).to_contain_text("Approved.")
    assert office.get("mailer", "/v1/pull/spring").json()["subject"] == CLEARER


def test_a_finding_is_dismissed_with_its_reason(office: Office, enter: Enter) -> None:
    """The finding stays to be seen, with who dismissed it and why, and the copy can be signed."""
    item = office.act("rex", "edit", office.item(), copy=BOLD_COPY).json()
    page = at(enter("bea"), item)
    assert "review" in page.locator(".head .badge.review").inner_text()

    unfold(page, "Dismiss")
    page.get_by_label("Why does it not apply?").first.select_option("other")
    page.get_by_label("Note (needed for “other”)").first.fill("The terms are on the landing page")
    page.get_by_role("button", name="Dismiss finding 1").click()

    expect(page.locator(".note .dismissed")).to_contain_text("bea dismissed it")
    expect(page.locator(".note .dismissed")).to_contain_text("on the landing page")
    expect(page.locator(".head .verdict")).to_contain_text("1 finding, 1 dismissed")
    page.get_by_role("button", name="Approve and sign").click()
    expect(page.locator(".notice")).to_contain_text("Approved.")


def test_an_approval_is_taken_back_at_once_and_not_later(office: Office, enter: Enter) -> None:
    """Undo puts the item back as it was; when its seconds are over, nobody is offered it."""
    item, bea = office.item(), enter("bea")
    page = at(bea, item)
    page.get_by_role("button", name="Approve and sign").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("u")
    page.keyboard.press("Enter")
    expect(page.locator(".notice")).to_contain_text("Taken back")
    assert office.get("bea", f"/v1{path_of(item)}").json()["state"] == "waiting"

    page.get_by_role("button", name="Approve and sign").click()
    expect(page.get_by_role("button", name="Undo")).to_have_count(1)
    office.clock.forward(seconds=30)
    page.reload()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)


def test_an_edit_after_the_hold_ended_and_another_signed_is_told_and_kept(
    office: Office, enter: Enter
) -> None:
    """Whoever held the item too long reads who decided, and finds the words that were typed."""
    item, rex, bea = office.item(), enter("rex"), enter("bea")
    page = at(rex, item)
    page.get_by_role("button", name="Claim").click()
    unfold(page, "Edit")
    page.get_by_role("textbox", name="Subject").fill(CLEARER)
    office.clock.forward(minutes=20)
    at(bea, item).get_by_role("button", name="Approve and sign").click()
    expect(bea.page.locator(".notice")).to_contain_text("Approved.")

    page.get_by_role("button", name="Save and check again").click()

    expect(page.locator(".notice.bad")).to_be_visible()
    rex.must_say("bea approved it")
    assert CLEARER in rex.text() + "".join(
        page.locator("textarea").evaluate_all("all => all.map(one => one.value)")
    )
    approved = office.get("bea", f"/v1{path_of(item)}").json()
    assert approved["copy_now"]["subject"] == COPY["subject"]


def test_a_review_by_keyboard_alone(office: Office, enter: Enter) -> None:
    """From the queue into an item, its subject edited and checked again, and back to the queue."""
    office.item()
    rex = enter("rex")
    for key in ("j", "Enter"):
        rex.page.keyboard.press(key)
    rex.page.wait_for_url("**/reviews/*")
    rex.page.wait_for_load_state()
    rex.page.keyboard.press("e")
    expect(rex.page.get_by_role("textbox", name="Subject")).to_be_focused()
    rex.page.keyboard.press("Control+a")
    rex.page.keyboard.type(CLEARER)
    for _ in range(12):
        if rex.page.evaluate("document.activeElement.textContent") == "Save and check again":
            break
        rex.page.keyboard.press("Tab")
    rex.page.keyboard.press("Enter")

    rex.page.wait_for_url("**/reviews/*?done=edit")
    rex.must_say("Changed, and checked again. Another person signs it.")
    expect(rex.page.locator("h1")).to_have_text(CLEARER)
    rex.page.keyboard.press("q")
    rex.page.wait_for_url(lambda url: "/reviews/" not in url)


def test_the_evidence_of_a_shipped_line_is_two_clicks_away(
    office: Office, enter: Enter, tmp_path: Path
) -> None:
    """From the library to the pack, and the pack as a file, with its signature and its pull."""
    item, bea = office.item(), enter("bea")
    assert office.act("bea", "approve", item).status_code == 200
    office.get("mailer", "/v1/pull/spring")
    bea.open("/library")
    bea.page.get_by_role("link", name="Evidence").first.click()
    expect(bea.page.locator("h1")).to_be_visible()
    with bea.page.expect_download() as waiting:
        bea.page.get_by_role("link", name="JSON").click()
    waiting.value.save_as(tmp_path / "pack.json")

    pack = json.loads((tmp_path / "pack.json").read_text())
    bea.must_say(COPY["subject"])
    assert "bea" in json.dumps(pack["signatures"])
    assert COPY["subject"] in json.dumps(pack)
