"""What is true of one request: the flags that phrases ask for, and the words for their slots.

Every slot is derived from the brief, the brand or an allowed signal. This is why a phrase cannot
claim what the brief does not carry: there is no slot for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from copydesk.audiences import Signal
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief, Kind, OfferKind
from copydesk.generation.phrasebook import limits
from copydesk.generation.phrasebook.facts import Quotes, quotes
from copydesk.generation.phrasebook.figures import Figures
from copydesk.generation.phrasebook.house import House
from copydesk.generation.phrasebook.languages import ENGLISH, Tongue, tongue_for
from copydesk.generation.phrasebook.lexicon import Lexicon, lexicon
from copydesk.generation.phrasebook.naming import Naming, name_product
from copydesk.generation.phrasebook.offers import Deal, state_offer
from copydesk.generation.phrasebook.words import (
    capital,
    says_something,
    tame,
    unstopped,
    word_set,
)

NAME_MAX = 90
"""Characters of a product's name that a sentence can carry."""

BRAND_MAX = 40
CTA_MAX = 80
LINK_MAX = 500

FACTS_TO_SPEAK_OF = 2

_SELLING = frozenset(
    {
        Kind.PROMOTION,
        Kind.WELCOME,
        Kind.CART_ABANDONMENT,
        Kind.BROWSE_ABANDONMENT,
        Kind.WINBACK,
        Kind.LEAD_NURTURE,
    }
)
"""Kinds that make a case for the product."""

_GROUPS = {
    "room": {"seating", "storage", "lighting", "textiles"},
    "clothes": {"tops", "bottoms", "outerwear"},
    "trip": {"stay", "flight"},
    "occasion": {"gathering", "course"},
}
"""Flags for themes that share phrases."""

_PLAIN_VALUE = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)?(?: [A-Za-z]+(?:-[A-Za-z]+)?){0,2}")
_INTERESTS = ("favourite_category", "last_category", "interests")


@dataclass(frozen=True, slots=True)
class Situation:
    """The flags and slots of one request."""

    flags: frozenset[str]
    slots: Mapping[str, str]
    quotes: Quotes
    naming: Naming
    house: House
    lexicon: Lexicon
    language: str


def read_situation(brief: Brief, brand: Brand, signals: tuple[Signal, ...]) -> Situation:
    """Return what is true of a request."""
    tongue = tongue_for(brief.locale)
    words = lexicon(tongue.language)
    figures = Figures(brief.locale, brief.send_at, tongue.language)
    naming = _named(brief, tongue, words)
    known = (naming.name, naming.full, naming.inside, naming.label, brand.name)
    regional = words.american if figures.american else ()
    house = House(brand, known, regional, tongue.language)
    names = word_set(f"{naming.name} {brand.name}") - words.words["common"]
    found = _allowed(quotes(brief.facts, figures, words, names, tongue), house)
    deal = state_offer(brief, naming, figures, words, tongue)
    if deal and any(house.bans(text) for text in deal.slots.values()):
        deal = None
    slots = {
        **_names(naming, brand),
        **_action(brief, house, tongue, words),
        **_price(brief, deal, figures, words),
        **(_with_capitals(deal.slots) if deal else {}),
        **_colour(signals, words.words["shelved"], brief.sector),
        **_wording(figures, words),
    }
    flags = {
        *_manner(brief, brand, words),
        *_subject_matter(brief, naming, found),
        *(deal.flags if deal else ()),
        *slots,
    }
    flags.add("american" if figures.american else "british")
    if len(found.open) < FACTS_TO_SPEAK_OF and not deal:
        flags.add("thin")
    return Situation(frozenset(flags), slots, found, naming, house, words, tongue.language)


def _named(brief: Brief, tongue: Tongue, words: Lexicon) -> Naming:
    """Only English has articles that a name's last word decides; elsewhere it stands bare."""
    naming = name_product(brief.product.name, words)
    return naming if tongue.language == ENGLISH else naming.bare()


def _allowed(found: Quotes, house: House) -> Quotes:
    """Leave out what the brand would not write: a fact cannot be put in other words."""
    return Quotes(
        tuple(quote for quote in found.open if not house.bans(quote.line)),
        tuple(quote for quote in found.due if not house.bans(quote.line)),
    )


def _names(naming: Naming, brand: Brand) -> dict[str, str]:
    slots: dict[str, str] = {}
    if len(brand.name) <= BRAND_MAX and says_something(tame(brand.name)):
        slots["brand"] = tame(brand.name)
    if len(naming.inside) > NAME_MAX or not says_something(naming.label):
        return slots
    slots |= {"product": naming.inside, "Product": naming.at_start}
    if len(naming.full) <= NAME_MAX:
        slots |= {"full": naming.full, "Full": naming.full_at_start}
    if len(naming.label) <= limits.SUBJECT_AIM:
        slots |= {"label": naming.label, "small": naming.inside.removeprefix("the ")}
    return slots | _agreement(naming.number)


