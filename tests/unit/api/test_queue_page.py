"""The queue's page: narrowed by links with counts, in order of priority, and many at once."""

from __future__ import annotations

from typing import Any

import pytest

from copydesk.api.pages.telling import Told, read
from copydesk.desk.deciding import Decided
from tests.factories import BRIEF, COPY, NOW
from tests.unit.api.browsing import Browser, Page
from tests.unit.api.office import FALSE_COPY, OPERATOR, OTHER_COPY, Office


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
    page = browser.open("/?state=waiting&narrow=campaign")
    narrowed = browser.open("/?state=waiting&campaign=autumn")

    assert "autumn 2" in page.text
    assert "/?state=waiting&campaign=autumn" in page.links
    assert "autumn 2" not in browser.open("/?state=waiting").text
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
    assert "not alike enough to decide on together" in page.text
    assert f"Nothing found, in 1 item: {OTHER_COPY['subject']}" in page.text
    assert "Found by " in page.text
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


def test_the_order_of_a_view_is_followed(office: Office) -> None:
    """Oldest first is a link; a view kept so leads back to that order, and the rows follow it."""
    office.generate(campaign="autumn")
    office.clock.forward(hours=1)
    office.generate(campaign="spring", brief={**BRIEF, "send_at": "2026-03-06T20:00:00Z"})
    browser = Browser(office, "rex")
    urgent = browser.open("/").html
    oldest = browser.open("/?order=oldest")
    browser.send("/views?order=oldest", name="by-age")
    again = browser.open("/")

    assert urgent.index("spring ·") < urgent.index("autumn ·")
    assert oldest.html.index("autumn ·") < oldest.html.index("spring ·")
    assert "/?order=oldest" in again.links
    kept = office.get("rex", "/v1/review-views").json()["items"]
    assert [(one["name"], one["order"]) for one in kept] == [("by-age", "oldest")]


def test_what_was_decided_survives_a_reload(office: Office) -> None:
    """The page that follows is one that is read: loading it again decides nothing anew."""
    office.generate()
    browser = Browser(office, "bea")
    browser.open("/")
    data = {**browser.page.forms["/decisions"], "item": boxes(office), "act": "approve"}
    answer = browser.client.post("/decisions", data=data, follow_redirects=False)
    again = [browser.open(answer.headers["location"]).text for _ in "ab"]

    assert answer.status_code == 303
    assert all("2 of 2 items decided" in text for text in again)


def test_a_bulk_is_taken_back_for_some_seconds(office: Office) -> None:
    """Undo takes back each item; the page tells of that, and offers no undo of the undo."""
    office.generate()
    browser = Browser(office, "bea")
    browser.open("/")
    decided = send(browser, boxes(office), act="approve")
    office.clock.forward(seconds=5)
    browser.page = decided
    page = browser.send("/decisions/undo")

    assert "Undo all for 10 seconds" in decided.text
    assert "2 of 2 items taken back" in page.text
    assert "/decisions/undo" not in page.forms
    assert states(office) == ["waiting", "waiting"]


def test_a_bulk_is_not_taken_back_later(office: Office) -> None:
    """After the seconds the button is gone, and a form that is sent all the same is refused."""
    office.generate()
    browser = Browser(office, "bea")
    browser.open("/")
    browser.page = send(browser, boxes(office), act="approve")
    office.clock.forward(seconds=11)
    page = browser.send("/decisions/undo")

    assert "0 of 2 items taken back" in page.text
    assert "too late to undo" in page.text
    assert states(office) == ["approved", "approved"]


@pytest.mark.parametrize("text", ["nonsense", "eJw=.00", "..", "%00", "x" * 5000])
def test_what_was_told_elsewhere_is_not_believed(office: Office, text: str) -> None:
    """A link from elsewhere cannot have our page say that something was done, nor undo it."""
    office.generate()
    browser = Browser(office, "bea")
    page = browser.open(f"/?told={text}")
    undone = Page(
        browser.client.post("/decisions/undo", data={"csrf": "token of bea", "told": text})
    )

    assert page.status == 200
    assert "decided" not in page.text.replace("decided on together", "")
    assert undone.status == 422


def test_what_was_told_is_of_one_session() -> None:
    """It is nothing in another session; why nothing was done is left out when it is too much."""
    results = [
        Decided(id=f"rev_{n}", done=False, error="conflict", detail=f"{n * 7919 % 9973} " * 40)
        for n in range(100)
    ]
    told = Told(act="reject", at=NOW, results=tuple(results))
    text = told.written("one")
    back = read(text, "one")

    assert read(text, "two") is None
    assert back is not None
    assert len(text) < 8_000
    assert [one.id for one in back.results] == [one.id for one in results]
    assert read(Told(act="undo", at=NOW, results=tuple(results[:1])).written("one"), "one") == Told(
        act="undo", at=NOW, results=tuple(results[:1])
    )


def test_items_without_findings_have_a_link(office: Office) -> None:
    """`none` is a severity to narrow by, on the page and over the API."""
    office.generate()
    browser = Browser(office, "rex")
    page = browser.open("/?narrow=severity")
    link = next(one for one in page.links if "severity=none" in one)
    found = office.get("rex", "/v1/reviews?severity=none").json()["items"]

    assert browser.open(link).html.count('name="item"') == len(found) > 0


def test_a_lease_says_until_when_and_then_that_the_item_is_free(office: Office) -> None:
    """Who holds it, as `you` to themselves; afterwards whose lease ran out and when."""
    office.act("rex", "claim", office.item())
    seen = [Browser(office, who).open("/").text for who in ("bea", "rex")]
    office.clock.forward(hours=1)
    later = Browser(office, "olu").open("/").text

    assert "rex until 12:15 UTC" in seen[0]
    assert "you until 12:15 UTC" in seen[1]
    assert "free the lease of rex ran out 12:15 UTC" in later


def test_the_rows_alone_are_there_to_look_again(office: Office) -> None:
    """The same narrowing and order, without the page around; who may not read has none."""
    office.generate()
    office.generate(campaign="autumn")
    rows = Browser(office, "rex").open("/rows?campaign=autumn")

    assert rows.html.count('<tr id="row-rev_') == 2
    assert "<h1" not in rows.html
    assert Browser(office, "ada").open("/rows").status == 403


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/?campaign=none-such", "No item fits all of campaign: none-such"),
        ("/?state=rejected", "Nothing is rejected"),
        ("/", "Nothing waits for a decision"),
    ],
)
def test_an_empty_list_says_what_to_do(office: Office, address: str, words: str) -> None:
    """Why nothing is there, and the way on."""
    assert words in Browser(office, "rex").open(address).text


def test_an_account_without_a_role_is_told_what_it_lacks(office: Office) -> None:
    """Not an error: the page says what roles there are, and who gives them."""
    office.desk.access.add_user("nora", (), None, OPERATOR)
    page = Browser(office, "nora").open("/")

    assert page.status == 200
    assert "no role on these pages yet" in page.text
    assert Browser(office, "mailer").open("/").status == 200
