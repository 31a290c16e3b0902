"""The language of the copy: the locale's where it is offered, with nothing quoted from another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from copydesk.briefs import Kind, OfferKind, Sector
from copydesk.generation.phrasebook.figures import Figures
from copydesk.generation.phrasebook.grammar import load_book
from copydesk.generation.phrasebook.languages import OFFERED, Tongue, language_of
from copydesk.generation.phrasebook.situation import read_situation
from copydesk.generation.phrasebook.words import word_set
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
SPANISH: dict[str, Any] = {
    **GERMAN,
    "locale": "es-ES",
    "cta": "Descúbrelo ahora",
    "facts": [
        {"id": "rating", "text": "Valorado con 4,6 de 5 en 212 opiniones"},
        {"id": "returns", "text": "Devolución en los 30 días siguientes a la entrega"},
        {"id": "laces", "text": "Comes with a spare pair of laces"},
    ],
    "offer": an_offer(conditions="En artículos sin rebajar. Un solo uso por pedido."),
}
FRENCH: dict[str, Any] = {
    **GERMAN,
    "locale": "fr-FR",
    "cta": "Voir l\u2019article",
    "facts": [
        {"id": "rating", "text": "Noté 4,6 sur 5, d\u2019après 212 avis"},
        {"id": "colours", "text": "Existe en plusieurs coloris"},
        {"id": "laces", "text": "Comes with a spare pair of laces"},
    ],
    "offer": an_offer(conditions="Sur les articles non soldés. Une utilisation par commande."),
}
BRIEFS = {"de": GERMAN, "es": SPANISH, "fr": FRENCH}
ELSEWHERE = [language for language in OFFERED if language != "en"]


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("de-DE", "de"),
        ("de-AT", "de"),
        ("de", "de"),
        ("es-MX", "es"),
        ("fr-FR", "fr"),
        ("fr-CA", "fr"),
        ("fr-BE", "fr"),
        ("fr-CH", "fr"),
        ("en-IE", "en"),
        ("it-IT", "en"),
        ("x", "en"),
    ],
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
@pytest.mark.parametrize("language", list(BRIEFS))
def test_it_passes_our_own_checks(kind: Kind, formality: str, language: str) -> None:
    """Five drafts of every kind that differ, with nothing for a person to look at."""
    brief, brand = a_brief(kind=kind, **BRIEFS[language]), a_brand(formality=formality)
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


def test_formality_decides_how_a_spanish_reader_is_addressed() -> None:
    """Formal brands say usted, all others tú, and none says both."""
    informal, usted = {"tú", "te", "ti", "tu", "tus", "contigo"}, {"usted", "le", "permítanos"}
    for kind in Kind:
        casual = word_set(text(a_brand(formality="casual"), kind=kind, **SPANISH))
        formal = word_set(text(a_brand(formality="formal"), kind=kind, **SPANISH))

        assert informal & casual
        assert "usted" not in casual
        assert usted & formal
        assert not informal & formal


@pytest.mark.parametrize(
    ("locale", "said", "unsaid"),
    [("es-ES", "cesta", "carrito"), ("es-MX", "carrito", "cesta"), ("es-US", "carrito", "cesta")],
)
def test_spanish_is_of_spain_or_of_america(locale: str, said: str, unsaid: str) -> None:
    """The same mail in the words of either side of the ocean."""
    told = text(kind="cart_abandonment", **{**SPANISH, "locale": locale})

    assert said in told
    assert unsaid not in told


def test_spanish_questions_open_with_their_mark() -> None:
    """Every ? has its ¿, and every ! its ¡."""
    for kind in Kind:
        told = text(a_brand(exclamations="free"), kind=kind, **SPANISH)

        assert told.count("¿") == told.count("?")
        assert told.count("¡") == told.count("!")


def test_formality_decides_how_a_french_reader_is_addressed() -> None:
    """Casual brands say tu, all others vous, and none says both."""
    tu = re.compile(r"\b(?:tu|toi|ton|ta|tes|t\u2019|te)(?:\b|(?<=\u2019))", re.IGNORECASE)
    vous = re.compile(r"(?<!-)\b(?:vous|votre|vos)\b|(?!chez|assez)\b\w+ez\b", re.IGNORECASE)
    for kind in Kind:
        casual = text(a_brand(formality="casual"), kind=kind, **FRENCH)
        assert tu.search(casual)
        assert not vous.search(casual)
        for formality in ("neutral", "formal"):
            polite = text(a_brand(formality=formality), kind=kind, **FRENCH)
            assert vous.search(polite)
            assert not tu.search(polite.replace('"toi"', ""))


def french_phrases() -> Iterator[str]:
    for kind in Kind:
        for phrases in load_book(kind.value, "apparel", "fr").parts.values():
            yield from (phrase.text for phrase in phrases)


def test_nothing_french_is_elided_or_contracted_before_a_name() -> None:
    """`de Aldo`, `le iPhone` and `à Le Sac` cannot come about: no such word stands there."""
    joined = re.compile(
        r"(?:\b(?:de|du|des|d|que|qu|jusque|le|la|les|l|à|au|aux|un|une|ce|cet|cette|ne|se|si)"
        r"[ \u2019'])\{(?:product|Product|label|full|Full|brand)\}"
    )

    assert [phrase for phrase in french_phrases() if joined.search(phrase)] == []


def test_french_marks_are_held_to_their_words() -> None:
    """A space that does not break stands before every : ; ! and ?, and no other."""
    loose = re.compile(
        r"(?<![\u00a0\u202f?!])[;!?]|(?<![\u00a0\u202f])\u00bb|[^\u00a0\u202f]:(?!//)"
    )
    for kind in Kind:
        told = text(a_brand(exclamations="free"), kind=kind, **FRENCH)
        prose = re.sub(r"https?://\S+|\{\{.*?\}\}", "", told)

        assert loose.findall(prose) == []
        assert "'" not in prose


@pytest.mark.parametrize("code", [None, "CORDEE20"])
@pytest.mark.parametrize("kind", [kind for kind in OfferKind if kind is not OfferKind.NONE])
def test_every_sort_of_offer_has_french_words(kind: OfferKind, code: str | None) -> None:
    """Its code and its terms are in every draft, also in those that open with its last day."""
    terms = "Livraison le lendemain, résiliable en ligne."
    offer = an_offer(kind=kind, value=1, code=code, conditions=terms, lowest_price_30d=120.0)
    brief = {**FRENCH, "offer": {**offer, "regular_price": 120.0}}
    written = drafts(**brief)

    assert {"deadline"} < {draft.angle for draft in written}
    for draft in written:
        said = draft.body.casefold()
        assert (code or "").casefold() in said
        assert "livraison le lendemain" in said
        assert not [
            word for word in (" off ", "free ", "until", "trial", "1 jours") if word in said
        ]


def test_a_thing_of_no_known_gender_gets_no_french_pronoun() -> None:
    """Its name opens the sentence, or the fact stands as it is."""
    told = text(**{**FRENCH, "facts": FRENCH["facts"][1:2]})

    assert "xiste en plusieurs coloris" in told
    assert not re.search(r"\b(?:it|they|il|elle) existe", told, re.IGNORECASE)


@pytest.mark.parametrize(
    ("locale", "thousand", "dollars", "shopping"),
    [
        ("fr-FR", "1\u202f098\xa0€", "98\xa0$CA", "liste de courses"),
        ("fr-CA", "1\xa0098\xa0€", "98\xa0$", "liste d\u2019épicerie"),
        ("fr-CH", "1\u202f098\xa0€", "98\xa0$CA", "liste de courses"),
    ],
)
def test_french_is_of_the_country(locale: str, thousand: str, dollars: str, shopping: str) -> None:
    """Sums as babel sets them, the first of a month as `1er`, and what Canada says otherwise."""
    figures = Figures(locale, datetime(2026, 3, 7, tzinfo=UTC), "fr")
    house = read_situation(a_brief(**{**FRENCH, "locale": locale}), a_brand(), ()).house

    assert (figures.money(1098, "EUR"), figures.money(98, "CAD")) == (thousand, dollars)
    assert figures.last_day(datetime(2026, 3, 9, tzinfo=UTC)) == "8 mars"
    assert figures.last_day(datetime(2027, 4, 2, tzinfo=UTC)) == "1er avril 2027"
    assert house.preferred("La liste de courses.") == f"La {shopping}."


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


@pytest.mark.parametrize("kind", [kind for kind in OfferKind if kind is not OfferKind.NONE])
def test_every_sort_of_offer_has_spanish_words(kind: OfferKind) -> None:
    """No English word of an offer stands in Spanish copy, and one day is no `1 días`."""
    offer = an_offer(kind=kind, value=1, conditions=None, lowest_price_30d=120.0)
    said = text(**{**SPANISH, "offer": {**offer, "regular_price": 120.0}}).casefold()

    assert not [word for word in (" off ", "free ", "until", "trial", "1 días") if word in said]


@pytest.mark.parametrize(
    ("locale", "nine", "thousand"),
    [("es-ES", "9,99\xa0€", "1.098\xa0€"), ("es-MX", "EUR\xa09.99", "EUR\xa01,098")],
)
def test_spanish_money_and_dates_are_of_the_country(locale: str, nine: str, thousand: str) -> None:
    """Spain writes a comma and the sign last, Mexico a full stop and the sign first."""
    figures = Figures(locale, datetime(2026, 3, 7, tzinfo=UTC), "es")

    assert figures.money(9.99, "EUR") == nine
    assert figures.money(1098, "EUR") == thousand
    assert figures.last_day(datetime(2026, 3, 9, tzinfo=UTC)) == "8 de marzo"
    assert figures.last_day(datetime(2027, 3, 9, tzinfo=UTC)) == "8 de marzo de 2027"


@pytest.mark.parametrize("name", ["سماعة الرأس", "山の靴", "נעלי הליכה"])
def test_names_in_other_scripts_pass_through(name: str) -> None:
    """A product's name is written as the brief has it, from right to left or without spaces."""
    for locale in ("de-DE", "ar-EG", "ja-JP"):
        assert name in text(locale=locale, product={"name": name}, **MINIMAL)
