"""What is asked for: the brief, its product, its offer and the facts that the copy may lean on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
    model_validator,
)
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

PERCENT_MAX = 100

CONTRADICTION = "contradiction"
"""Type of the errors about fields that are each right and do not fit each other."""


def _a_number(value: object) -> object:
    if isinstance(value, str | bool):
        raise ValueError("write a number, without quotes")  # noqa: TRY004 - pydantic wants this one
    return value


def _rfc_3339(value: object) -> object:
    is_text = isinstance(value, str) and not value.replace(".", "").lstrip("+-").isdigit()
    if not is_text and not isinstance(value, datetime):
        raise ValueError("write the time as 2026-03-07T09:00:00Z")
    return value


def _in_utc_too(moment: datetime) -> datetime:
    """Refuse a time that no store can keep: in UTC it lies before the year 1 or after 9999."""
    try:
        moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("write a time between the years 1 and 9999, in UTC") from error
    return moment


UNQUOTED = BeforeValidator(_a_number)
"""Refuses text and booleans where a number belongs."""
AMOUNT_MAX = 1_000_000_000_000
"""A price or a stock above this is a slip, and no formatter is made for it."""
Amount = Annotated[float, Field(ge=0, le=AMOUNT_MAX), UNQUOTED]
Moment = Annotated[AwareDatetime, BeforeValidator(_rfc_3339), AfterValidator(_in_utc_too)]
"""A time with its zone; a bare number is no time."""
Line = Annotated[
    str,
    StringConstraints(min_length=1, max_length=2_000, strip_whitespace=True),
    Field(json_schema_extra={"pattern": r"^[^\u0000]*[^\s\u0000][^\u0000]*$"}),
]
"""Text that is not blank; space around it is taken away."""
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


def _needs_value(kind: str, limits: JsonDict) -> JsonDict:
    """Return the JSON schema of what `_check_terms` demands of a kind of offer."""
    value: JsonDict = {"type": "number", **limits}
    return {
        "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
        "then": {"properties": {"value": value}, "required": ["value"]},
    }


class Product(Noun):
    """The thing that the e-mail is about."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"properties": {"price": {"type": "number"}}, "required": ["price"]},
            "then": {"properties": {"currency": {"type": "string"}}, "required": ["currency"]},
        }
    )

    name: Line
    price: Amount | None = None
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

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [
                _needs_value("percent_off", {"exclusiveMinimum": 0, "maximum": PERCENT_MAX}),
                _needs_value("amount_off", {"exclusiveMinimum": 0}),
            ]
        }
    )

    kind: OfferKind
    value: Amount | None = None
    """Percent for percent_off; money for amount_off and bonus; days for trial."""
    code: str | None = None
    starts: Moment | None = None
    ends: Moment | None = None
    extendable: StrictBool = False
    """True when the end may move: then no copy may call it final."""
    conditions: str | None = None
    regular_price: Amount | None = None
    lowest_price_30d: Amount | None = None
    """Lowest price of the last 30 days, the base that Directive 98/6/EC art. 6a asks for."""
    stock: Annotated[int, Field(ge=0, le=AMOUNT_MAX), UNQUOTED] | None = None

    @model_validator(mode="after")
    def _check_terms(self) -> Offer:
        if self.kind is OfferKind.PERCENT_OFF and not 0 < (self.value or 0) <= PERCENT_MAX:
            raise ValueError("percent_off needs a value above 0 and up to 100")
        if self.kind is OfferKind.AMOUNT_OFF and not self.value:
            raise ValueError("amount_off needs a value above 0")
        if self.starts and self.ends and self.ends < self.starts:
            raise PydanticCustomError(CONTRADICTION, "ends must not be before starts")
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
    send_at: Moment
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
            raise PydanticCustomError(
                CONTRADICTION,
                "every fact needs an id of its own; used twice: {ids}",
                {"ids": ", ".join(twice)},
            )
        return self

    def offer_ended(self, now: datetime) -> bool:
        """Return whether there is an offer that is over: no copy is served after its end."""
        return self.offer is not None and self.offer.ends is not None and self.offer.ends < now

    def moved_to(self, send_at: datetime) -> Brief:
        """Return this brief for another day: the offer's dates move as far as `send_at` does."""
        shift: timedelta = send_at - self.send_at
        offer = self.offer
        if offer is not None:
            dates = {name: getattr(offer, name) for name in ("starts", "ends")}
            moved = {name: date + shift for name, date in dates.items() if date is not None}
            offer = offer.model_copy(update=moved)
        return self.model_copy(update={"send_at": send_at, "offer": offer})
