"""Nothing is claimed that the brief does not carry."""

from __future__ import annotations

import re
from typing import Any

import pytest

from copydesk.briefs import Kind
from tests.factories import a_brand, a_brief
from tests.unit.generation_phrasebook.asking import (
    MINIMAL,
    an_offer,
    answer,
    drafts,
    figures_in,
    support,
    text,
    texts,
)

NO_CASE = re.IGNORECASE
ENDED = an_offer(starts="2026-02-01T00:00:00Z", ends="2026-02-20T00:00:00Z")
TO_COME = an_offer(starts="2026-03-20T00:00:00Z", ends="2026-03-28T00:00:00Z")
CONDITIONS = "Free enamel mug on orders of £50 or more before delivery. One per order."


def offered(kind: str, **changes: Any) -> str:
    plain = {"code": None, "conditions": None, "value": None}
    return text(offer=an_offer(kind=kind, **{**plain, **changes}), n=12)


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("locale", ["en-US", "en-GB", "de-DE"])
def test_figures_come_from_the_brief(kind: Kind, locale: str) -> None:
    """Each number that is written stands in the brief, as its locale writes it."""
    brief, brand = a_brief(kind=kind, locale=locale), a_brand()
    carried = support(brief, brand)

    for written in texts(answer(brief, brand, n=8).drafts):
        assert {figure for figure in figures_in(written) if figure not in carried} == set()


@pytest.mark.parametrize("kind", list(Kind))
def test_a_bare_brief_gets_no_figures_and_no_offer(kind: Kind) -> None:
    """Without facts, offer, price and link there is nothing to put a number or a promise to."""
    written = text(kind=kind, **MINIMAL, product={"name": "Ridgeline trail shoe"})

    assert not re.search(r"[\d%$£€]|https?:|\bfree\b|\bnew\b|\bsale\b|\boffer\b", written, NO_CASE)


@pytest.mark.parametrize("offer", [ENDED, TO_COME, an_offer(stock=0), None])
def test_an_offer_that_does_not_run_is_not_written(offer: dict[str, Any] | None) -> None:
    """Ended, to come, sold out or none: neither deal, nor code, nor date."""
    written = text(offer=offer, n=12)

    assert not re.search(r"20%|TRAIL20|March|February|off\b", written)


def test_a_running_offer_is_written_whole() -> None:
    """Each draft has the deal with its scope, the code, the last day and the other terms."""
    for draft in drafts(n=8):
        assert "20% off full-price trail shoes" in draft.body
        assert "TRAIL20" in draft.body
        assert "March 8" in draft.body
        assert "one per order" in draft.body


def test_an_end_that_may_move_is_not_called_an_end() -> None:
    """No date is given when the offer may be extended."""
    written = text(offer=an_offer(extendable=True), n=12)

    assert "20% off" in written
    assert "March" not in written


def test_an_end_at_midnight_means_the_day_before() -> None:
    """What ends as March 9 begins can be had through March 8."""
    assert "March 8" in text(offer=an_offer(ends="2026-03-09T00:00:00Z"))


def test_another_year_is_written_out() -> None:
    """A last day that is not in the year of sending has its year."""
    assert "January 5, 2027" in text(offer=an_offer(ends="2027-01-05T23:59:59Z"))


@pytest.mark.parametrize("slot", ["subject", "preheader"])
def test_free_is_not_written_without_its_conditions(slot: str) -> None:
    """Above the body `free` stands only where all conditions fit beside it."""
    offer = an_offer(kind="free_gift", value=1, code=None, conditions=CONDITIONS)

    for draft in drafts(offer=offer, n=12):
        assert "free" not in getattr(draft, slot).casefold()
        assert CONDITIONS in draft.body


def test_short_conditions_stand_beside_free() -> None:
    """A single condition that fits a subject is quoted there whole."""
    written = offered("free_gift", conditions="Free socks with any pair.")

    for found in re.finditer(r"free", written, re.IGNORECASE):
        assert written[found.start() :].casefold().startswith("free socks with any pair")