def _agreement(number: str | None) -> dict[str, str]:
    """Words that agree with the product: none when its number is not known."""
    if number == "one":
        return {"is": "is", "it": "it", "It": "It", "does": "does", "s": "s"}
    if number == "many":
        return {"is": "are", "it": "them", "It": "They", "does": "do", "s": ""}
    return {}


def _action(brief: Brief, house: House, tongue: Tongue, words: Lexicon) -> dict[str, str]:
    slots: dict[str, str] = {}
    links = [link for link in (*brief.links, brief.product.url) if link and not _odd(link)]
    if links:
        slots["link"] = links[0]
    cta = unstopped(tame(brief.cta or ""))
    usable = says_something(cta) and len(cta) <= CTA_MAX and not house.bans(cta)
    if usable and tongue.quotable(cta):
        slots["cta"] = words.typeset(cta)
    return slots


def _odd(link: str) -> bool:
    return tame(link) != link or " " in link or len(link) > LINK_MAX


def _price(brief: Brief, deal: Deal | None, figures: Figures, words: Lexicon) -> dict[str, str]:
    """Give a bare price only where it is the whole price, and the one that holds at sending."""
    product, offer = brief.product, brief.offer
    said = " ".join([product.name, *(fact.text for fact in brief.facts)])
    if offer and offer.conditions:
        said += f" {offer.conditions}"
    whole = brief.sector in words.words["priced"] and not words.matches("recurring", said)
    if not product.price or not product.currency or not whole or _first(product.name) == "any":
        return {}
    stands = offer is None or offer.kind is OfferKind.NONE or offer.regular_price is None
    if not deal and not stands and offer and product.price != offer.regular_price:
        return {}
    return {"price": figures.money(product.price, product.currency)}


def _first(name: str) -> str:
    return name.split(" ", 1)[0].casefold()


def _with_capitals(slots: Mapping[str, str]) -> dict[str, str]:
    """Give each slot of an offer a second form, for the start of a sentence: `Deal` for `deal`."""
    return {**slots, **{capital(name): capital(text) for name, text in slots.items()}}


def _colour(signals: tuple[Signal, ...], shelved: frozenset[str], sector: str) -> dict[str, str]:
    """A signal may lend a word or two, if it is nothing but plain words."""
    known = {signal.name: signal.value for signal in signals}
    slots: dict[str, str] = {}
    interest = next((known[name] for name in _INTERESTS if name in known), "").strip()
    if sector in shelved and _PLAIN_VALUE.fullmatch(interest):
        slots["interest"] = interest.casefold()
    if season := known.get("season"):
        slots["season"] = season
    return slots


def _wording(figures: Figures, words: Lexicon) -> dict[str, str]:
    basket = words.forms["cart" if figures.american else "basket"]
    return {"cart": basket, "hello": words.forms["hello"]}


def _manner(brief: Brief, brand: Brand, words: Lexicon) -> set[str]:
    """How to say it: the brand's formality and voice, held back where the sector asks for care."""
    careful = brief.sector in words.words["careful"]
    formality = "neutral" if careful and brand.formality == "casual" else brand.formality
    spoken = {word.casefold() for line in brand.voice for word in line.split()}
    voices = {name for name, known in words.voices.items() if spoken & known}
    light = not careful and formality != "formal" and "sober" not in voices
    flags = {formality, *(voices - {"playful"})}
    flags |= {"careful"} if careful else set()
    flags |= {"light"} if light else set()
    flags |= {"playful"} if light and "playful" in voices else set()
    flags |= {"exclaim"} if light and brand.exclamations == "free" else set()
    flags |= {"emoji"} if light and brand.emoji == "free" and formality == "casual" else set()
    return flags


def _subject_matter(brief: Brief, naming: Naming, found: Quotes) -> set[str]:
    """What there is to speak of."""
    flags = {"selling"} if brief.kind in _SELLING else set()
    flags |= {brief.kind.value, brief.sector.replace(".", "_"), brief.sector.split(".")[0]}
    if naming.theme is None:
        flags.add("occasion")
    else:
        flags |= {f"theme_{naming.theme}", *(g for g in _GROUPS if naming.theme in _GROUPS[g])}
    flags |= {naming.number} if naming.number else set()
    flags |= {"fact"} if found.open else set()
    flags |= {"facts"} if len(found.open) >= FACTS_TO_SPEAK_OF else set()
    flags |= {"proof"} if any(quote.proof for quote in found.open) else set()
    flags |= {"dated"} if any(quote.dated for quote in found.open) else set()
    return flags
