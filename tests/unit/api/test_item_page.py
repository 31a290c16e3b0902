"""An item's page: compared with earlier copy, as inboxes show it, checked as typed, held."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import COPY
from tests.unit.api.browsing import Browser, Page
from tests.unit.api.office import FALSE_COPY, HOSTILE_COPY, OTHER_COPY, Office

LOUD = {"subject": "20% off trail shoes!!!", "preheader": "New", "body": "Shop."}


def opened(office: Office, who: str, item: dict[str, Any]) -> tuple[Browser, str]:
    browser, path = Browser(office, who), f"/reviews/{item['id']}"
    browser.open(path)
    return browser, path


def typed(browser: Browser, path: str, **copy: str) -> Page:
    """Send what the edit form of the open page holds to be checked, as htmx does."""
    fields = {**browser.page.forms[f"{path}/edit"], "form": "edit", **copy}
    return Page(browser.client.post(f"{path}/recheck", data=fields))


def test_an_edit_is_shown_word_by_word_in_words_too(office: Office) -> None:
    """What was put in and taken out is marked, and said to whoever does not see marks."""
    browser, path = opened(office, "rex", office.item())

    page = browser.send(f"{path}/edit", subject="25% off trail shoes through March 8")

    assert "Compared with The draft Previous edit" in page.text
    assert "taken out: 20% (end)" in page.text
    assert "put in: 25% (end)" in page.text
    assert "<del>" in page.html
    assert "<ins>" in page.html


def test_copy_is_compared_with_what_was_approved_last_for_the_audience(office: Office) -> None:
    """The last signature for the same campaign and audience is one of the choices, with date."""
    item = office.item()
    other = next(
        one for one in office.get("rex", "/v1/reviews").json()["items"] if one["id"] != item["id"]
    )
    office.act("bea", "approve", other)

    browser, _ = opened(office, "bea", item)

    assert "Last approved" in browser.page.text
    assert "Signed by bea for this audience, 6 Mar 2026" in browser.page.text


def test_an_untouched_draft_differs_from_nothing(office: Office) -> None:
    """There is no previous edit to choose, and the draft is the same."""
    browser, _ = opened(office, "bea", office.item())

    assert "Nothing differs." in browser.page.text
    assert "Previous edit" not in browser.page.text
    assert "Last approved" not in browser.page.text


def test_what_was_refused_is_compared_with_what_stands(office: Office) -> None:
    """Somebody was quicker: the page shows what was typed against the copy of now."""
    item = office.item()
    browser, path = opened(office, "rex", item)
    office.act("bea", "claim", item)

    page = browser.send(f"{path}/edit", subject="My better subject")

    assert "What you typed" in page.text
    assert "put in: My better subject" in page.text
    assert "What you typed was not sent" in page.text
    assert "the lease runs until 2026-03-06 12:15" in page.text


def test_hidden_characters_show_in_a_comparison(office: Office) -> None:
    """A zero-width space that an edit put in is named, as is a line that only grew a break."""
    browser, path = opened(office, "rex", office.item())

    page = browser.send(
        f"{path}/edit", subject="20% off trail\u200b shoes", body=COPY["body"] + "\n"
    )

    assert page.text.count("trailU+200B") >= 2
    assert "put in: new line" in page.text


def test_inboxes_are_shown_light_and_dark_for_each_way_to_fill_tags(office: Office) -> None:
    """Five clients, two schemes, and the longest and a hostile value beside the fallback."""
    item = office.item()
    page = opened(office, "bea", item)[0].page

    for client in ("gmail-web", "gmail-app", "apple-phone", "outlook-desktop", "outlook-web"):
        assert (
            page.html.count(f"mail {client} light") == page.html.count(f"mail {client} dark") == 3
        )
    assert "Merge tags filled with No values Longest Hostile" in page.text
    assert "Hi nnnnnnnnnnnnnnnnnnnn," in page.text
    assert '&lt;b onclick=&#34;x()&#34;&gt;{{ a }}<span class="unseen"' in page.html


def test_a_tag_without_fallback_is_named_where_it_leaves_a_gap(office: Office) -> None:
    """A recipient without the value reads nothing there."""
    browser, path = opened(office, "rex", office.item())

    page = browser.send(f"{path}/edit", subject="{{ first_name }}, 20% off trail shoes")

    assert "Nothing stands for first_name: no value, no fallback." in page.text


def test_copy_is_checked_as_it_is_typed(office: Office) -> None:
    """The answer tells findings, lengths and cuts for each field, and changes nothing."""
    item = office.item()
    browser, path = opened(office, "rex", item)

    answer = typed(browser, path, **FALSE_COPY)

    assert answer.status == 200
    assert 'id="edit-preheader-live" hx-swap-oob="true"' in answer.html
    assert "4.9 is not in the brief" in answer.text
    assert "35 characters, shown whole in every inbox" in answer.text
    assert "As typed: 1 finding. Not saved yet." in answer.text
    assert office.get("rex", f"/v1{path}").json()["copy_now"] == item["copy_now"]


def test_what_is_typed_is_never_obeyed(office: Office) -> None:
    """Markup typed into a field comes back as text, in the suggestion's button too."""
    browser, path = opened(office, "rex", office.item())

    answer = typed(browser, path, **HOSTILE_COPY)

    assert "<script" not in answer.html
    assert "<img" not in answer.html
    assert "&lt;script&gt;" in answer.html


