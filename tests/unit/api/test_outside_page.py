"""The pages for people from outside: made by an approver, used with the link alone."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest

from copydesk.api.pages.guests import COOKIE, WithoutTokens
from tests.factories import COPY
from tests.unit.api.browsing import Browser, Page
from tests.unit.api.office import FALSE_COPY, HOSTILE_COPY, Office

TOKEN = re.compile(r"/outside/(lnk_[^\s<\"]+)")


def made(office: Office, item: dict[str, Any], **typed: Any) -> str:
    """Have bea make a link on the item's page, and return its address as a path."""
    browser = Browser(office, "bea")
    browser.open(f"/reviews/{item['id']}")
    fields = {"person": "Dr. Ng", "asks": "Is the claim sound?", **typed}
    page = browser.send(f"/reviews/{item['id']}/links", **fields)
    found = TOKEN.search(page.html)
    assert found is not None, page.text
    return f"/outside/{found[1]}"


def guest(office: Office, path: str) -> Browser:
    """Open the link in a browser without a session."""
    browser = Browser(office)
    browser.open(path)
    return browser


def test_somebody_from_outside_signs_without_an_account(office: Office) -> None:
    """They read, approve in their name, and are thanked; the item is approved on record."""
    item = office.item()
    path = made(office, item)
    browser = guest(office, path)
    before = browser.page.text
    page = browser.send(f"{path}/approve", note="Sound.")
    now = office.get("rex", f"/v1/reviews/{item['id']}").json()

    assert "Is the claim sound?" in before
    assert COPY["subject"] in before
    assert "You approved this copy. Thank you" in page.text
    assert f"{path}/approve" not in page.forms
    assert now["state"] == "approved"
    assert now["decisions"][-1]["actor"] == "outside:Dr. Ng"


def test_the_page_shows_nothing_of_the_house(office: Office) -> None:
    """No names of those inside, no comments of theirs, no trust, and no way to another page."""
    item = office.item()
    said = {"text": "Our lawyer is slow."}
    office.post("rex", f"/v1/reviews/{item['id']}/comments", json=said)
    page = guest(office, made(office, item)).page

    for inside in ("rex", "ada", "bea", "slow", "/reviews/", "/campaigns", "rusted"):
        assert inside not in page.html
    assert [link for link in page.links if link != "#main"] == []
    assert "<script" not in page.html


def test_the_address_is_told_to_nobody(office: Office) -> None:
    """No referrer, no index, no cache, no session; the cookie is for this page alone."""
    answer = Browser(office).client.get(made(office, office.item()))
    cookie = answer.headers["set-cookie"]

    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert answer.headers["cache-control"] == "no-store"
    assert "script-src" not in answer.headers["content-security-policy"]
    assert cookie.startswith(f"{COOKIE}=")
    for part in ("HttpOnly", "Path=/outside/", "SameSite=strict"):
        assert part in cookie


def test_a_form_from_elsewhere_decides_nothing(office: Office) -> None:
    """Without the token that the page and the cookie share, the page says that nothing was done."""
    item = office.item()
    path = made(office, item)
    forged = guest(office, path).send(f"{path}/approve", csrf="guessed")
    without = Browser(office).client.post(f"{path}/approve", data={"csrf": "", "version": "1"})

    assert (forged.status, without.status_code) == (403, 403)
    assert "Nothing was decided" in forged.text
    assert office.get("rex", f"/v1/reviews/{item['id']}").json()["state"] == "waiting"


def test_a_rejection_needs_its_reason_and_keeps_what_was_typed(office: Office) -> None:
    """What is missing is said, and the note is still there; then the item is rejected."""
    item = office.item()
    path = made(office, item)
    browser = guest(office, path)
    refused = browser.send(f"{path}/reject", reason="other", note="")
    again = browser.send(f"{path}/reject", reason="", note="Too loud.")
    done = browser.send(f"{path}/reject", reason="tone", note="Too loud.")

    assert (refused.status, again.status) == (422, 422)
    assert again.forms[f"{path}/reject"]["note"] == "Too loud."
    assert "You rejected this copy" in done.text
    assert office.get("rex", f"/v1/reviews/{item['id']}").json()["state"] == "rejected"


def test_copy_that_changed_meanwhile_is_shown_anew(office: Office) -> None:
    """A decision on what was read before is not taken; the page says so, and shows what is now."""
    item = office.item()
    path = made(office, item)
    browser = guest(office, path)
    edited = {**COPY, "preheader": "20% off with code TRAIL20, one per order"}
    office.clock.forward(minutes=1)
    office.act("rex", "edit", item, copy=edited)
    page = browser.send(f"{path}/approve", note="Sound.")

    assert page.status == 412
    assert "The copy changed while you read it" in page.text
    assert edited["preheader"] in page.text
    assert page.forms[f"{path}/approve"]["note"] == "Sound."
    assert "rex" not in page.html
    assert "The copy was changed since you were sent this link" in browser.open(path).text


def test_an_item_that_somebody_holds_is_not_decided(office: Office) -> None:
    """The guest is told to come back, without the name of who holds it."""
    item = office.item()
    path = made(office, item)
    browser = guest(office, path)
    item = office.act("rex", "claim", item).json()
    browser.open(path)
    page = browser.send(f"{path}/approve")

    assert page.status == 409
    assert "Somebody is working on this copy" in page.text
    assert "rex" not in page.html


