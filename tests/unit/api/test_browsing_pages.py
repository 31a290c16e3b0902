"""The library, the campaigns and the brands, in a browser without scripts."""

from __future__ import annotations

import pytest

from tests.contract.nouns import an_approved, later
from tests.factories import AUDIENCE, BRAND, BRIEF
from tests.unit.api.browsing import Browser
from tests.unit.api.office import Office

LIBRARY = "/library"


def signed(office: Office, **changes: object) -> None:
    """Have copy asked for by ada and signed by bea."""
    office.act("bea", "approve", office.item(**changes))


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("", True),
        ("?text=TRAIL+mud", True),
        ("?q=mud", True),
        ("?text=umbrella", False),
        ("?campaign=spring&brand=Northpeak&kind=promotion&locale=en-US&state=approved", True),
        ("?audience=lapsed-runners", True),
        ("?state=recalled", False),
        ("?brand=Larkfell", False),
    ],
)
def test_the_library_is_searched_and_narrowed(office: Office, query: str, is_found: bool) -> None:
    """All that is asked for must be true of a copy that is shown."""
    signed(office)

    page = Browser(office, "ada").open(LIBRARY + query)

    assert page.status == 200
    assert ("signed by bea" in page.text) is is_found
    assert ("No approved copy fits" in page.text) is not is_found


@pytest.mark.parametrize("query", ["?kind=nonsense", "?after=!!", "?state=lost", "?nothing=1"])
def test_a_narrowing_that_is_none_is_told(office: Office, query: str) -> None:
    """The page says what is wrong, and shows nothing that was not asked for."""
    signed(office)

    page = Browser(office, "ada").open(LIBRARY + query)

    assert page.status == 422
    assert "to put right" in page.text
    assert "signed by" not in page.text


def test_the_library_tells_pulls_and_why_copy_was_recalled(office: Office) -> None:
    """Beside each copy stands how often tools took it, and the reason when it was stopped."""
    signed(office)
    office.get("mailer", "/v1/pull/spring")
    office.desk.serving.counts.write()
    browser = Browser(office, "ada")
    assert "pulled 1 time" in browser.open(LIBRARY).text

    with office.desk.store.transaction() as tx:
        found = tx.library.find()[0]
        tx.library.withdraw("spring", found.id, "the offer ended")
    page = browser.open(f"{LIBRARY}?state=recalled")
    assert "Recalled: the offer ended" in page.text


def test_copy_whose_facts_changed_is_told_as_void(office: Office) -> None:
    """Nobody withdrew it, and it is served no more."""
    signed(office)
    other = Browser(office, "ada")
    other.open("/campaigns/spring")
    brief = {**BRIEF, "cta": "Shop now"}
    office.call("ada", "PUT", "/v1/campaigns/spring/brief", version=1, json=brief)

    assert "Not served: brief, brand, audience or policy changed" in other.open(LIBRARY).text


def test_a_campaign_says_when_its_offer_is_over(office: Office) -> None:
    """What was signed is then not called served, and what would be right is said."""
    signed(office)
    assert "Served now" in Browser(office, "bea").open("/campaigns/spring").text

    office.clock.forward(days=3)
    page = Browser(office, "rex").open("/campaigns/spring")

    assert "it ended 8 Mar 2026, 23:59 UTC. Change the brief" in page.text
    assert "not served for lapsed-runners" in page.text
    assert "Served now" not in page.text


def test_the_library_goes_on_from_page_to_page(office: Office) -> None:
    """The link to older copy leads on until all was shown, each once."""
    with office.desk.store.transaction() as tx:
        for number in range(30):
            at = later(number)
            tx.library.add(an_approved(f"var_{number}", approved_at=at, brand="Northpeak"))
    browser = Browser(office, "ada")

    first = browser.open(f"{LIBRARY}?campaign=spring")
    older = next(link for link in first.links if "after=" in link)
    second = browser.open(older.replace("&amp;", "&"))

    assert (first.html.count('class="out"'), second.html.count('class="out"')) == (25, 5)
    assert not any("after=" in link for link in second.links)


def test_campaigns_are_told_at_a_glance(office: Office) -> None:
    """How much is approved and waits, how often it was pulled, the fallback, and what ends next."""
    office.generate()
    browser = Browser(office, "ada")

    text = browser.open("/campaigns").text

    assert "0 approved 2 waiting" in text
    assert "never" in text
    assert "none" in text
    assert "goes out in 21 h" in text


def test_a_brand_is_shown_with_what_is_known_of_it(office: Office) -> None:
    """Its voice, its words, its samples, and how its copy fared."""
    signed(office)
    browser = Browser(office, "ada")
    assert "Northpeak" in browser.open("/brands").text

    page = browser.open("/brand?name=Northpeak")

    for shown in ("dry humour", "crush it", "runners", BRAND["samples"][0], "signed as written"):
        assert shown in page.text
    assert "100 %" in page.text


def test_a_text_is_measured_against_a_brand(office: Office) -> None:
    """With too few samples there is no score, and the page says how many are needed."""
    office.generate()
    browser = Browser(office, "ada")
    browser.open("/brand?name=Northpeak")
    action = next(one for one in browser.page.forms if one.startswith("/brand"))

    page = browser.send(action, text="The mud is back. So are we.")

    assert "No score" in page.text
    assert page.forms[action]["text"] == "The mud is back. So are we."
    assert browser.send(action, text=" ").status == 422


def test_a_brand_that_nobody_asked_for_is_not_found(office: Office) -> None:
    """The page says so."""
    assert Browser(office, "ada").open("/brand?name=Nobody").status == 404


@pytest.mark.parametrize(
    ("path", "teaches"),
    [
        ("/library", "Nothing is approved yet"),
        ("/campaigns", "No campaign yet"),
        ("/brands", "No brand is known yet"),
    ],
)
def test_empty_pages_teach_what_to_do(office: Office, path: str, teaches: str) -> None:
    """Before anything was asked for each page says what comes there, and leads on."""
    page = Browser(office, "ada").open(path)

    assert teaches in page.text
    assert "/ask" in page.links


@pytest.mark.parametrize("path", ["/library", "/campaigns", "/brands", "/brand?name=Northpeak"])
def test_tools_see_none_of_it(office: Office, path: str) -> None:
    """A puller has no business here."""
    office.generate(audience=AUDIENCE)

    assert Browser(office, "mailer").open(path).status == 403