def test_conditions_that_do_not_name_the_offer_are_led_in() -> None:
    """`On orders over $50` becomes free shipping on these terms."""
    written = offered("free_shipping", conditions="On orders over $50.")

    assert "ree shipping" in written
    assert "on these terms: on orders over $50." in written


def test_delivery_is_what_britons_get_free() -> None:
    """The same offer is free delivery in British English."""
    offer = an_offer(kind="free_shipping", value=None, code=None, conditions=None)

    assert "ree delivery" in text(offer=offer, locale="en-GB")


def test_a_trial_without_terms_is_not_offered() -> None:
    """What it costs afterwards would be left out."""
    assert "trial of" not in offered("trial", value=14)
    assert "14-day" not in offered("trial", value=14)


def test_a_trial_is_offered_with_all_its_terms() -> None:
    """Length, price and how to cancel stand together."""
    terms = "14 days, then $9.99 a month until cancelled. Cancel online under Account."

    for draft in drafts(offer=an_offer(kind="trial", value=14, code=None, conditions=terms)):
        assert "14 days, then $9.99 a month until cancelled; cancel online" in draft.body


def test_the_second_at_half_price_is_said_so() -> None:
    """Buy-one-get-one without conditions is named by its value."""
    assert "uy one, get one at 50% off" in offered("bogo", value=50)
    assert "uy one, get one free" in offered("bogo", value=100)


def test_a_bonus_is_named_unless_its_conditions_do() -> None:
    """The amount is said once, by whichever has it."""
    assert "$5 bonus" in offered("bonus", value=5, conditions="Credited after an order.")
    assert "bonus" not in offered("bonus", value=5, conditions="A $5 credit after an order.")


def dropped(jurisdiction: str, **prices: float | None) -> str:
    offer = an_offer(kind="price_drop", value=None, code=None, conditions=None, **prices)
    return text(offer=offer, jurisdictions=[jurisdiction], n=12)


def test_a_lower_price_stands_beside_the_regular_one() -> None:
    """In the US a price that dropped is compared with the regular price."""
    assert "was $120" in dropped("US", regular_price=120, lowest_price_30d=120)


def test_in_the_eu_a_price_is_compared_with_the_lowest_of_30_days() -> None:
    """Directive 98/6/EC art. 6a; without that price no reduction is announced."""
    written = dropped("EU", regular_price=140, lowest_price_30d=110)

    assert "$110" in written
    assert "$140" not in written
    assert "offer" not in dropped("EU", regular_price=140, lowest_price_30d=None)


def test_a_percentage_that_eu_law_would_count_differently_is_not_written() -> None:
    """20% off a regular price is no 20% off the lowest price of the last 30 days."""
    offer = an_offer(regular_price=140, lowest_price_30d=110)

    assert "20%" not in text(offer=offer, jurisdictions=["EU"])
    assert "20%" in text(offer=offer, jurisdictions=["US"])


def test_transactional_mail_sells_nothing() -> None:
    """A service message says nothing of an offer that runs."""
    assert not re.search(r"20%|TRAIL20", text(kind="transactional", n=12))


@pytest.mark.parametrize(
    ("changes", "priced"),
    [
        ({}, True),
        ({"sector": "software"}, False),
        ({"facts": [{"id": "billing", "text": "$98 a month, billed monthly"}]}, False),
        ({"product": {"name": "Any trail shoe", "price": 98, "currency": "USD"}}, False),
    ],
)
def test_a_price_is_given_only_where_it_is_the_whole_price(
    changes: dict[str, Any], *, priced: bool
) -> None:
    """What recurs, stands for a range or depends on terms has no bare price."""
    written = text(**{"offer": None, **changes}, n=16)

    assert bool(re.search(r"\$98(?! a month)", written)) is priced


def test_the_code_and_links_are_the_briefs() -> None:
    """No other address is written."""
    found = re.findall(r"https?://\S+", text(n=12))

    assert set(found) == {"https://northpeak.example/trail"}
