"""The queue's page: narrowed by links with counts, in order of priority, and many at once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import COPY
from tests.unit.api.browsing import Browser, Page
from tests.unit.api.office import FALSE_COPY, OTHER_COPY, Office


def boxes(office: Office) -> list[str]:
    """Return what the boxes of all items hold, the most urgent first."""
    items = office.get("rex", "/v1/reviews").json()["items"]
    return [f"{item['id']}:{item['version']}" for item in items]


def send(browser: Browser, items: list[str], address: str = "/decisions", **typed: Any) -> Page:
    """Select items and press a button."""
    fields = {**browser.page.forms["/decisions"], "item": items, **typed}
    return Page(browser.client.post(address, data=fields))


def states(office: Office) -> list[str]:
    found = office.get("rex", "/v1/reviews").json()["items"]
    return sorted(item["state"] for item in found)


def test_the_priority_is_told_in_its_parts(office: Office) -> None:
    """Each row has the sum, what adds up to it, and when it is due."""
    office.generate()

    page = Browser(office, "rex").open("/")

    for shown in ("risk:", "age:", "sending:", "due 7 Mar 2026"):
        assert shown in page.text


def test_links_narrow_the_list_and_tell_how_many(office: Office) -> None:
    """A value comes with its count, its link adds it to what was chosen, another takes it away."""
    office.item()
    office.generate(campaign="autumn")
    browser = Browser(office, "rex")
    page = browser.open("/?state=waiting")
    narrowed = browser.open("/?state=waiting&campaign=autumn")

    assert "autumn 2" in page.text
    assert "/?state=waiting&campaign=autumn" in page.links
    assert "/?state=waiting" in narrowed.links
    assert narrowed.html.count('name="item"') == 2
    assert browser.open("/?campaign=autumn&campaign=spring").html.count('name="item"') == 4


def test_words_find_items(office: Office) -> None:
    """The form keeps what the list is narrowed by already; an empty one finds all."""
    office.generate()
    browser = Browser(office, "rex")
    found = browser.open("/?campaign=spring&text=mud+SEASON:")

    assert found.forms["/"]["campaign"] == "spring"
    assert OTHER_COPY["subject"] in found.text
    assert COPY["subject"] not in found.text
    assert COPY["subject"] in browser.open("/?text=").text


@pytest.mark.parametrize("address", ["/?colour=red", "/?after=rev_1", "/?late=soon", "/?state=x"])
def test_an_address_that_says_nothing_known_is_refused(office: Office, address: str) -> None:
    """Nothing is left out of what was asked for without a word."""
    assert Browser(office, "rex").open(address).status == 422


def test_late_items_and_ones_own_have_their_links(office: Office) -> None:
    """Both are counted in the list, and fit by their link."""
    item = office.item()
    office.act("rex", "claim", item)
    office.clock.forward(days=3)
    browser = Browser(office, "rex")

    page = browser.open("/")

    assert "late 2" in page.text
    assert browser.open("/?late=true").html.count('name="item"') == 2
    assert "No item fits" in browser.open("/?claimed=me").text


def test_several_items_are_approved_at_once(office: Office) -> None:
    """Each is told with its subject; the list stays narrowed as it was."""
    office.generate()
    browser = Browser(office, "bea")
    browser.open("/")

    page = send(browser, boxes(office), "/decisions?campaign=spring", act="approve", reason="tone")

    assert "2 of 2 items decided" in page.text
    assert f"{COPY['subject']}: approved" in page.text
    assert "campaign: spring" in page.text
    assert states(office) == ["approved", "approved"]


def test_what_one_item_refuses_stops_no_other(office: Office) -> None:
    """Items that changed since they were read are named with why nothing was done."""
    item = office.item()
    browser = Browser(office, "rex")
    browser.open("/")
    selected = boxes(office)
    office.act("bea", "claim", item)

    page = send(browser, selected, act="reject", reason="tone", note="Loud.")

    assert "1 of 2 items decided" in page.text
    assert "is at version 2, you read 1" in page.text
    assert states(office) == ["claimed", "rejected"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"act": "reject", "reason": ""}, "to reject, give a reason"),
        ({"act": "reject", "reason": "other"}, "needs a note"),
        ({"act": "approve", "item": []}, "Select at least one item."),
        ({"act": "approve", "item": ["nonsense"]}, "items"),
        ({"act": "burn"}, "act"),
    ],
)
def test_a_decision_that_lacks_something_does_nothing(
    office: Office, typed: dict[str, Any], words: str
) -> None:
    """The page says what is needed, and what was selected stays so."""
    office.generate()
    browser = Browser(office, "bea")
    browser.open("/")
    items = boxes(office)

    page = send(browser, typed.pop("item", items), **typed)

    assert page.status == 422
    assert words in page.text
    assert states(office) == ["waiting", "waiting"]


def test_items_with_different_findings_are_not_decided_on_together(office: Office) -> None:
    """Nothing is done, the page says why, and the boxes stay checked."""
    office.act("rex", "edit", office.item(), copy=FALSE_COPY)
    browser = Browser(office, "bea")
    browser.open("/")

    page = send(browser, boxes(office), act="reject", reason="tone")

    assert page.status == 409
    assert "cannot be decided together" in page.text
    assert page.html.count(" checked>") == 2
    assert states(office) == ["waiting", "waiting"]


def test_a_selection_from_elsewhere_is_refused(office: Office) -> None:
    """Without the token of the session's own pages nothing is decided."""
    office.generate()
    browser = Browser(office, "bea")
    browser.open("/")

    page = send(browser, boxes(office), act="approve", csrf="guessed")

    assert page.status == 403
    assert states(office) == ["waiting", "waiting"]


