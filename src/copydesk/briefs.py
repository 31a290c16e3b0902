"""What is asked for: the brief, its product, its offer and the facts that the copy may lean on."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

PERCENT_MAX = 100

Line = Annotated[str, StringConstraints(min_length=1, max_length=2_000, strip_whitespace=True)]
Slug = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Locale = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$")]

Jurisdiction = Literal["US", "UK", "EU"]

Sector = Literal[
    "apparel", "beauty", "food", "supplements", "health", "finance.credit", "finance.deposits",
    "finance.investing", "insurance", "housing", "travel", "software", "electronics", "home",
    "alcohol", "gambling", "education", "nonprofit", "media", "automotive", "telecom", "pets",
    "children",
]  # fmt: skip


class Kind(StrEnum):
    """The occasion of the e-mail."""

    PROMOTION = "promotion"
    WELCOME = "welcome"
    CART_ABANDONMENT = "cart_abandonment"
    BROWSE_ABANDONMENT = "browse_abandonment"
    POST_PURCHASE = "post_purchase"
    REPLENISHMENT = "replenishment"
    WINBACK = "winback"
    MILESTONE = "milestone"
    NEWSLETTER = "newsletter"
    LEAD_NURTURE = "lead_nurture"
    EVENT = "event"
    TRANSACTIONAL = "transactional"


class OfferKind(StrEnum):
    """What the recipient is offered."""

    PERCENT_OFF = "percent_off"
    AMOUNT_OFF = "amount_off"
    FREE_GIFT = "free_gift"
    FREE_SHIPPING = "free_shipping"
    BOGO = "bogo"
    TRIAL = "trial"
    PRICE_DROP = "price_drop"
    BONUS = "bonus"
    NONE = "none"


class Noun(BaseModel):
    """Base of the public shapes: immutable, and a field that is not known is refused."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        allow_inf_nan=False,  # JSON has no word for either
    )


class Product(Noun):
    """The thing that the e-mail is about."""

    name: Line
    price: float | None = Field(default=None, ge=0)
    """In major units of `currency`."""
    currency: Currency | None = None
    """ISO 4217, as USD."""
    url: str | None = None

    @model_validator(mode="after")
    def _a_price_needs_a_currency(self) -> Product:
        if self.price is not None and self.currency is None:
            raise ValueError("a price needs a currency, as USD")
        return self


class Offer(Noun):
    """What is offered, and the terms that make saying so true."""

    kind: OfferKind
    value: float | None = Field(default=None, ge=0)
    """Percent for percent_off; money for amount_off and bonus; days for trial."""
    code: str | None = None
    starts: AwareDatetime | None = None
    ends: AwareDatetime | None = None
    extendable: bool = False
    """True when the end may move: then no copy may call it final."""
    conditions: str | None = None
    regular_price: float | None = Field(default=None, ge=0)
    lowest_price_30d: float | None = Field(default=None, ge=0)
    """Lowest price of the last 30 days, the base that Directive 98/6/EC art. 6a asks for."""
    stock: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _check_terms(self) -> Offer:
        if self.kind is OfferKind.PERCENT_OFF and not 0 < (self.value or 0) <= PERCENT_MAX:
            raise ValueError("percent_off needs a value above 0 and up to 100")
        if self.kind is OfferKind.AMOUNT_OFF and not self.value:
            raise ValueError("amount_off needs a value above 0")
        if self.starts and self.ends and self.ends < self.starts:
            raise ValueError("ends must not be before starts")
        return self

    def holds_at(self, moment: datetime) -> bool:
        """Return whether the offer runs at `moment` (timezone-aware)."""
        started = self.starts is None or self.starts <= moment
        return started and (self.ends is None or moment <= self.ends)


class Fact(Noun):
    """A statement that the copy may make, and the evidence that makes it true."""

    id: Slug
    text: Line
    evidence: str | None = None


class Brief(Noun):
    """What a marketer asks for. Whatever the copy states as fact must rest on what is here."""

    goal: Line
    kind: Kind
    sector: Sector
    jurisdictions: tuple[Jurisdiction, ...] = Field(min_length=1)
    """Where recipients are: decides which law is applied."""
    locale: Locale
    send_at: AwareDatetime
    """Planned time of sending: deadlines are judged against it."""
    product: Product
    offer: Offer | None = None
    facts: tuple[Fact, ...] = ()
    links: tuple[str, ...] = ()
    cta: str | None = None
    """Words of the call to action, as `Shop trail shoes`."""

    @model_validator(mode="after")
    def _fact_ids_are_unique(self) -> Brief:
        ids = [fact.id for fact in self.facts]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValueError(f"every fact needs an id of its own; used twice: {', '.join(twice)}")
        return self

    def moved_to(self, send_at: datetime) -> Brief:
        """Return this brief for another day: the offer's dates move as far as `send_at` does."""
        shift: timedelta = send_at - self.send_at
        offer = self.offer
        if offer is not None:
            dates = {name: getattr(offer, name) for name in ("starts", "ends")}
            moved = {name: date + shift for name, date in dates.items() if date is not None}
            offer = offer.model_copy(update=moved)
        return self.model_copy(update={"send_at": send_at, "offer": offer})
