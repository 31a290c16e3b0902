"""The phrase files: every slot and flag is known, and no phrase claims anything by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import get_args

import pytest

from copydesk.briefs import Kind, OfferKind, Sector
from copydesk.generation.phrasebook import grammar, limits
from copydesk.generation.phrasebook.grammar import EITHER, SLOT, Book, Condition, Phrase, load_book
from copydesk.generation.phrasebook.lexicon import lexicon
from copydesk.variants import Text
from tests.timing import seconds_of
from tests.unit.generation_phrasebook.asking import drafts

BOOKS = [load_book(kind, sector) for kind in Kind for sector in get_args(Sector)]

SLOTS = {
    *("brand", "product", "Product", "full", "Full", "label", "small", "price", "cta", "link"),
    *("is", "it", "It", "does", "s", "cart", "interest", "season", "code", "count", "Count"),
    *("lead", "facts_prose", "facts_bullets", "facts_joined", "Facts_joined"),
    *(
        name
        for slot in ("deal", "deal_on", "end", "until", "terms", "terms_whole")
        for name in (slot, slot.capitalize())
    ),
    *(name for slot in ("headline", "now", "was", "lowest") for name in (slot, slot.capitalize())),
    *(
        f"{n}_{form}"
        for n in ("lead", "second", "third")
        for form in ("line", "small", "noun", "head", "does")
    ),
}
FLAGS = {
    *SLOTS,
    *Kind,
    *OfferKind,
    *(f"theme_{noun.theme}" for noun in lexicon().nouns.values()),
    *(sector.replace(".", "_") for sector in get_args(Sector)),
    *(sector.split(".")[0] for sector in get_args(Sector)),
    *("casual", "neutral", "formal", "careful", "light", "playful", "warm", "plain", "expert"),
    *("sober", "exclaim", "emoji", "selling", "one", "many", "room", "clothes", "trip", "occasion"),
    *("fact", "facts", "proof", "dated", "thin", "several", "single", "prose", "nouns"),
    *("american", "british", "lead_whole", "offer", "reduced", "own_words", "named", "drop"),
}  # fmt: skip
CLAIM = re.compile(
    r"\b(?:best[- ]?(?:sell|price|ever)\w*|new|free|favou?rite|exclusive|guarantee\w*|hurry|limited"
    r"|popular|perfect|amazing|last chance|don'?t miss|today only|selected|cheap\w*|sale|save big"
    r"|colou?rs?|organi[sz]e\w*|noticed|viewed|browsed|watched|you (?:have )?looked)\b"
    r"|^(?:re|fwd?):",
    re.IGNORECASE,
)


def phrases(book: Book) -> Iterator[tuple[str, Phrase]]:
    for name, said in book.parts.items():
        yield from ((name, phrase) for phrase in said)
    for thread in book.threads:
        for name, said in thread.parts.items():
            yield from ((f"{name}_{thread.topic}", phrase) for phrase in said)


@cache
def all_phrases() -> set[tuple[str, Phrase]]:
    return {pair for book in BOOKS for pair in phrases(book)}


def wordings(text: str) -> list[str]:
    """Every way in which a phrase can be worded."""
    pieces = EITHER.split(text)
    choices = [piece.split("|") if odd % 2 else [piece] for odd, piece in enumerate(pieces)]
    return ["".join(chosen) for chosen in product(*choices)]


@cache
def all_wordings() -> set[tuple[str, str]]:
    return {(part, text) for part, phrase in all_phrases() for text in wordings(phrase.text)}


def conditions() -> set[Condition]:
    threads = {thread.condition for book in BOOKS for thread in book.threads}
    return threads | {phrase.condition for _, phrase in all_phrases()}


def test_every_slot_is_one_that_can_be_filled() -> None:
    """A misspelt slot would silence its phrase for good."""
    assert {slot for _, phrase in all_phrases() for slot in phrase.slots} <= SLOTS


def test_every_flag_is_one_that_can_be_set() -> None:
    """A misspelt flag would silence its phrase, or let it speak out of turn."""
    assert {flag for condition in conditions() for flag in condition.flags} <= FLAGS


def test_no_phrase_claims_anything_by_itself() -> None:
    """Superlatives, urgency, novelty and `free` come from the brief or not at all."""
    claims = [text for _, text in all_wordings() if CLAIM.search(text)]

    assert claims == []


def test_no_phrase_has_a_figure_of_its_own() -> None:
    """But for the 30 days of the law on price reductions."""
    figures = [p.text for _, p in all_phrases() if re.search(r"\d", p.text.replace("30 days", ""))]

    assert figures == []


def test_every_merge_tag_in_a_phrase_has_a_fallback() -> None:
    """And is the first name: no other field is asked for."""
    tags = [tag for _, phrase in all_phrases() for tag in Text(phrase.text).tags]

    assert tags
    assert all(tag.name == "first_name" and tag.fallback for tag in tags)


@pytest.mark.parametrize(("part", "least", "most"), [("preheader", 30, 100), ("subject", 15, 70)])
def test_phrases_without_slots_fit_where_they_go(part: str, least: int, most: int) -> None:
    """A phrase that is too short or too long by itself would never be taken."""
    filled = {
        text.replace("{brand}", "Northpeak").replace("{cart}", "cart")
        for name, text in all_wordings()
        if name.startswith(part)
    }
    own = {text for text in filled if not SLOT.search(text)}

    assert {text for text in own if not least <= limits.visible(text) <= most} == set()


def test_phrases_are_sentences() -> None:
    """What stands in a body ends as a sentence does, or in what the brief says."""
    bodies = ("opening", "scene", "turn", "aside", "close", "frame", "deal", "terms", "facts")
    ends = (".", "?", "!", "}", ":")
    loose = {
        text for name, text in all_wordings() if name.startswith(bodies) and not text.endswith(ends)
    }

    assert loose == set()


def test_no_wording_is_left_in_brackets() -> None:
    """Of `[one|another]` one is drawn, and the brackets are not written."""
    for kind in Kind:
        for draft in drafts(kind=kind, n=8):
            assert not re.search(r"[\[\]|]", draft.subject + draft.preheader)


def test_there_are_hundreds_of_phrases() -> None:
    """Variety is in the number of things to say, not in shuffling a few."""
    assert len({phrase.text for _, phrase in all_phrases()}) > 1000


def test_a_condition_reads_its_flags() -> None:
    """All must hold, one of a group, and none that is barred."""
    condition = grammar.read_condition("casual|neutral offer !careful")

    assert condition.holds(frozenset({"neutral", "offer"}))
    assert not condition.holds(frozenset({"formal", "offer"}))
    assert not condition.holds(frozenset({"casual", "offer", "careful"}))


def test_a_book_loads_in_a_blink() -> None:
    """Reading the files of one kind and sector takes under 60 ms."""
    load_book.cache_clear()

    assert seconds_of(lambda: load_book("promotion", "apparel")) < 0.06
