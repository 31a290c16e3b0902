"""The forms of a brand's terms in the languages that inflect them."""

from __future__ import annotations

import pytest

from copydesk.brand_voice.word_forms import inflects, word_forms


@pytest.mark.parametrize(
    ("locale", "word", "forms"),
    [
        ("de-DE", "gunstig", "gunstige gunstigen gunstiger gunstiges gunstigste gunstigeren"),
        ("de-AT", "angebot", "angebots angebote angeboten"),
        ("de", "teuer", "teure teuren teurer"),
        ("de", "sparen", "spare spart sparte gespart sparende"),
        ("de", "hoch", "hohe hohen hoher"),
        ("de", "kundin", "kundinnen"),
        ("de", "erlebnis", "erlebnisse erlebnissen"),
        ("fr-FR", "gratuit", "gratuite gratuits gratuites"),
        ("fr", "heureux", "heureuse heureuses"),
        ("fr", "exclusif", "exclusive exclusives exclusifs"),
        ("fr", "promotionnel", "promotionnelle promotionnelles"),
        ("fr", "blanc", "blanche blanches blancs"),
        ("fr", "public", "publique publics"),
        ("fr", "gagner", "gagne gagnez gagnee gagnant gagnera"),
        ("fr", "choisir", "choisissez choisi choisit"),
        ("es-MX", "barato", "barata baratos baratas baratisima"),
        ("es", "eficaz", "eficaces"),
        ("es", "ganar", "gana ganas gane ganaste ganado"),
        ("es", "vender", "vende venden vendido vendiendo"),
    ],
)
def test_inflected_forms_belong_to_the_word(locale: str, word: str, forms: str) -> None:
    """Number, gender, case, degree, person and tense make no other word."""
    assert set(forms.split()) <= word_forms(word, locale)


@pytest.mark.parametrize(
    ("locale", "word", "others"),
    [
        ("de", "billig", "billigung billigpreis bill"),
        ("de", "bitter", "bitte bitten"),
        ("de", "wunder", "wund wunde wunden"),
        ("de", "immer", "imme"),
        ("fr", "cher", "chez"),
        ("fr", "economique", "economie economiser"),
        ("es", "casa", "caso casos"),
    ],
)
def test_other_words_of_the_root_are_other_words(locale: str, word: str, others: str) -> None:
    """What a brand bans is a word, not all that is made of its root or looks like it."""
    assert word_forms(word, locale).isdisjoint(others.split())


def test_a_noun_is_not_conjugated() -> None:
    """What is written with a capital in German is a noun: the garden of `Garten` is no verb."""
    assert "gartet" in word_forms("garten", "de", small=True)
    assert "gartet" not in word_forms("garten", "de", small=False)


def test_an_ending_gives_way_only_in_front_of_another_word() -> None:
    """`bester Preis` is declined as a whole, and `bitter` alone may be no comparative."""
    assert "besten" in word_forms("bester", "de", leading=True)
    assert "bitte" not in word_forms("bitter", "de", leading=False)


def test_a_language_without_rules_leaves_words_as_they_are() -> None:
    """English plurals are the check's own business, and of Dutch nothing is known."""
    assert word_forms("goedkoop", "nl-NL") == {"goedkoop"}
    assert inflects("de-CH")
    assert not inflects("en-GB")
