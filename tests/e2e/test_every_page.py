"""What holds for every page: whoever adds one, adds it here by adding it to the app."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, NamedTuple

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from copydesk.api.pages.visits import SESSION_COOKIE
from tests.e2e.browser import NARROW, TOO_WIDE, WATCH, Visit, chromium, listening, sign_in
from tests.e2e.furnished import EVERYBODY, addresses, furnish, hostile_drafts
from tests.unit.api.office import PASSWORD, Office

pytestmark = pytest.mark.browser

DESKTOP = {"width": 1280, "height": 900}
ZOOMED = {"width": 640, "height": 450}
"""What is left of a desktop's screen at 200 %."""
SCHEMES = ("light", "dark")
NO_PAGES = ("/brand", "/dashboard.csv", "/generations/", "/login/oidc", "/rows")
"""Files, fragments that a page asks for, a door to elsewhere, a page without its brand."""
UNFOLD = "document.querySelectorAll('details').forEach(one => one.open = true)"


class Site(NamedTuple):
    """A running office, with one address of each of its pages."""

    office: Office
    address: str
    addresses: list[str]
    paths: list[str]
    browser: Browser

    @contextmanager
    def visited(self, scheme: str, size: dict[str, int]) -> Iterator[Visit]:
        context = self.browser.new_context(color_scheme=scheme, viewport=size)  # type: ignore[arg-type]
        context.add_init_script(WATCH)
        yield sign_in(context, self.address, self.office, EVERYBODY)
        context.close()

    def pages(self, visit: Visit) -> Iterator[str]:
        """Open each page in turn, all that is folded unfolded."""
        for path in self.paths:
            visit.open(path)
            visit.page.evaluate(UNFOLD)
            yield path


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    office = Office.opened(script=hostile_drafts)
    with chromium() as browser, listening(office) as address:
        everything = addresses(furnish(office))
        paths = [path for path in everything if is_page(office, path)]
        yield Site(office, address, everything, paths, browser)


def is_page(office: Office, path: str) -> bool:
    """Return whether a whole page is at this address: not a file, and no fragment of a page."""
    session, _ = office.desk.access.sign_in(EVERYBODY, PASSWORD)
    sent = {"cookie": f"{SESSION_COOKIE}={session}", "accept": "text/html"}
    answer = office.client.get(path, headers=sent, follow_redirects=False)
    return answer.status_code == HTTPStatus.OK and "<!doctype html>" in answer.text[:200]


def test_only_files_and_fragments_are_left_out(site: Site) -> None:
    """A page that fails, or asks for more in its address, is not passed over in silence."""
    left_out = {path for path in site.addresses if path not in site.paths}

    assert {path for path in left_out if not path.startswith(NO_PAGES)} == set()


def complaints(site: Site, scheme: str, size: dict[str, int], look: Callable[[Visit], Any]) -> Any:
    """Return what `look` finds wrong, by page."""
    with site.visited(scheme, size) as visit:
        found = {path: look(visit) for path in site.pages(visit)}
    assert len(found) == len(site.paths)
    return {path: wrong for path, wrong in found.items() if wrong}


def violations(visit: Visit) -> list[str]:
    found = Axe().run(visit.page).response["violations"]
    return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_no_violation(site: Site, scheme: str) -> None:
    """axe-core, all its rules on, has nothing against any page."""
    assert complaints(site, scheme, DESKTOP, violations) == {}


def test_pages_on_a_phone_pass_axe_too(site: Site) -> None:
    """What folds or moves on a narrow screen keeps its names and its contrast."""
    assert complaints(site, "light", NARROW, violations) == {}


@pytest.mark.parametrize("size", [ZOOMED, NARROW], ids=["at 200 %", "on a phone"])
def test_no_page_is_wider_than_its_window(site: Site, size: dict[str, int]) -> None:
    """Nobody scrolls sideways to read, with everything unfolded."""
    assert complaints(site, "light", size, lambda visit: visit.page.evaluate(TOO_WIDE)) == {}


def test_every_page_has_one_heading_and_one_main_part(site: Site) -> None:
    """A screen reader finds where it is, and where the content begins."""

    def outline(visit: Visit) -> bool:
        return visit.page.locator("h1").count() != 1 or visit.page.locator("main").count() != 1

    assert complaints(site, "light", DESKTOP, outline) == {}


def test_hostile_text_stays_text_everywhere(site: Site) -> None:
    """No page makes an element of what people or models wrote, and the policy refuses nothing."""

    def obeyed(visit: Visit) -> list[str]:
        made = visit.page.locator("main :is(.injected, iframe, script, img, object, embed)").count()
        away = visit.page.locator("[href^='javascript:'], [action*='evil.example']").count()
        owned = visit.page.title() == "owned" or visit.page.locator("[onerror], [onload]").count()
        return [*visit.page.evaluate("window.refused"), *["obeyed"] * bool(made or away or owned)]

    assert complaints(site, "light", DESKTOP, obeyed) == {}


def test_no_page_asks_another_server(site: Site) -> None:
    """Styles, scripts, fonts and pictures all come from here, and no page complains of any."""
    with site.visited("light", DESKTOP) as visit:
        opened = list(site.pages(visit))

    assert [url for url in visit.asked_for if not url.startswith(site.address)] == []
    assert visit.complaints == []
    assert opened
