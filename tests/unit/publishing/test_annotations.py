"""What Gmail shows beside a promotion, made from the offer itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.briefs import OfferKind
from copydesk.publishing.annotations import annotations_of, as_json_ld
from tests.factories import BRIEF, a_brief

SCHEMA = json.loads(Path(__file__).with_name("gmail.schema.json").read_text(encoding="utf-8"))
VALID = jsonschema_rs.validator_for(SCHEMA)
IMAGE = "https://northpeak.example/card.png"
OFFER = BRIEF["offer"]


def annotated(image: str | None = None, **changes: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(as_json_ld(annotations_of(a_brief(**changes), image)))
    VALID.validate(found)
    return found


def badge(kind: str, locale: str = "en-US", **terms: Any) -> str | None:
    offer = {**OFFER, "kind": kind, "value": None, **terms}
    said: str | None = annotated(offer=offer, locale=locale)[0].get("description")
    return said


def test_the_deal_is_the_offer() -> None:
    """Badge, code and both dates are those of the brief."""
    assert annotated() == [
        {
            "@context": "http://schema.org/",
            "@type": "DiscountOffer",
            "description": "20% off",
            "discountCode": "TRAIL20",
            "availabilityStarts": "2026-03-01T00:00:00+00:00",
            "availabilityEnds": "2026-03-08T23:59:59+00:00",
        }
    ]


@pytest.mark.parametrize("offer", [None, {"kind": "none"}])
def test_without_an_offer_there_is_nothing_to_show(offer: dict[str, Any] | None) -> None:
    """No offer, and one of kind none, give no annotation at all."""
    assert annotated(offer=offer) == []


def test_a_card_needs_a_picture_and_says_what_is_taken_off() -> None:
    """With a picture the card shows the regular price, and a fifth of it as the discount."""
    _, card = annotated(IMAGE)

    assert (card["image"], card["url"]) == (IMAGE, "https://northpeak.example/trail")
    assert (card["price"], card["priceCurrency"], card["discountValue"]) == ("98", "USD", "19.60")
    assert len(annotated(IMAGE, links=[])) == 1


def test_badges_are_written_as_the_language_does() -> None:
    """Percentages, sums and days follow the locale; a language without words gets no badge."""
    assert badge("percent_off", "de-DE", value=20) == "20\u00a0% Rabatt"
    assert badge("amount_off", "en-US", value=15) == "$15 off"
    assert badge("amount_off", "fr-FR", value=7.5) == "7,50\u00a0$US de remise"
    assert badge("trial", "es-ES", value=30) == "Prueba 30 días"
    assert badge("percent_off", "fi-FI", value=20) is None


@pytest.mark.parametrize("kind", [one.value for one in OfferKind if one is not OfferKind.NONE])
@pytest.mark.parametrize("locale", ["en-GB", "de-DE", "fr-FR", "es-MX"])
def test_a_badge_has_at_most_four_words(kind: str, locale: str) -> None:
    """Whatever the offer, its badge is short, as Google asks, and no sentence."""
    said = badge(kind, locale, value=20) or ""

    assert 0 < len(said.split(" ")) <= 4
    assert not said.endswith(".")


@pytest.mark.parametrize("evil", ["</script><script>alert(1)</script>", "<!--", "a>b"])
def test_what_could_end_a_script_is_left_out(evil: str) -> None:
    """A tool that writes the annotations into a page by itself writes no markup of ours."""
    product = {"name": f"Boots {evil}", "url": f"https://shop.example/{evil}"}
    brief = a_brief(offer={**OFFER, "code": evil}, product=product)
    safe = a_brief(offer={**OFFER, "code": evil}, product={**product, "url": "https://a.example"})

    (deal,) = annotations_of(brief, "https://a.example/boots.png")
    _, card = annotations_of(safe, "https://a.example/boots.png")
    told = f"{deal.model_dump_json()} {card.model_dump_json()}"
    assert not set("<>") & set(told)


@given(code=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00<>")))
def test_no_code_can_end_the_script_or_become_a_tag(code: str) -> None:
    """Any code comes back as it was, and nothing of it is markup or a merge tag on the way."""
    text = as_json_ld(annotations_of(a_brief(offer={**OFFER, "code": code})))

    assert json.loads(text)[0]["discountCode"] == code
    inner = text[1:-1].replace("{", "", 1)[:-1]
    assert not set("<>&{}%*|#$") & set(inner.replace("20\\u0025", ""))
