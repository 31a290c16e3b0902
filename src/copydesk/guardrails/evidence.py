"""What a brief holds that copy may lean on: every figure, date, code and link, with its source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from copydesk.briefs import Brief, Offer, OfferKind
from copydesk.guardrails.claims import Claim, ClaimKind, extract_plain
from copydesk.guardrails.normalise import Reading, read_plain
from copydesk.guardrails.vocabulary import listed, vocabulary

EARLY_HOURS = 12
"""An offer that ends before noon UTC ends the evening before for its American readers."""


class Known(NamedTuple):
    """One thing that the brief says, and where it says so."""

    claim: Claim
    source: str
    """As `offer.value` or `facts.reviews`."""
    text: str
    """The words, as they may be written in copy."""


@dataclass(frozen=True)
class Evidence:
    """Everything that a brief says, read once."""

    brief: Brief
    known: tuple[Known, ...]
    texts: tuple[tuple[str, Reading], ...]
    """Facts and the offer's conditions, as (source, reading)."""
    said: frozenset[str] = field(repr=False)
    """Every word of the brief's texts."""

    def of(self, *kinds: ClaimKind) -> Iterator[Known]:
        """Yield what is known of these kinds."""
        return (known for known in self.known if known.claim.kind in kinds)

    @property
    def dates(self) -> list[Known]:
        """Every date that the brief carries, the sending day left out."""
        return [known for known in self.of(ClaimKind.DATE) if known.source != "send_at"]


@lru_cache(maxsize=256)
def evidence(brief: Brief) -> Evidence:
    """Return what the brief says. Remembered: one brief is checked against many variants."""
    texts = tuple((source, text) for source, text in _texts(brief) if not _is_disowned(text))
    known = [*_written(texts), *_fields(brief), *_links(brief)]
    known += list(_derived(brief))
    leaning = tuple((source, read_plain(text)) for source, text in texts if _is_fact(source))
    said = frozenset(word for _, text in texts for word in read_plain(text).vocabulary)
    return Evidence(brief, tuple(known), leaning, said)


def _is_disowned(text: str) -> bool:
    """Return whether a text of the brief says itself that it proves nothing: a wish, a plan."""
    return any(True for _ in listed("disowns").search(read_plain(text)))


def _is_fact(source: str) -> bool:
    return source.startswith("facts.") or source == "offer.conditions"


def _texts(brief: Brief) -> Iterator[tuple[str, str]]:
    for fact in brief.facts:
        yield f"facts.{fact.id}", fact.text
    if brief.offer and brief.offer.conditions:
        yield "offer.conditions", brief.offer.conditions
    yield "product.name", brief.product.name
    yield "goal", brief.goal
    if brief.cta:
        yield "cta", brief.cta


def _written(texts: Iterable[tuple[str, str]]) -> Iterator[Known]:
    for source, text in texts:
        reading = read_plain(text)
        for claim in extract_plain(text):
            start, end = reading.span_of_words(claim.first, claim.last)
            yield Known(claim, source, text[start:end])


def _fields(brief: Brief) -> Iterator[Known]:
    price, currency = brief.product.price, brief.product.currency or ""
    if price is not None:
        yield _money(price, "product.price", currency)
    yield _day(brief.send_at, "send_at")
    yield _year(brief.send_at)
    if brief.offer is not None:
        yield from _offer(brief.offer, currency)


def _offer(offer: Offer, currency: str) -> Iterator[Known]:
    if offer.value is not None:
        yield from _offer_value(offer, offer.value, currency)
    for name in ("regular_price", "lowest_price_30d"):
        amount = getattr(offer, name)
        if amount is not None:
            yield _money(amount, f"offer.{name}", currency)
    if offer.lowest_price_30d is not None:
        claim = Claim(ClaimKind.NUMBER, (30,), 0, 0, unit=vocabulary().units["days"])
        yield Known(claim, "offer.lowest_price_30d", "30 days")
    if offer.stock is not None:
        yield _number(offer.stock, "offer.stock")
    if offer.code:
        yield Known(Claim(ClaimKind.CODE, (), 0, 0, offer.code), "offer.code", offer.code)
    for name in ("starts", "ends"):
        moment = getattr(offer, name)
        if moment is not None:
            yield from _moment(moment, f"offer.{name}")


