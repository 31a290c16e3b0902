"""The language of the copy: the locale's where it is offered, with nothing quoted from another."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from copydesk.briefs import Kind, OfferKind, Sector
from copydesk.generation.phrasebook.figures import Figures
from copydesk.generation.phrasebook.grammar import load_book
from copydesk.generation.phrasebook.languages import OFFERED, Tongue, language_of
from copydesk.generation.phrasebook.situation import read_situation
from copydesk.guardrails import Submission, Verdict
from copydesk.guardrails.build import build_checker
from copydesk.ranking.duplicates import near_duplicates
from tests.factories import a_brand, a_brief
from tests.unit.generation_phrasebook.asking import MINIMAL, an_offer, answer, drafts, text

pytest.importorskip("py3langid")

CHECKER = build_checker()
GERMAN: dict[str, Any] = {
    "locale": "de-DE",
    "jurisdictions": ["EU"],
    "product": {"name": "Ridgeline Trail", "price": 98.0, "currency": "EUR"},
    "cta": "Jetzt ansehen",
    "facts": [
        {"id": "rating", "text": "Mit 4,6 von 5 bewertet, aus 212 Bewertungen"},
        {"id": "returns", "text": "Rückgabe innerhalb von 30 Tagen nach Lieferung"},
        {"id": "laces", "text": "Comes with a spare pair of laces"},
    ],
    "offer": an_offer(conditions="Auf reguläre Ware. Eine Einlösung pro Bestellung."),
}
ELSEWHERE = [language for language in OFFERED if language != "en"]


@pytest.mark.parametrize(
    ("locale", "language"),
    [("de-DE", "de"), ("de-AT", "de"), ("de", "de"), ("en-IE", "en"), ("it-IT", "en"), ("x", "en")],
)
def test_the_locale_decides_the_language(locale: str, language: str) -> None:
    """A language that is not offered is written in English, and provenance says so."""
    assert language_of(locale) == language


@pytest.mark.parametrize("language", ELSEWHERE)
def test_a_language_is_offered_when_it_is_complete(language: str) -> None:
    """Every kind has its own subjects and openings for every thread, in every sector."""
    for kind in Kind:
        for sector in get_args(Sector):
            book = load_book(kind.value, sector, language)
            for thread in book.threads:
                for part in ("subject", "opening"):
                    topical = f"{part}_{thread.topic}"
                    assert book.parts.get(topical) or thread.parts.get(part), (kind, topical)


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("formality", ["casual", "formal"])
def test_german_passes_our_own_checks(kind: Kind, formality: str) -> None:
    """Five drafts of every kind that differ, with nothing for a person to look at."""
    brief, brand = a_brief(kind=kind, **GERMAN), a_brand(formality=formality)
    written = answer(brief, brand, n=5).drafts

    assert len(written) == 5
    assert near_duplicates([draft.copy_ for draft in written]) == []
    for draft in written:
        assert CHECKER.check(Submission(draft.copy_, brief, brand)).verdict is Verdict.PASS


def test_formality_decides_how_a_german_reader_is_addressed() -> None:
    """Casual brands say du, all others Sie, and none says both."""
    casual = text(a_brand(formality="casual"), **GERMAN).split()
    formal = text(a_brand(formality="formal"), **GERMAN).split()

    assert {"du", "dir", "dich", "dein"} & set(casual)
    assert not {"Sie", "Ihnen", "Ihr"} & set(casual)
    assert {"Sie", "Ihnen"} & set(formal)
    assert not {"du", "dir", "dich", "dein"} & set(formal)


@pytest.mark.parametrize(
    ("locale", "said", "unsaid"),
    [
        ("en-US", {"through", "free shipping"}, {"basket", "until 8", "free delivery"}),
        ("en-GB", {"until", "free delivery"}, {" cart", "through 8", "free shipping"}),
    ],
)
def test_english_is_american_or_british(locale: str, said: set[str], unsaid: set[str]) -> None:
    """The same offer in the words of either country."""
    offer = an_offer(kind="free_shipping", value=None, conditions=None)
    facts: list[Any] = []
    told = text(kind="cart_abandonment", locale=locale, offer=offer, facts=facts).casefold()

    assert {word for word in said if word not in told} == set()
    assert {word for word in unsaid if word in told} == set()


@pytest.mark.parametrize(("locale", "word"), [("en-US", "planner"), ("en-GB", "diary")])
def test_a_word_that_is_british_is_not_sent_to_americans(locale: str, word: str) -> None:
    """Phrases are written once, and said as the country says them."""
    brief = a_brief(locale=locale)

    assert (
        read_situation(brief, a_brand(), ()).house.preferred("In your diary.") == f"In your {word}."
    )


def test_facts_in_another_language_are_left_out() -> None:
    """German copy quotes what is German; its provenance cites only that."""
    written = drafts(**GERMAN)

    assert {fact for draft in written for fact in draft.facts} == {"rating", "returns"}
    assert "laces" not in text(**GERMAN)


def test_a_call_to_action_in_another_language_is_replaced() -> None:
    """The link then has words of the book's own."""
    assert "Shop trail shoes" not in text(**{**GERMAN, "cta": "Shop trail shoes"})


def test_an_offer_with_conditions_in_another_language_is_not_spoken_of() -> None:
    """It could not be stated with all of its terms."""
    offer = an_offer(conditions="On full-price items. One code per order and customer.")

    assert "Rabatt" not in text(**{**GERMAN, "offer": offer})


def test_what_has_to_be_said_is_said_in_any_language() -> None:
    """A risk told in English is better than one that is not told."""
    risk = "Capital at risk: the value of investments can fall, and you may get back less."
    facts = [{"id": "risk", "text": risk}]
    told = text(**{**GERMAN, "facts": facts, "offer": None, "sector": "finance.investing"})

    assert "the value of investments can fall" in told


def test_without_a_detector_nothing_is_quoted_but_in_english() -> None:
    """What cannot be told to be German is taken not to be."""
    assert not Tongue("de").quotable("Erhältlich in Schwarz")
    assert Tongue("en").quotable("Erhältlich in Schwarz")


@pytest.mark.parametrize("kind", [kind for kind in OfferKind if kind is not OfferKind.NONE])
def test_every_sort_of_offer_has_german_words(kind: OfferKind) -> None:
    """No English word of an offer stands in German copy."""
    offer = an_offer(kind=kind, value=14, conditions=None, lowest_price_30d=120.0)
    said = text(**{**GERMAN, "offer": {**offer, "regular_price": 120.0}}).casefold()

    assert not [word for word in (" off ", "free ", "until", "trial", " get ") if word in said]


def test_german_money_and_dates_are_german() -> None:
    """The sign comes last, the decimal sign is a comma, and a day has a full stop."""
    figures = Figures("de-DE", datetime(2026, 3, 7, tzinfo=UTC), "de")

    assert figures.money(9.99, "EUR") == "9,99\xa0€"
    assert figures.money(1098, "EUR") == "1.098\xa0€"
    assert figures.last_day(datetime(2026, 3, 9, tzinfo=UTC)) == "8. März"
    assert figures.number(12.5) == "12,5"


@pytest.mark.parametrize("name", ["سماعة الرأس", "山の靴", "נעלי הליכה"])
def test_names_in_other_scripts_pass_through(name: str) -> None:
    """A product's name is written as the brief has it, from right to left or without spaces."""
    for locale in ("de-DE", "ar-EG", "ja-JP"):
        assert name in text(locale=locale, product={"name": name}, **MINIMAL)
