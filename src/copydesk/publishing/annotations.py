"""What Gmail shows beside a promotion, made from the offer that the copy itself leans on.

https://developers.google.com/workspace/gmail/promotab/reference describes the types and their
properties. They go into the e-mail's `<head>`, as JSON-LD in a `<script>`.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources
from typing import Annotated, Literal

import yaml
from pydantic import Field, StringConstraints

from copydesk.briefs import Brief, Currency, Noun, Offer, OfferKind, Product

PERCENT = 100
MONEY = (OfferKind.AMOUNT_OFF, OfferKind.BONUS)
CONTEXT: Literal["http://schema.org/"] = "http://schema.org/"
CODE_LIKE = re.compile(r"[<>&{}%*|#\[\]$\u2028\u2029]")
"""What ends a script, or what some tool would read as a merge tag."""

HTTPS = r"^https://[^\s<>\"]+$"
URL_MAX = 2_000
Https = Annotated[str, StringConstraints(pattern=HTTPS, max_length=URL_MAX)]


class DiscountOffer(Noun):
    """The terms of the deal, as text beside the subject."""

    context: Literal["http://schema.org/"] = Field(default=CONTEXT, alias="@context")
    type: Literal["DiscountOffer"] = Field(default="DiscountOffer", alias="@type")
    description: str | None = None
    """Short text of the badge, as `20% off`."""
    discount_code: str | None = Field(default=None, alias="discountCode")
    availability_starts: str | None = Field(default=None, alias="availabilityStarts")
    """ISO 8601, as `2023-09-25T18:44:37-07:00`."""
    availability_ends: str | None = Field(default=None, alias="availabilityEnds")


class PromotionCard(Noun):
    """A picture of the promotion; Gmail asks for an image and for where it leads."""

    context: Literal["http://schema.org/"] = Field(default=CONTEXT, alias="@context")
    type: Literal["PromotionCard"] = Field(default="PromotionCard", alias="@type")
    image: Https
    url: Https
    headline: str | None = None
    price: str | None = None
    """Before the discount; `discount_value` is what is taken off."""
    price_currency: Currency | None = Field(default=None, alias="priceCurrency")
    discount_value: str | None = Field(default=None, alias="discountValue")


Annotation = DiscountOffer | PromotionCard


def annotations_of(brief: Brief, image: str | None = None) -> tuple[Annotation, ...]:
    """Return what to annotate an e-mail with that leans on this brief; nothing without an offer.

    A card needs an `image` (https, PNG or JPEG) and an address in the brief.
    """
    offer = brief.offer
    if offer is None or offer.kind is OfferKind.NONE:
        return ()
    deal = DiscountOffer(
        description=_badge(offer, brief),
        discount_code=_harmless(offer.code),
        availability_starts=offer.starts.isoformat() if offer.starts else None,
        availability_ends=offer.ends.isoformat() if offer.ends else None,
    )
    card = _card(offer, brief, image) if image else None
    return (deal, card) if card else (deal,)


def as_json_ld(annotations: tuple[Annotation, ...]) -> str:
    """Return the annotations as they stand in a script: no tool's code and no tag can be in it."""
    plain = [one.model_dump(by_alias=True, exclude_none=True) for one in annotations]
    text = json.dumps(plain, ensure_ascii=False)
    strings = re.compile(r'"(?:[^"\\]|\\.)*"')
    return strings.sub(lambda found: CODE_LIKE.sub(_escaped, found[0]), text)


def _harmless(text: str | None) -> str | None:
    """Return the text unless it could end the script that a tool writes it into."""
    return None if text is None or "<" in text or ">" in text else text


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def _badge(offer: Offer, brief: Brief) -> str | None:
    phrases = _badges().get(brief.locale.split("-")[0], {})
    phrase = phrases.get(offer.kind.value)
    if phrase is None or "VALUE" not in phrase:
        return phrase
    value = _value(offer, brief.product, brief.locale)
    return phrase.replace("VALUE", value) if value else None


def _value(offer: Offer, product: Product, tag: str) -> str | None:
    if offer.value is None:
        return None
    from babel import Locale
    from babel.numbers import format_currency, format_decimal, format_percent

    locale = Locale.parse(tag, sep="-")
    if offer.kind is OfferKind.PERCENT_OFF:
        return format_percent(offer.value / PERCENT, format=None, locale=locale)
    if offer.kind not in MONEY:
        return format_decimal(offer.value, locale=locale)
    if product.currency is None:
        return None
    written = format_currency(offer.value, product.currency, locale=locale)
    return re.sub(r"[.,]00(?=\D|$)", "", written)


def _card(offer: Offer, brief: Brief, image: str) -> PromotionCard | None:
    links = [link for link in (brief.product.url, *brief.links) if link]
    if not links or not re.fullmatch(HTTPS, links[0]) or len(links[0]) > URL_MAX:
        return None
    price = offer.regular_price if offer.regular_price is not None else brief.product.price
    off = _taken_off(offer, brief.product, price)
    known = price is not None and brief.product.currency is not None
    return PromotionCard(
        image=image,
        url=links[0],
        headline=_harmless(brief.product.name),
        price=_plain(price) if known else None,
        price_currency=brief.product.currency if known else None,
        discount_value=_plain(off) if known else None,
    )


def _taken_off(offer: Offer, product: Product, price: float | None) -> float | None:
    """Return how much less is paid, in money; None where the offer is something else."""
    if price is None:
        return None
    if offer.kind is OfferKind.PERCENT_OFF and offer.value is not None:
        return price * offer.value / PERCENT
    if offer.kind is OfferKind.PRICE_DROP and product.price is not None and product.price < price:
        return price - product.price
    return offer.value if offer.kind is OfferKind.AMOUNT_OFF else None


def _plain(amount: float | None) -> str | None:
    return None if amount is None else f"{amount:.2f}".removesuffix(".00")


@cache
def _badges() -> dict[str, dict[str, str]]:
    source = resources.files("copydesk.publishing").joinpath("annotations.yaml")
    badges: dict[str, dict[str, str]] = yaml.safe_load(source.read_text(encoding="utf-8"))
    return badges