def _offer_value(offer: Offer, value: float, currency: str) -> Iterator[Known]:
    if offer.kind in {OfferKind.PERCENT_OFF, OfferKind.BOGO, OfferKind.PRICE_DROP}:
        claim = Claim(ClaimKind.PERCENT, (value,), 0, 0)
        yield Known(claim, "offer.value", f"{value:g}%")
    if offer.kind in {OfferKind.AMOUNT_OFF, OfferKind.BONUS}:
        yield _money(value, "offer.value", currency)
    yield _number(value, "offer.value")


def _moment(moment: datetime, source: str) -> Iterator[Known]:
    yield _day(moment, source)
    yield _year(moment)
    yield Known(
        Claim(ClaimKind.TIME, (moment.hour * 60 + moment.minute,), 0, 0), source, f"{moment:%H:%M}"
    )
    if moment.hour < EARLY_HOURS:
        yield _day(moment - timedelta(days=1), source)


def _derived(brief: Brief) -> Iterator[Known]:
    """Yield what follows from two known things: a saving, a price after the discount."""
    offer, price = brief.offer, brief.product.price
    currency = brief.product.currency or ""
    if offer is None:
        return
    prices = {price, offer.regular_price, offer.lowest_price_30d} - {None, 0}
    amounts = sorted(float(amount) for amount in prices if amount is not None)
    for low in amounts:
        yield from _after_discount(offer, low, currency)
        for high in amounts:
            if low < high:
                yield _money(high - low, "offer", currency)
                yield _percent(100 * (high - low) / high)


def _after_discount(offer: Offer, price: float, currency: str) -> Iterator[Known]:
    value = offer.value or 0
    if offer.kind is OfferKind.PERCENT_OFF:
        yield _money(price * (1 - value / 100), "offer", currency)
        yield _money(price * value / 100, "offer", currency)
    if offer.kind in {OfferKind.AMOUNT_OFF, OfferKind.PRICE_DROP} and value < price:
        yield _money(price - value, "offer", currency)
        yield _percent(100 * value / price)


def _links(brief: Brief) -> Iterator[Known]:
    for index, link in enumerate(brief.links):
        yield Known(Claim(ClaimKind.LINK, (), 0, 0, link), f"links[{index}]", link)
    if brief.product.url:
        claim = Claim(ClaimKind.LINK, (), 0, 0, brief.product.url)
        yield Known(claim, "product.url", brief.product.url)


def _money(amount: float, source: str, currency: str) -> Known:
    claim = Claim(
        ClaimKind.MONEY,
        (round(amount, 2),),
        0,
        0,
        currencies=frozenset([currency] * bool(currency)),
    )
    sign = next(
        (s for s, codes in vocabulary().currencies.items() if currency in codes and len(s) == 1), ""
    )
    figure = f"{amount:,.0f}" if float(amount).is_integer() else f"{amount:,.2f}"
    return Known(claim, source, f"{sign}{figure}" if sign else f"{figure} {currency}".strip())


def _percent(value: float) -> Known:
    return Known(Claim(ClaimKind.PERCENT, (round(value, 1),), 0, 0), "offer", f"{value:.0f}%")


def _number(value: float, source: str) -> Known:
    return Known(Claim(ClaimKind.NUMBER, (float(value),), 0, 0), source, f"{value:g}")


def _day(moment: date | datetime, source: str) -> Known:
    claim = Claim(
        ClaimKind.DATE,
        (moment.month * 100 + moment.day,),
        0,
        0,
        year=moment.year,
        weekday=moment.weekday(),
    )
    return Known(claim, source, f"{moment:%B} {moment.day}")


def _year(moment: datetime) -> Known:
    return Known(Claim(ClaimKind.YEAR, (float(moment.year),), 0, 0), "send_at", str(moment.year))
