"""The campaign page's section on what was taken out, and its two forms."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.api.browsing import Browser
from tests.unit.api.office import Office
from tests.unit.pushing.bench import settings_at
from tests.unit.pushing.twin import Twin, twin_of, wait_until

PAGE = "/campaigns/spring"


@pytest.fixture
def twin() -> Iterator[Twin]:
    with twin_of("listmonk") as twin:
        yield twin


@pytest.fixture
def ada(twin: Twin, tmp_path: Path) -> Iterator[Browser]:
    """The browser of who asks for copy, in an office that pushes to a listmonk."""
    office = Office.opened(**settings_at(twin, tmp_path))
    office.let_in()
    with office.client:
        office.act("bea", "approve", office.item(n=1))
        yield Browser(office, "ada")


def test_a_file_is_downloaded_and_told_on_the_page(ada: Browser) -> None:
    """The form answers with the file; afterwards the page says who exported how much."""
    fields = {**ada.open(PAGE).forms[f"{PAGE}/export"], "dialect": "braze"}
    answer = ada.client.post(f"{PAGE}/export", data=fields)

    assert answer.headers["content-disposition"] == 'attachment; filename="spring-braze.csv"'
    assert "exported by ada" in ada.open(PAGE).text


def test_a_push_is_ordered_and_told_on_the_page(ada: Browser, twin: Twin) -> None:
    """The form leads back to the page, which says by whom it was pushed and how it stands."""
    ada.open(PAGE)
    page = ada.send(f"{PAGE}/push")
    assert (page.status, page.path, "It is being pushed" in page.text) == (200, PAGE, True)
    wait_until(lambda: "1 pushed" in ada.open(PAGE).text)

    assert "pushed by ada" in ada.page.text
    assert len(twin.things) == 1


def test_what_cannot_be_done_is_said_on_the_page(ada: Browser) -> None:
    """A target or a dialect that is not there is told where the form is."""
    ada.open(PAGE)
    assert "give one of: news" in ada.send(f"{PAGE}/push", target="olds").text
    ada.open(PAGE)
    assert ada.send(f"{PAGE}/export", dialect="pigeon").status == 422