def test_whoever_types_is_told_that_the_item_changed_meanwhile(office: Office) -> None:
    """A check of what is typed says who was quicker, before anything is sent in vain."""
    item = office.item()
    browser, path = opened(office, "rex", item)
    office.act("bea", "edit", item, copy=OTHER_COPY)

    answer = typed(browser, path, subject="Mine")

    assert "The item has changed since you opened it." in answer.text
    assert "The last act was edit by bea" in answer.text


def test_a_check_from_elsewhere_is_refused(office: Office) -> None:
    """Only our own page may ask, and only who may read the item."""
    browser, path = opened(office, "rex", office.item())
    stranger = Browser(office, "mailer")

    forged = typed(browser, path, csrf="forged")
    foreign = stranger.client.post(f"{path}/recheck", data={"csrf": "token of mailer"})

    assert forged.status == 403
    assert foreign.status_code == 403


def test_a_suggestion_is_used_by_its_button(office: Office) -> None:
    """Without a script it is an edit: checked again, on record, another signs."""
    item = office.item()
    edited = office.act("bea", "edit", item, copy=LOUD).json()
    browser, path = opened(office, "rex", edited)
    findings = edited["checked"]["findings"]
    place = next(n for n, one in enumerate(findings, 1) if one["suggestion"] == "!")

    page = browser.send(f"{path}/use", finding=place)

    now = office.get("rex", f"/v1{path}").json()
    assert "Changed as suggested, and checked again" in page.text
    assert now["copy_now"]["subject"] == "20% off trail shoes!"
    assert "rex" in now["editors"]


@pytest.mark.parametrize("finding", [0, 99])
def test_a_suggestion_that_is_not_there_changes_nothing(office: Office, finding: int) -> None:
    """The page says which findings can be taken up."""
    item = office.act("bea", "edit", office.item(), copy=LOUD).json()
    browser, path = opened(office, "rex", item)

    page = browser.send(f"{path}/use", finding=finding)

    assert page.status == 422
    assert "take a finding that suggests something" in page.text
    assert office.get("rex", f"/v1{path}").json()["version"] == item["version"]


def test_a_hold_is_told_with_its_end_and_held_longer(office: Office) -> None:
    """Who holds the item sees until when, and one button makes it longer."""
    browser, path = opened(office, "rex", office.item())
    held = browser.send(f"{path}/claim")
    office.clock.forward(minutes=10)
    longer = browser.send(f"{path}/claim")

    assert "Held by you until 12:15 UTC" in held.text
    assert "Held by you until 12:25 UTC" in longer.text
    assert "Held by rex until 12:25 UTC" in opened(office, "bea", {"id": path[9:]})[0].page.text


def test_a_hold_that_ran_out_is_told_to_both(office: Office) -> None:
    """The one who held it may hold it again; others learn that it is free."""
    browser, path = opened(office, "rex", office.item())
    browser.send(f"{path}/claim")
    office.clock.forward(minutes=16)

    own = browser.open(path)
    other = opened(office, "bea", {"id": path[9:]})[0].page

    assert "Your hold ended at 12:15 UTC. Nobody else has taken the item" in own.text
    assert "Hold it again" in own.text
    assert "rex held it until 12:15 UTC. Anyone may act on it now." in other.text
    assert "Approve and sign" in other.text


def test_variants_stand_side_by_side_with_scores(office: Office) -> None:
    """Each with its copy, verdict, score between bounds and state, and a way to its own page."""
    item = office.item()
    browser, path = opened(office, "bea", item)
    assert f"{path}/variants" in browser.page.links

    page = browser.open(f"{path}/variants")

    assert "2 variants side by side" in page.text
    for shown in (COPY["subject"], OTHER_COPY["preheader"], "The Ridgeline has a 6 mm", "waiting"):
        assert shown in page.text
    assert page.text.count("between 0.") == 2
    assert sum("/reviews/rev_" in link for link in page.links) == 3


def test_the_variants_of_somebody_elses_request_are_not_shown(office: Office) -> None:
    """Who may not read the item may not read what was written beside it."""
    item = office.item()

    page = Browser(office, "mailer").open(f"/reviews/{item['id']}/variants")

    assert page.status == 403


def test_signing_in_again_leads_back_to_the_form(office: Office) -> None:
    """A form sent after the session ended leads, by way of signing in, to the page it stood on."""
    browser, path = opened(office, "rex", office.item())
    browser.client.cookies.clear()
    headers = {"Referer": f"http://testserver{path}"}

    answer = browser.client.post(f"{path}/edit", headers=headers, follow_redirects=False)

    assert answer.headers["location"] == f"/login?next={path}"


def test_an_item_says_when_its_offer_is_over(office: Office) -> None:
    """Before it is signed, with the way out, and after it, when nothing is served of it."""
    item = office.item()
    office.clock.forward(days=3)
    browser, path = opened(office, "bea", item)
    assert "It ended 8 Mar 2026, 23:59 UTC: approved, it would not be served" in browser.page.text

    page = browser.send(f"{path}/approve")

    assert "Approved, but not served: its offer ended 8 Mar 2026, 23:59 UTC" in page.text


def test_the_reason_to_decide_is_told_as_that_of_the_draft_once_copy_was_edited(
    office: Office,
) -> None:
    """Why the draft came to a person may not be true any more of what somebody made of it."""
    browser, path = opened(office, "rex", office.item())
    assert "it was edited since" not in browser.page.text

    page = browser.send(f"{path}/edit", subject=LOUD["subject"])

    assert "So it was when it came; it was edited since." in page.text