def test_who_only_reads_has_no_boxes(office: Office) -> None:
    """An admin reads the queue; a selection sent all the same is refused, and so is a requester."""
    office.generate()
    browser = Browser(office, "root")
    page = browser.open("/")
    token = page.forms["/decisions"]["csrf"]
    typed = {"csrf": token, "item": boxes(office), "act": "approve"}

    refused = Page(browser.client.post("/decisions", data=typed))

    assert 'name="item"' not in page.html
    assert refused.status == 403
    assert "This needs the role reviewer or approver" in refused.text


def test_fifty_boxes_can_be_sent(office: Office) -> None:
    """A whole page of the queue is one selection."""
    office.generate()
    browser = Browser(office, "bea")
    browser.open("/")
    items = [*boxes(office), *(f"rev_gone{number}:1" for number in range(48))]

    assert "2 of 50 items decided" in send(browser, items, act="approve").text


def test_a_view_is_kept_used_and_forgotten(office: Office) -> None:
    """What the list is narrowed by gets a name, a link, and a button to forget it."""
    office.generate()
    browser = Browser(office, "rex")
    browser.open("/?campaign=spring&late=false")
    kept = browser.send("/views?campaign=spring&late=false", name="my-spring")
    elsewhere = browser.open("/")
    gone = browser.send("/views", forget="my-spring")

    assert "my-spring" in kept.text
    assert "/?campaign=spring&late=false" in elsewhere.links
    assert "my-spring" not in gone.text
    assert office.get("rex", "/v1/review-views").json() == {"items": []}


def test_a_view_without_a_proper_name_or_token_is_not_kept(office: Office) -> None:
    """The page says what a name may be; a form from elsewhere is refused."""
    browser = Browser(office, "rex")
    browser.open("/?campaign=spring")
    action = "/views?campaign=spring"

    nameless = browser.send(action, name="")
    forged = browser.send(action, name="my-spring", csrf="guessed")

    assert (nameless.status, forged.status) == (422, 403)
    assert office.get("rex", "/v1/review-views").json() == {"items": []}
