"""The form to ask for copy, without scripts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from copydesk.generations import GenerationRequest
from tests.factories import AUDIENCE, BRAND, BRIEF
from tests.unit.api.browsing import Browser, Page
from tests.unit.api.office import Office

EXAMPLE = "/ask?example=true"


def at_the_form(office: Office, path: str = EXAMPLE, who: str = "ada") -> Browser:
    browser = Browser(office, who)
    assert browser.open(path).status == 200, browser.page.text
    return browser


def last_request(office: Office) -> GenerationRequest:
    with office.desk.store.transaction() as tx:
        return tx.generations.latest()[0].request


def asked_before(office: Office) -> GenerationRequest:
    office.generate()
    return last_request(office)


def fields(page: Page) -> dict[str, str]:
    return page.forms["/ask"]


def test_the_example_is_accepted_as_it_is(office: Office) -> None:
    """Its fields make a request, and so does the same on the tab for files."""
    browser = at_the_form(office)
    assert browser.send("/ask").path.startswith("/generations/gen_")
    first = last_request(office)

    office.clock.forward(minutes=1)
    browser.open(EXAMPLE)
    browser.send("/ask", do="as_file")
    browser.send("/ask", campaign="another")
    assert last_request(office).brief == first.brief


def test_the_example_is_one_of_a_day_to_come(office: Office) -> None:
    """Whoever starts from it a year later gets copy that can be served."""
    office.clock.forward(days=400)
    at_the_form(office).send("/ask")

    asked = last_request(office).brief
    assert timedelta(0) < asked.send_at - office.clock() <= timedelta(weeks=1)
    assert not asked.offer_ended(office.clock())
    assert last_request(office).campaign == f"spring-trail-{asked.send_at:%Y-%m-%d}"


def test_another_brief_for_a_campaign_is_refused_with_the_way_to_its_page(office: Office) -> None:
    """What the message says for programs, links say for people."""
    browser = at_the_form(office)
    browser.send("/ask", campaign="spring")
    browser.open(EXAMPLE)

    page = browser.send("/ask", **{"campaign": "spring", "brief.goal": "Sell umbrellas"})

    assert page.status == 409
    assert 'href="/campaigns/spring"' in page.html
    assert 'href="/ask?campaign=spring"' in page.html


def test_kinds_of_offer_are_named_in_words(office: Office) -> None:
    """No code is shown to whoever chooses."""
    page = at_the_form(office).page

    assert "buy one, get one" in page.text
    assert ">bogo<" not in page.html


def test_an_empty_form_says_of_each_field_that_it_is_wanted(office: Office) -> None:
    """Errors are told beside their fields, and above with links that lead there."""
    page = at_the_form(office, "/ask").send("/ask")

    assert page.status == 422
    for name in ("goal", "kind", "sector", "jurisdictions", "locale", "send_at", "product-name"):
        assert f'href="#f-brief-{name}"' in page.html
        assert f'id="f-brief-{name}-wrong"' in page.html
    assert 'href="#f-audience-id"' in page.html
    assert 'href="#f-brand"' in page.html
    assert 'role="alert"' in page.html


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("brief.locale", "English", "should match pattern"),
        ("brief.product.price", "cheap", "write a number"),
        ("brief.offer.ends.zone", "Mars/Phobos", "name the time zone as UTC"),
        ("audience.id", "two words", "should match pattern"),
        ("n", "99", "less than or equal to 20"),
        ("brief.facts[0].id", "", "this field is required"),
    ],
)
def test_a_mistake_is_told_beside_its_field(
    office: Office, field: str, typed: str, told: str
) -> None:
    """The field is marked, described by the remedy, and still holds what was typed."""
    page = at_the_form(office).send("/ask", **{field: typed})

    place = f'id="f-{field.replace(".", "-").replace("[", "-").replace("]", "")}'
    assert page.status == 422
    assert fields(page)[field] == typed
    marked = page.html[page.html.index(place + '"') :]
    assert 'aria-invalid="true"' in marked[: marked.index(">")]
    assert told in page.html[page.html.index(place + '-wrong"') :][:300]


def test_terms_that_do_not_fit_are_told_at_the_offer(office: Office) -> None:
    """What is wrong with several fields together is told at the group that they are in."""
    typed = {"brief.offer.value": "0", "brief.product.currency": ""}
    page = at_the_form(office).send("/ask", **typed)

    assert 'href="#f-brief-offer"' in page.html
    assert "percent_off needs a value above 0" in page.text
    assert "a price needs a currency" in page.text


def test_rows_are_added_and_taken_out(office: Office) -> None:
    """A button adds a row that is typed in next; another takes one out; the rest stays typed."""
    browser = at_the_form(office)

    page = browser.send("/ask", do="add:brief.facts", **{"brief.goal": "Still here"})
    assert fields(page)["brief.facts[1].text"] == ""
    assert fields(page)["brief.goal"] == "Still here"
    added = page.html[page.html.index('id="f-brief-facts-1-id"') :]
    assert "autofocus" in added[: added.index(">")]

    page = browser.send("/ask", do="drop:brief.facts:0", **{"brief.facts[1].id": "kept"})
    assert fields(page)["brief.facts[0].id"] == "kept"


def test_empty_rows_are_no_facts(office: Office) -> None:
    """A row that nobody typed in is passed over."""
    browser = at_the_form(office)
    browser.send("/ask", do="add:brief.facts")

    browser.send("/ask")

    assert [fact.id for fact in last_request(office).brief.facts] == ["drop"]


def test_the_fields_of_an_offer_are_those_of_its_kind(office: Office) -> None:
    """A trial asks for days; what is typed in a field that does not matter stays in sight."""
    browser = at_the_form(office, "/ask")
    assert "brief.offer.code" not in fields(browser.page)

    page = browser.send("/ask", do="offer", **{"brief.offer.kind": "trial"})
    assert "Days" in page.text
    assert "brief.offer.stock" not in fields(page)

    page = browser.send("/ask", do="offer", **{"brief.offer.kind": "", "brief.offer.code": "X"})
    assert fields(page)["brief.offer.code"] == "X"


def test_asking_again_like_an_earlier_request(office: Office) -> None:
    """All of it is filled in but the seed, which is the next one; the brand is a known one."""
    before = asked_before(office)
    with office.desk.store.transaction() as tx:
        generation = tx.generations.latest()[0].id
    browser = at_the_form(office, f"/ask?like={generation}")
    assert fields(browser.page)["brand_name"] == "Northpeak"
    office.clock.forward(minutes=1)

    browser.send("/ask")

    assert last_request(office) == before.model_copy(update={"seed": before.seed + 1})


def test_an_audience_of_before_is_filled_in(office: Office) -> None:
    """It is chosen by its id, and can be changed afterwards."""
    asked_before(office)
    browser = at_the_form(office, "/ask")

    page = browser.send("/ask", do="audience", audience_from="lapsed-runners")

    assert fields(page)["audience.description"] == AUDIENCE["description"]
    assert fields(page)["audience.signals[0].value"] == "trail running"
    assert fields(page)["audience.sensitive"] == "true"


def test_a_brand_that_is_known_need_not_be_handed_in(office: Office) -> None:
    """It is chosen by name, as it was last asked for; an uploaded file goes before it."""
    asked_before(office)
    browser = at_the_form(office)
    office.clock.forward(minutes=1)
    browser.send("/ask", brand="", brand_name="Northpeak", campaign="summer")
    assert last_request(office).brand.banned_terms == tuple(BRAND["banned_terms"])

    form: dict[str, Any] = {**fields(browser.open(EXAMPLE)), "brand_name": "Northpeak"}
    form = {n: v for n, v in form.items() if not n.endswith("_file")} | {"campaign": "autumn"}
    office.clock.forward(minutes=1)
    browser.client.post("/ask", data=form, files={"brand_file": ("b.yaml", "name: Larkfell")})
    assert last_request(office).brand.name == "Larkfell"


def test_a_campaign_hands_its_brief_and_brand_to_the_form(office: Office) -> None:
    """Only whom it is for is left to say."""
    before = asked_before(office)
    browser = at_the_form(office, "/ask?campaign=spring")
    browser.send("/ask", do="audience", audience_from="lapsed-runners")

    office.clock.forward(minutes=1)
    browser.send("/ask", n="2")

    assert last_request(office) == before


def test_a_campaign_with_another_brief_is_told(office: Office) -> None:
    """The conflict is said in words, and nothing typed is lost."""
    asked_before(office)
    page = at_the_form(office).send("/ask", campaign="spring", **{"brief.goal": "Something else"})

    assert page.status == 409
    assert "Campaign spring has another brief" in page.text
    assert fields(page)["brief.goal"] == "Something else"


def test_files_come_back_as_fields(office: Office) -> None:
    """What is written as YAML can be gone on with in the form; what cannot be read is told."""
    browser = at_the_form(office)
    browser.send("/ask", do="as_file")
    page = browser.send("/ask", do="as_form")
    assert fields(page)["brief.offer.code"] == "TRAIL20"

    browser.send("/ask", do="as_file")
    page = browser.send("/ask", do="as_form", brief="goal: [")
    assert page.status == 422
    assert fields(page)["brief"] == "goal: ["


def test_hostile_text_stays_text(office: Office) -> None:
    """Markup in a field is shown as it was typed."""
    script = '"><script>alert(1)</script>'
    page = at_the_form(office).send("/ask", **{"brief.goal": script, "audience.id": script})

    assert fields(page)["brief.goal"] == script
    assert "<script>alert" not in page.html


@pytest.mark.parametrize("who", ["rex", "root", "mailer"])
def test_only_requesters_see_the_form(office: Office, who: str) -> None:
    """Others are told which role it needs."""
    assert Browser(office, who).open("/ask").status == 403


def test_the_brief_of_the_tests_goes_through_the_form(office: Office) -> None:
    """A brief with everything in it is the same after the tab for files and the form."""
    office.generate(campaign="whole")
    browser = at_the_form(office, "/ask?campaign=whole")
    assert fields(browser.page)["brief.goal"] == BRIEF["goal"]


def test_the_tools_that_send_it_are_ticked(office: Office) -> None:
    """They are part of the request, on both tabs, and the campaign's are ticked the next time."""
    browser = at_the_form(office)
    browser.send("/ask", do="as_file", **{"dialects.klaviyo": "51", "dialects.braze": "60"})
    browser.send("/ask")
    asked = last_request(office)
    assert asked.dialects == ("klaviyo", "braze")

    again = browser.open(f"/ask?campaign={asked.campaign}")
    assert {"dialects.klaviyo", "dialects.braze"} <= fields(again).keys()
    assert "dialects.mautic" not in fields(again)
