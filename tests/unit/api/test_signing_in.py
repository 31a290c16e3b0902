from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from copydesk.api.pages.signing_in import FAILURES_MAX, Patience
from tests.unit.api.browsing import HTML, Browser
from tests.unit.api.office import OPERATOR, PASSWORD, Office


@pytest.fixture(autouse=True)
def a_password(office: Office) -> None:
    office.desk.access.set_password("bea", PASSWORD, OPERATOR)


def test_a_page_sends_strangers_to_the_door_and_back(office: Office) -> None:
    """Whoever is not signed in is sent to /login, and after it to where they wanted to go."""
    browser = Browser(office)
    browser.open("/library")

    assert browser.page.path == "/login"
    assert browser.send("/login", name="bea", password=PASSWORD).path == "/library"


def test_a_wrong_password_is_refused_without_saying_what_was_wrong(office: Office) -> None:
    """A wrong password and an unknown name get the same words, and no session."""
    browser = Browser(office)
    wrong = browser.send("/login", name="bea", password="wrong")
    unknown = browser.send("/login", name="nobody", password="wrong")

    assert wrong.status == unknown.status == 401
    assert "do not belong together" in wrong.text
    assert "do not belong together" in unknown.text
    assert browser.open("/").path == "/login"


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(office: Office) -> None:
    """HttpOnly and SameSite always, Secure on https."""
    plain, safe = Browser(office), Browser(office)
    safe.client = TestClient(office.client.app, base_url="https://testserver", headers=HTML)
    safe.open("/login")

    cookies = [_cookie_after_login(browser) for browser in (plain, safe)]

    assert all("HttpOnly" in cookie and "SameSite=lax" in cookie for cookie in cookies)
    assert ["Secure" in cookie for cookie in cookies] == [False, True]


def _cookie_after_login(browser: Browser) -> str:
    fields = {**browser.page.forms["/login"], "name": "bea", "password": PASSWORD}
    answer = browser.client.post("/login", data=fields, follow_redirects=False)
    cookies: list[str] = answer.headers.get_list("set-cookie")
    return next(cookie for cookie in cookies if cookie.startswith("copydesk_session="))


def test_a_session_does_not_open_the_api(office: Office) -> None:
    """A page of another site that makes the browser call /v1 gets nothing: keys only."""
    browser = Browser(office, "bea")

    assert browser.client.get("/v1/me").status_code == 401
    assert browser.client.post("/v1/reviews/rev_1/approve").status_code == 401


@pytest.mark.parametrize("token", ["", "forged"])
def test_a_form_without_its_token_is_refused(office: Office, token: str) -> None:
    """A form that was not on our page changes nothing."""
    item = office.item()
    browser = Browser(office, "bea")
    browser.open(f"/reviews/{item['id']}")

    page = browser.send(f"/reviews/{item['id']}/approve", csrf=token)

    assert page.status == 403
    assert office.get("bea", f"/v1/reviews/{item['id']}").json()["state"] == "waiting"


def test_the_login_form_has_a_token_too(office: Office) -> None:
    """Another site cannot sign a browser in under a name of its choice."""
    page = Browser(office).send("/login", name="bea", password=PASSWORD, csrf="forged")

    assert page.status == 403


def test_signing_out_ends_the_session_for_good(office: Office) -> None:
    """After signing out the old cookie opens nothing."""
    browser = Browser(office, "bea")
    browser.open("/")
    session = browser.client.cookies["copydesk_session"]
    browser.send("/logout")
    browser.client.cookies.set("copydesk_session", session)

    assert browser.open("/").path == "/login"


@pytest.mark.parametrize(
    "elsewhere",
    ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "/a\n"],
)
def test_signing_in_leads_to_no_other_site(office: Office, elsewhere: str) -> None:
    """Only paths of this site are followed after signing in."""
    browser = Browser(office)

    page = browser.send("/login", name="bea", password=PASSWORD, next=elsewhere)

    assert page.path == "/"


def test_guessing_is_stopped(office: Office) -> None:
    """After too many failures even the right password waits."""
    patience = Patience()
    for _ in range(FAILURES_MAX):
        patience.failed("bea")
    office.client.app.state.patience = patience  # type: ignore[attr-defined]
    browser = Browser(office)

    page = browser.send("/login", name="bea", password=PASSWORD)

    assert page.status == 401
    assert "wait five minutes" in page.text
