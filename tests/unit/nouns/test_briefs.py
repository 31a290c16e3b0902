from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from copydesk.briefs import Offer
from tests.factories import BRIEF, a_brief


@pytest.mark.parametrize(
    ("offer", "complaint"),
    [
        ({"kind": "percent_off"}, "percent_off needs a value above 0 and up to 100"),
        ({"kind": "percent_off", "value": 120}, "percent_off needs a value above 0 and up to 100"),
        ({"kind": "amount_off"}, "amount_off needs a value above 0"),
        (
            {"kind": "none", "starts": "2026-03-02T00:00:00Z", "ends": "2026-03-01T00:00:00Z"},
            "ends must not be before starts",
        ),
    ],
)
def test_an_offer_that_cannot_be_true_is_refused(offer: dict[str, Any], complaint: str) -> None:
    """An offer whose terms contradict each other says what would be right."""
    with pytest.raises(ValidationError, match=complaint):
        Offer.model_validate(offer)


def test_an_offer_holds_from_its_start_to_its_end() -> None:
    """The first and the last moment are inside; an open end never closes."""
    offer = a_brief().offer
    assert offer is not None
    assert offer.starts is not None
    assert offer.ends is not None

    assert offer.holds_at(offer.starts)
    assert offer.holds_at(offer.ends)
    assert not offer.holds_at(offer.ends + timedelta(seconds=1))
    assert Offer.model_validate({"kind": "trial"}).holds_at(datetime(2099, 1, 1, tzinfo=UTC))


def test_two_facts_cannot_share_an_id() -> None:
    """Facts are cited by id, so an id used twice is refused by name."""
    twice = [{"id": "drop", "text": "6 mm drop"}, {"id": "drop", "text": "8 mm drop"}]

    with pytest.raises(ValidationError, match="used twice: drop"):
        a_brief(facts=twice)


def test_a_price_without_a_currency_is_refused() -> None:
    """A number alone is not a price."""
    with pytest.raises(ValidationError, match="a price needs a currency"):
        a_brief(product={"name": "Shoe", "price": 98})


def test_a_moved_brief_keeps_the_distance_of_its_dates() -> None:
    """Moving a brief to another day moves the offer as far as the send."""
    brief = a_brief()
    later = brief.send_at + timedelta(days=30)
    assert brief.offer is not None
    assert brief.offer.ends is not None

    moved = brief.moved_to(later)

    assert moved.offer is not None
    assert moved.offer.ends == brief.offer.ends + timedelta(days=30)
    assert moved.send_at == later


def test_a_brief_survives_the_wire() -> None:
    """What is written as JSON reads back as the same brief."""
    brief = a_brief()

    assert brief == type(brief).model_validate_json(brief.model_dump_json())
    assert set(BRIEF) == set(brief.model_dump())
