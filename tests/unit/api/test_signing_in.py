from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from copydesk.api.pages.visits import UNATTENDED
from copydesk.desk.throttling import FOR_PLACE
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
    return next(cookie for cookie in cookies if "copydesk_session=" in cookie)


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
    """After too many failures even the right password waits; the page says for how long."""
    browser = Browser(office)
    _fail(browser, FOR_PLACE)

    answer = browser.client.post("/login", data=_filled(browser, PASSWORD))

    assert (answer.status_code, answer.headers["retry-after"]) == (429, "900")
    assert "wait 15 minutes, then try again" in answer.text
    office.clock.forward(minutes=15, seconds=1)
    assert browser.send("/login", name="bea", password=PASSWORD).path == "/"


def test_names_that_nobody_has_are_stopped_in_the_same_words(office: Office) -> None:
    """Whether a name exists cannot be told from when guessing stops, nor from the words."""
    pages = []
    for name in ("bea", "nobody"):
        browser = Browser(office)
        _fail(browser, FOR_PLACE, name)
        pages.append(browser.send("/login", name=name, password="wrong").text)

    assert pages[0] == pages[1]


def test_a_browser_that_signed_in_before_is_not_locked_out_by_others(office: Office) -> None:
    """Somebody fails under a name on purpose: its owner's own browser still lets the owner in."""
    owner, stranger = Browser(office), Browser(office)
    owner.send("/login", name="bea", password=PASSWORD)
    owner.send("/logout")
    _fail(stranger, FOR_PLACE)

    assert stranger.send("/login", name="bea", password=PASSWORD).status == 429
    assert owner.send("/login", name="bea", password=PASSWORD).path == "/"


def test_what_makes_a_browser_known_cannot_be_made_up(office: Office) -> None:
    """A cookie that was not sealed here, or for another name, makes no difference."""
    office.desk.access.set_password("rex", PASSWORD, OPERATOR)
    browser = Browser(office)
    browser.send("/login", name="rex", password=PASSWORD)
    browser.send("/logout")
    _fail(browser, FOR_PLACE)
    assert browser.send("/login", name="bea", password=PASSWORD).status == 429

    browser.client.cookies.set("copydesk_known", "forged")
    assert browser.send("/login", name="bea", password=PASSWORD).status == 429


def _fail(browser: Browser, times: int, name: str = "bea") -> None:
    for _ in range(times):
        browser.client.post("/login", data=_filled(browser, "wrong password", name))


def _filled(browser: Browser, password: str, name: str = "bea") -> dict[str, str]:
    return {**browser.page.forms["/login"], "name": name, "password": password}


def test_signing_in_again_ends_the_session_before(office: Office) -> None:
    """Each sign-in has a new id, and the one that the browser brought is worth nothing then."""
    browser = Browser(office)
    browser.send("/login", name="bea", password=PASSWORD)
    first = browser.client.cookies["copydesk_session"]
    browser.open("/login")
    browser.send("/login", name="bea", password=PASSWORD)

    assert browser.client.cookies["copydesk_session"] != first
    assert office.desk.access.actor_of_session(first) is None


def test_a_session_ends_when_it_is_idle(office: Office) -> None:
    """An hour without a click ends it; clicks in time keep it, up to twelve hours in all."""
    browser = Browser(office)
    browser.send("/login", name="bea", password=PASSWORD)
    for _ in range(12):
        office.clock.forward(minutes=59)
        assert browser.open("/").path == "/"
    office.clock.forward(minutes=12)
    assert browser.open("/").path == "/login"

    browser.send("/login", name="bea", password=PASSWORD)
    office.clock.forward(minutes=60)
    assert browser.open("/").path == "/login"


def test_what_a_page_asks_by_itself_keeps_nobody_signed_in(office: Office) -> None:
    """A page left open that looks for news every minute is not somebody at work."""
    browser = Browser(office)
    browser.send("/login", name="bea", password=PASSWORD)
    office.clock.forward(minutes=59)
    answer = browser.client.get("/", headers={UNATTENDED: "1"})
    assert answer.url.path == "/"
    office.clock.forward(minutes=1)

    assert browser.open("/").path == "/login"


def test_signing_out_everywhere_ends_every_session(office: Office) -> None:
    """One click on one machine ends the sessions on all of them; another's stay."""
    here, there, other = Browser(office), Browser(office), Browser(office, "rex")
    for browser in (here, there):
        browser.send("/login", name="bea", password=PASSWORD)
    token = here.page.forms["/logout"]["csrf"]

    assert here.client.post("/logout/everywhere").status_code == 403
    assert here.client.post("/logout/everywhere", data={"csrf": token}).url.path == "/login"

    assert there.open("/").path == "/login"
    assert other.open("/").path == "/"


def test_on_https_cookies_are_bound_to_this_host(office: Office) -> None:
    """Their names begin with __Host-, and a session cookie of a plain name opens nothing there."""
    browser = Browser(office)
    browser.client = TestClient(office.client.app, base_url="https://testserver", headers=HTML)
    browser.open("/login")
    browser.send("/login", name="bea", password=PASSWORD)
    names = set(browser.client.cookies.keys())
    session = browser.client.cookies["__Host-copydesk_session"]

    assert names == {"__Host-copydesk_session", "__Host-copydesk_known"}
    browser.client.cookies.clear()
    browser.client.cookies.set("copydesk_session", session)
    assert browser.open("/").path == "/login"


def test_signing_out_on_https_takes_the_cookie_back(office: Office) -> None:
    """A browser obeys for a __Host- cookie only when Path and Secure are there, too."""
    client = TestClient(office.client.app, base_url="https://testserver", headers=HTML)
    browser = Browser(office)
    browser.client = client
    browser.open("/login")
    browser.send("/login", name="bea", password=PASSWORD)
    fields = {"csrf": browser.page.forms["/logout"]["csrf"]}
    answer = client.post("/logout", data=fields, follow_redirects=False)

    (gone,) = answer.headers.get_list("set-cookie")
    assert gone.startswith('__Host-copydesk_session=""; ')
    assert all(part in gone for part in ("Max-Age=0", "Path=/", "Secure", "HttpOnly"))
