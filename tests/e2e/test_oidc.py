"""Signing in with a provider, in a real browser, against a conforming provider's own process."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from copydesk.access import Role
from tests.e2e.browser import listening
from tests.unit.api.office import OPERATOR, Office

pytestmark = [pytest.mark.browser]

BEA = "bea@northpeak.example"
PEOPLE = [
    {"sub": "account of bea", "email": BEA, "email_verified": True},
    {"sub": "account of eve", "email": "eve@northpeak.example", "email_verified": True},
]


@contextmanager
def provider_process() -> Iterator[str]:
    """Run the package oidc-provider-mock, which its authors test for conformance; yield issuer."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    people = [f"--user-claims={json.dumps(person)}" for person in PEOPLE]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), *people]
    issuer = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(f"{issuer}/.well-known/openid-configuration", process)
            yield issuer
        finally:
            process.terminate()


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            urlopen(address, timeout=5).close()
        except OSError:
            assert process.poll() is None, "the provider ended"
            assert time.monotonic() < until, "the provider does not answer"
            time.sleep(0.1)
        else:
            return


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with provider_process() as found:
        yield found


@pytest.fixture
def address(issuer: str) -> Iterator[str]:
    office = Office.opened(oidc_issuer=issuer, oidc_client_id="copydesk", oidc_client_secret="hush")
    office.let_in()
    office.desk.access.add_user(BEA, [Role.REVIEWER, Role.APPROVER], None, OPERATOR)
    with listening(office) as found:
        office.generate()
        yield found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def test_one_click_leads_from_the_door_to_the_queue(page: Page, address: str) -> None:
    """At the door a link to the provider, there a person to choose, then the queue; and out."""
    page.goto(f"{address}/?state=waiting")
    page.get_by_role("link", name="Sign in with 127.0.0.1").click()
    page.get_by_role("button", name="account of bea").click()
    page.wait_for_url(f"{address}/**")

    assert page.get_by_role("heading", level=1).inner_text() == "Queue"
    assert BEA in page.inner_text("body")
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies(address)}
    assert cookies["copydesk_session"]["httpOnly"]
    assert "copydesk_way" not in cookies
    page.get_by_role("button", name="Sign out", exact=True).click()
    assert page.get_by_role("heading", level=1).inner_text() == "Sign in"


def test_who_is_not_known_here_reads_what_to_do(page: Page, address: str) -> None:
    """The provider lets eve in, Copydesk does not, and says so on a page that can be used."""
    page.goto(f"{address}/login")
    page.get_by_role("link", name="Sign in with 127.0.0.1").click()
    page.get_by_role("button", name="account of eve").click()
    page.wait_for_url(f"{address}/**")

    assert "ask an admin of Copydesk to add you" in page.get_by_role("alert").inner_text()
    assert Axe().run(page).violations_count == 0
