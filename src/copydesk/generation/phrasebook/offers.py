"""What may be said of an offer at the time of sending, in the brief's own terms.

An offer that does not run, has no stock, or cannot be stated with all of its terms is not spoken
of at all: copy then reads as if there were none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from copydesk.briefs import Brief, Kind, Offer, OfferKind
from copydesk.generation.phrasebook.facts import for_readers
from copydesk.generation.phrasebook.figures import Figures
from copydesk.generation.phrasebook.languages import IN_ENGLISH, Tongue
from copydesk.generation.phrasebook.lexicon import Lexicon
from copydesk.generation.phrasebook.naming import Naming
from copydesk.generation.phrasebook.words import (
    capital,
    says_something,
    sentence,
    sentences,
    tame,
    uncapital,
    unstopped,
)

TERMS_MAX = 480
"""Characters of conditions that a short mail can still carry whole."""
NO_END_FROM = 9_000
"""Years from which an end is a way of saying that there is none."""
SCOPE_MAX = 40
HEADLINE_MAX = 52

_AN = frozenset({8, 11, 18, *range(80, 90)})
"""Numbers that are spoken with a vowel first in English."""


@dataclass(slots=True)
class Deal:
    """Flags and words of an offer that may be spoken of."""

    flags: set[str] = field(default_factory=set)
    slots: dict[str, str] = field(default_factory=dict)
    parts: list[str] | None = None
    """The conditions that are left to say, a sentence each; None for all of them."""


@dataclass(frozen=True, slots=True)
class _Terms:
    """All that a way of stating an offer works with."""

    brief: Brief
    offer: Offer
    naming: Naming
    figures: Figures
    lexicon: Lexicon

    @property
    def parts(self) -> list[str]:
        said = for_readers(self.offer.conditions or "", self.figures, self.lexicon)
        return sentences(said) if says_something(said) else []

    def form(self, name: str, **words: object) -> str:
        """Return one of the language's forms with these words in it."""
        return self.lexicon.forms[name].format(**words)

    def regional(self, name: str) -> str:
        """Return the name of a form, or of its American variant where that is written."""
        return f"{name}_american" if self.figures.american else name

    def money(self, amount: float | None) -> str | None:
        currency = self.brief.product.currency
        return self.figures.money(amount, currency) if amount is not None and currency else None


def state_offer(
    brief: Brief,
    naming: Naming,
    figures: Figures,
    lexicon: Lexicon,
    tongue: Tongue = IN_ENGLISH,
) -> Deal | None:
    """Return the words for the brief's offer, or None when it is not to be spoken of.

    Conditions in another language than the copy cannot be stated, so neither can their offer.
    """
    offer = brief.offer
    if offer is None or brief.kind is Kind.TRANSACTIONAL or not offer.holds_at(brief.send_at):
        return None
    if offer.stock == 0 or len(offer.conditions or "") > TERMS_MAX:
        return None
    if offer.conditions and not tongue.quotable(tame(offer.conditions)):
        return None
    way = _WAYS.get(offer.kind)
    terms = _Terms(brief, offer, naming, figures, lexicon)
    deal = way(terms) if way else None
    return _with_terms(deal, terms) if deal else None


def _with_terms(deal: Deal, terms: _Terms) -> Deal:
    """Add what every offer may have: a code, a last day, conditions."""
    deal.flags |= {"offer", terms.offer.kind.value}
    offer, common = terms.offer, terms.lexicon.words["common"]
    if offer.code:
        deal.slots["code"] = offer.code
    if offer.ends and offer.ends.year < NO_END_FROM and not offer.extendable:
        day = terms.figures.last_day(offer.ends)
        deal.slots |= {"end": day, "until": terms.form(terms.regional("until"), day=day)}
    parts = terms.parts if deal.parts is None else deal.parts
    if parts:
        apart = terms.form("apart")
        joined = apart.join(uncapital(unstopped(part), common) for part in parts)
        deal.slots |= {"terms": joined, "terms_whole": " ".join(map(sentence, parts))}
    return deal


def _off(terms: _Terms) -> Deal | None:
    """State `20% off` or `$27 off`, and of what."""
    offer = terms.offer
    if offer.kind is OfferKind.PERCENT_OFF:
        value = terms.figures.number(offer.value or 0)
        deal = terms.form("percent", value=value) if _percent_stands(terms) else None
    else:
        money = terms.money(offer.value)
        deal = terms.form("amount", money=money) if money else None
    if deal is None:
        return None
    scope = _scope(terms)
    thing = scope or terms.naming.full
    told = Deal({"reduced"}, {"deal": deal, "deal_on": terms.form("on", deal=deal, thing=thing)})
    # What the reduction is on has then been said, and need not be said again among the terms.
    told.parts = terms.parts[1:] if scope else terms.parts
    return told


