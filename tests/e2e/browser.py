"""A real Chromium in front of a real server: what people see and do."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.unit.api.office import OPERATOR, PASSWORD, Office

FLAGS = [
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NARROW = {"width": 390, "height": 844}
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
WATCH = """window.refused = [];
document.addEventListener("securitypolicyviolation",
  event => window.refused.push(`${event.violatedDirective} ${event.blockedURI}`));"""
"""Run before a page is, remembers in `window.refused` what the policy of content refused."""
WITHIN_MS = 20_000
"""So long a page may take to show what is expected, on a busy machine."""
NOT_FOUND = "Chromium is not installed: apt-get install -y --no-install-recommends chromium"


class Visit(NamedTuple):
    """One person at one window, with what the window asked for and complained about."""

    page: Page
    address: str
    asked_for: list[str]
    complaints: list[str]

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)

    def must_say(self, words: str) -> None:
        """Wait until the page says this: what was clicked may take a while on a busy machine."""
        expect(self.page.locator("body")).to_contain_text(words, use_inner_text=True)

    def text(self) -> str:
        return " ".join(self.page.inner_text("body").split())


Enter = Callable[[str], Visit]
"""Signs a person in at a window of their own."""


def path_of(item: Mapping[str, Any]) -> str:
    return f"/reviews/{item['id']}"


@contextmanager
def chromium() -> Iterator[Browser]:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.fail(NOT_FOUND, pytrace=False)
    expect.set_options(timeout=WITHIN_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def listening(office: Office) -> Iterator[str]:
    """Serve the office's app from a thread; yield its address."""
    config = uvicorn.Config(office.client.app, port=0, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(30)


def sign_in(context: BrowserContext, address: str, office: Office, name: str) -> Visit:
    """Sign in as `name`, through the page."""
    office.desk.access.set_password(name, PASSWORD, OPERATOR)
    page = context.new_page()
    visit = Visit(page, address, [], [])
    page.on("request", lambda request: visit.asked_for.append(request.url))
    page.on("console", lambda message: visit.complaints.append(message.text))
    page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    visit.open("/login")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/login" not in url)
    return visit