@pytest.mark.parametrize(
    ("days", "words"), [(4, "out of date: ask for a new one"), (0, "This link was revoked")]
)
def test_a_link_that_ended_says_what_to_do(office: Office, days: int, words: str) -> None:
    """Out of date or revoked: in words, with status 410, and without the copy."""
    path = made(office, office.item())
    if days:
        office.clock.forward(days=days)
    else:
        link_id = path.rpartition("/")[2].partition(".")[0]
        office.call("bea", "DELETE", f"/v1/review-links/{link_id}")
    page = guest(office, path).page

    assert page.status == 410
    assert words in page.text
    assert "a new link takes them a minute" in page.text
    assert COPY["subject"] not in page.text


@pytest.mark.parametrize("token", ["nonsense", f"lnk_{'0' * 20}.9999999999.{'A' * 43}", "%F0%9F"])
def test_a_link_that_was_never_made_is_not_found(office: Office, token: str) -> None:
    """It may have been copied in part: the page says how to go on."""
    page = guest(office, f"/outside/{token}").page

    assert page.status == 404
    assert "copy the whole address" in page.text
    assert Page(Browser(office).client.post(f"/outside/{token}/approve")).status == 404


def test_a_guest_may_be_asked_for_comments_alone(office: Office) -> None:
    """The page has no form to decide, one made up is refused, and what they say is kept once."""
    item = office.item()
    path = made(office, item, may="comment")
    browser = guest(office, path)
    fields = browser.page.forms[f"{path}/comment"]
    said = [browser.client.post(f"{path}/comment", data={**fields, "text": "Ok"}) for _ in "ab"]
    forged = browser.client.post(f"{path}/approve", data={**fields, "version": "1"})
    comments = office.get("rex", f"/v1/reviews/{item['id']}/comments").json()["items"]

    assert f"{path}/approve" not in browser.page.forms
    assert "Your comment is with" in Page(said[0]).text
    assert forged.status_code == 403
    assert [one["by"] for one in comments] == ["outside:Dr. Ng"]


def test_copy_decided_without_the_guest_is_told(office: Office) -> None:
    """There is nothing left to do, and the page says so."""
    item = office.item()
    path = made(office, item)
    office.act("bea", "approve", item)
    page = guest(office, path).page

    assert "It was decided without you" in page.text
    assert f"{path}/approve" not in page.forms


def test_links_are_listed_with_their_state_and_revoked(office: Office) -> None:
    """On the item's page; the token is on no page but the one that made it."""
    item = office.item()
    path = made(office, item)
    browser = Browser(office, "olu")
    page = browser.open(f"/reviews/{item['id']}")
    action = next(one for one in page.forms if one.startswith("/review-links/"))
    after = browser.send(action)

    assert "Dr. Ng open" in page.text
    assert path.partition("/outside/")[2] not in page.html
    assert "Dr. Ng revoked" in after.text
    assert guest(office, path).page.status == 410


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"days": "31"}, "a whole number from 1 to 30"),
        ({"days": "soon"}, "a whole number from 1 to 30"),
        ({"person": " "}, "person"),
        ({"reviews_as": "legal"}, "does not hold the reviewer role legal"),
    ],
)
def test_a_link_that_may_not_be_made_is_refused(
    office: Office, typed: dict[str, Any], words: str
) -> None:
    """What is wrong is said above the form, with nothing typed lost."""
    item = office.item()
    browser = Browser(office, "bea")
    browser.open(f"/reviews/{item['id']}")
    action = f"/reviews/{item['id']}/links"
    page = browser.send(action, **{"person": "Dr. Ng", "asks": "Sound?", **typed})

    assert page.status in {403, 422}
    assert words in page.text
    assert page.forms[action]["asks"] == "Sound?"


def test_only_an_approver_who_wrote_nothing_has_the_form(office: Office) -> None:
    """A reviewer has none; who edited the copy has none either, and is refused on the page."""
    item = office.item()
    action = f"/reviews/{item['id']}/links"
    edited = office.act("bea", "edit", item, copy=FALSE_COPY).json()
    bea = Browser(office, "bea")
    pages = [one.open(f"/reviews/{edited['id']}") for one in (Browser(office, "rex"), bea)]
    fields = {"csrf": "token of bea", "person": "Dr. Ng", "days": "3"}
    refused = Page(bea.client.post(action, data=fields))

    assert [action in page.forms for page in pages] == [False, False]
    assert refused.status in {403, 409}
    assert "another must invite" in refused.text


def test_hostile_text_is_text(office: Office) -> None:
    """Copy, name and question may hold markup and characters that hide: all of it is shown."""
    item = office.item()
    item = office.act("rex", "edit", item, copy=HOSTILE_COPY).json()
    path = made(office, item, person="<b>Ng</b>", asks="<img src=x> {{ 7*7 }}")
    page = guest(office, path).page

    for markup in ("<script", "<img", "<b>Ng"):
        assert markup not in page.html
    assert "{{ 7*7 }}" in page.text
    assert "U+202E" in page.text


def test_a_server_log_holds_no_token(office: Office) -> None:
    """Lines of the server's log of requests lose what stands behind /outside/."""
    path = made(office, office.item())
    args = ("127.0.0.1:5", "GET", f"{path}?done=approve", "1.1", 200)
    line = logging.LogRecord("uvicorn.access", 20, "", 1, '%s - "%s %s HTTP/%s" %d', args, None)

    assert WithoutTokens().filter(line)
    assert "/outside/...?done=approve" in line.getMessage()
    assert "lnk_" not in line.getMessage()
    assert any(
        isinstance(one, WithoutTokens) for one in logging.getLogger("uvicorn.access").filters
    )
