"""The brand's mechanics."""

from __future__ import annotations

import re

import pytest

from copydesk.brand_voice import Brand
from copydesk.briefs import Kind
from copydesk.errors import InvalidDraft
from copydesk.generation.phrasebook.house import House
from tests.factories import a_brand, a_brief
from tests.unit.generation_phrasebook.asking import MINIMAL, answer, drafts, text, texts

EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")


@pytest.mark.parametrize(
    ("term", "forms"),
    [
        ("cheap", ["cheap", "Cheaper", "CHEAPEST", "cheaply"]),
        ("crush it", ["crush it", "crush-it", "crushing it", "crushed  it"]),
        ("hand-made", ["hand-made", "handmade", "hand made"]),
        ("guarantee", ["guarantees", "guaranteed", "guaranteeing"]),
        ("easy", ["easier", "easily"]),
        ("shop", ["shops", "shopping"]),
    ],
)
def test_a_banned_term_is_known_in_its_forms(term: str, forms: list[str]) -> None:
    """Inflected, hyphenated or in capitals, it is the same term."""
    house = House(a_brand(banned_terms=[term]))

    assert all(house.bans(f"So {form} of them.") for form in forms)
    assert not house.bans("So pleasant of them.")


@pytest.mark.parametrize("kind", list(Kind))
def test_banned_terms_are_never_written(kind: Kind) -> None:
    """Other phrases are taken, whatever everyday word the brand bans."""
    banned = ["look", "short", "welcome", "note", "detail", "few", "word", "thank"]
    brand = a_brand(banned_terms=banned)
    house = House(brand)

    written = answer(a_brief(kind=kind), brand).drafts
    assert written
    assert not any(house.bans(written) for written in texts(written))


def test_facts_and_conditions_with_a_banned_term_are_left_out() -> None:
    """They cannot be put in other words, so they are not told at all."""
    written = text(a_brand(banned_terms=["verified", "full price"]), n=12)

    assert not re.search(r"verified|full-price|20%", written)


def test_a_brand_that_bans_everything_gets_an_error() -> None:
    """Then there is nothing to write, and the error says so."""
    everything = {word for written in texts(drafts(n=40, **MINIMAL)) for word in written.split()}
    with pytest.raises(InvalidDraft, match="no words"):
        drafts(a_brand(banned_terms=sorted(everything)), **MINIMAL)


def test_preferred_terms_take_the_place_of_ours() -> None:
    """In our own phrases, with their capital; what the brief says stays as it is."""
    house = House(a_brand(preferred_terms={"offer": "gift", "the": "ye"}))

    assert house.preferred("Offer on {the_product}, the offer") == "Gift on {the_product}, ye gift"


def test_preferred_terms_do_not_touch_facts() -> None:
    """A fact is quoted as it is, even with a word that the brand avoids."""
    written = text(a_brand(preferred_terms={"buyers": "runners"}), n=12)

    assert "2,314 verified buyers" in written


@pytest.mark.parametrize("allowed", ["never", "sparing"])
def test_exclamations_and_emoji_are_not_forced_on_a_brand(allowed: str) -> None:
    """Only a brand that is free with them may get any."""
    brand = a_brand(exclamations=allowed, emoji=allowed, voice=["playful"])

    for kind in Kind:
        written = text(brand, kind=kind, n=10)
        assert "!" not in written
        assert not EMOJI.search(written)


def test_a_brand_that_is_free_with_emoji_gets_one_at_most() -> None:
    """At the end of the subject, and never in formal copy."""
    brand = a_brand(emoji="free", formality="casual", voice=["playful"])
    found = [
        EMOJI.findall(draft.subject) for seed in range(4) for draft in drafts(brand, seed=seed)
    ]

    assert any(found)
    assert all(len(signs) <= 1 for signs in found)
    assert not EMOJI.search(text(a_brand(emoji="free", formality="formal")))


@pytest.mark.parametrize("sector", ["finance.deposits", "health", "housing", "gambling"])
def test_careful_sectors_get_no_jokes(sector: str) -> None:
    """A playful, casual brand in a sector that asks for care writes plainly."""
    loud = a_brand(voice=["playful"], emoji="free", exclamations="free")
    written = text(loud, sector=sector, n=12)

    assert "Hi {{" not in written
    assert "!" not in written
    assert "kettle" not in written


def test_formality_shows_in_the_greeting() -> None:
    """Casual brands say Hi, formal ones Dear."""
    greetings = {
        formality: text(a_brand(formality=formality), n=10)
        for formality in ("casual", "neutral", "formal")
    }

    assert "Hi {{ first_name" in greetings["casual"]
    assert "Hello {{ first_name" in greetings["neutral"]
    assert 'Dear {{ first_name | fallback: "reader" }}' in greetings["formal"]


def test_formal_copy_has_no_contractions() -> None:
    """Nor has any other: they are not needed, and some brands mind."""
    brand = Brand(name="Ashcombe", formality="formal")

    for kind in Kind:
        assert not re.search(r"\w[\u2019'](?:re|s|ll|ve|d|t)\b", text(brand, kind=kind, facts=[]))


@pytest.mark.parametrize("form", ["Günstig", "günstige", "am günstigsten", "GÜNSTIGEN"])
def test_german_terms_are_known_in_their_forms(form: str) -> None:
    """What a check would find in German copy is not written in the first place."""
    house = House(a_brand(banned_terms=["günstig"]), locale="de")

    assert house.bans(f"Das ist {form}.")
    assert not house.bans("Das ist ein Günstling.")
