from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from copydesk.generation import Draft, DraftRequest
from tests.e2e.browser import Enter, Visit, chromium, listening, sign_in
from tests.e2e.processes import Desk
from tests.unit.api.office import HOSTILE_COPY, Office, draft, two_drafts


def drafts(request: DraftRequest) -> list[Draft]:
    if "hostile" in request.brief.goal:
        return [draft(HOSTILE_COPY)]
    return two_drafts(request)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def office() -> Office:
    opened = Office.opened(script=drafts)
    opened.let_in()
    return opened


@pytest.fixture
def address(office: Office) -> Iterator[str]:
    with listening(office) as found:
        yield found


@pytest.fixture
def enter(office: Office, address: str, browser: Browser) -> Iterator[Enter]:
    """Give a function that signs a person in at a window of their own."""
    contexts: list[BrowserContext] = []

    def entered(name: str) -> Visit:
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 900}))
        return sign_in(contexts[-1], address, office, name)

    yield entered
    for context in contexts:
        context.close()