def _percent_stands(terms: _Terms) -> bool:
    """In the EU a percentage counts from the lowest price of the last 30 days (98/6/EC, 6a)."""
    lowest, regular = terms.offer.lowest_price_30d, terms.offer.regular_price
    if "EU" not in terms.brief.jurisdictions or lowest is None or regular is None:
        return True
    price, value = terms.brief.product.price, terms.offer.value or 0
    # Written without rounding the quotient, which of a price near nothing is infinite.
    from_lowest = price and lowest and abs(100 * (1 - price / lowest) - value) <= 1 / 2
    return lowest >= regular or bool(from_lowest)


def _scope(terms: _Terms) -> str | None:
    """What the reduction is on: the conditions' own words when they open with `On`."""
    first = unstopped(terms.parts[0]) if terms.parts else ""
    on = terms.lexicon.forms["scope"]
    if first.casefold().startswith(on) and len(first) <= SCOPE_MAX and "," not in first:
        return uncapital(first[len(on) :], terms.lexicon.words["common"])
    return None


def _in_own_words(terms: _Terms) -> Deal | None:
    """State an offer by its conditions, named first where they do not name it themselves."""
    offer, parts = terms.offer, terms.parts
    if offer.kind is OfferKind.TRIAL and not _ends_fairly(terms):
        return None
    named = _NAMES[offer.kind](terms)
    amount = terms.figures.number(offer.value) if offer.value else ""
    keywords = terms.lexicon.keywords.get(offer.kind.value) or (amount,)
    said = " ".join(parts).casefold()
    if parts and any(word in said for word in keywords):
        deal = Deal({"own_words"}, {})
        if len(parts) == 1 and len(parts[0]) <= HEADLINE_MAX:
            deal.slots["headline"] = unstopped(parts[0])
    elif named is None:
        return None
    else:
        deal = Deal({"named"}, {"deal": named})
        if not parts:
            deal.slots["headline"] = capital(named)
    return deal


def _ends_fairly(terms: _Terms) -> bool:
    """A trial that may renew is spoken of only where the brief says how it is cancelled."""
    said = " ".join([*terms.parts, *(fact.text for fact in terms.brief.facts)]).casefold()
    return terms.brief.product.price is None or any(
        word in said for word in terms.lexicon.keywords["cancelled"]
    )


def _gift(terms: _Terms) -> str | None:
    return terms.form("gift")


def _shipping(terms: _Terms) -> str | None:
    return terms.form(terms.regional("shipping"))


def _two_for_one(terms: _Terms) -> str | None:
    value = terms.offer.value
    if value is None or value in {1, 100}:
        return terms.form("bogo")
    reduced = 1 < value < 100  # noqa: PLR2004 - a percentage
    return terms.form("bogo_percent", value=terms.figures.number(value)) if reduced else None


def _trial(terms: _Terms) -> str | None:
    days = terms.offer.value
    if not days or not float(days).is_integer():
        return None
    if days == 1 and "trial_one" in terms.lexicon.forms:
        return terms.form("trial_one")
    return terms.form("trial_an" if days in _AN else "trial", days=int(days))


def _bonus(terms: _Terms) -> str | None:
    money = terms.money(terms.offer.value)
    return terms.form("bonus", money=money) if money else None


def _price_drop(terms: _Terms) -> Deal | None:
    """State the price now beside the one that the law compares it with."""
    price, (flag, compared) = terms.brief.product.price, _compared(terms)
    if price is None or compared is None or compared <= price:
        return None
    now, before = terms.money(price), terms.money(compared)
    return Deal({"drop", flag}, {"now": now, flag: before}) if now and before else None


def _compared(terms: _Terms) -> tuple[str, float | None]:
    """In the EU the lowest price of the last 30 days; elsewhere the regular one, unless lower."""
    offer, european = terms.offer, "EU" in terms.brief.jurisdictions
    if european or offer.lowest_price_30d not in {None, offer.regular_price}:
        return "lowest", offer.lowest_price_30d
    return "was", offer.regular_price


_NAMES: dict[OfferKind, Callable[[_Terms], str | None]] = {
    OfferKind.FREE_GIFT: _gift,
    OfferKind.FREE_SHIPPING: _shipping,
    OfferKind.BOGO: _two_for_one,
    OfferKind.TRIAL: _trial,
    OfferKind.BONUS: _bonus,
}

_WAYS: dict[OfferKind, Callable[[_Terms], Deal | None]] = {
    OfferKind.PERCENT_OFF: _off,
    OfferKind.AMOUNT_OFF: _off,
    OfferKind.PRICE_DROP: _price_drop,
    **dict.fromkeys(_NAMES, _in_own_words),
}
