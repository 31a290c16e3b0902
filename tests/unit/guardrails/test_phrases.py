"""The phrase language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.guardrails.normalise import read
from copydesk.guardrails.phrase_index import PhraseIndex
from copydesk.guardrails.phrases import PhraseError, compile_phrase
from copydesk.variants import Text

LISTS = {"ills": ("arthritis", "high blood pressure", "diabet*")}


def found(phrase: str, text: str) -> list[str]:
    reading = read(Text(text))
    spans = compile_phrase(phrase, LISTS).search(reading.line)
    return [text[slice(*reading.span(start, end))] for start, end in spans]


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        ("last chance", "Your last-chance, and Last Chance!", ["last-chance", "Last Chance"]),
        ("final hour|hours", "final hours, final day", ["final hours"]),
        ("win~ back", "we won back what you win", ["won back"]),
        ("(out of|low in) stock", "Out of stock or low in stock", ["Out of stock", "low in stock"]),
        ("only <number> left", "only six left or only 1,250", ["only six left"]),
        ("<money> off", "$20 off, 20 dollars off", ["$20 off", "20 dollars off"]),
        ("you have [really] won", "You\u2019ve really won", ["You\u2019ve really won"]),
        ("cure~ ... @ills", "cured my high blood pressure", ["cured my high blood pressure"]),
        ("cure~ ... @ills", "It is a cure. Diabetics know.", []),
        ("cure~ ...1 @ills", "cures all of my arthritis", []),
        ("^ re", "Re: you and re me", ["Re"]),
        ("back $", "back to back", ["back"]),
        ("biodegrad*", "a biodegradable bag", ["biodegradable"]),
    ],
)  # fmt: skip
def test_a_phrase_finds_what_it_means(phrase: str, text: str, expected: list[str]) -> None:
    """Each part of the language finds what its description says, and nothing else."""
    assert expected == found(phrase, text)


@pytest.mark.parametrize(
    ("phrase", "complaint"),
    [
        ("(out of", "ends where"),
        ("out of)", "where a word was expected"),
        ("cure @nothing", "known lists: ills"),
        ("<colour> left", "known: money"),
        ("...", "at least one word"),
        ("[only] <number>", "at least one word"),
        ("last ~ chance", "stray `~`"),
        ("la~st chance", "stray `~`"),
        ("*", "stray"),
        ("last - chance", "stands for no word"),
        ("last @ chance", "stray `@`"),
        ("(" * 500 + "last", "more than 12 brackets"),
    ],
)
def test_a_phrase_that_cannot_be_read_says_why(phrase: str, complaint: str) -> None:
    """A mistake in a phrase is an error that names it."""
    with pytest.raises(PhraseError, match=complaint.replace("(", r"\(")):
        compile_phrase(phrase, LISTS)


SIGNS = st.sampled_from([*"()[]|~*@<>^$-.,'", "...", "...3", "@ills", "<number>", " ", "win", "a"])


@given(st.one_of(st.lists(SIGNS, max_size=12).map("".join), st.text(max_size=30)))
def test_any_phrase_parses_or_says_where_it_is_wrong(phrase: str) -> None:
    """Whatever stands in a pack as a phrase, it can be searched for or the error quotes it."""
    complaint = ""
    try:
        found(phrase, "win a win")
    except PhraseError as error:
        complaint = str(error)

    assert not complaint or f"`{phrase}`" in complaint


def test_an_index_finds_the_same_as_each_phrase_alone() -> None:
    """Signposts only save time: every phrase that occurs is found through the index."""
    phrases = ["last chance", "win~ back", "biodegrad*", "cure~ ... @ills", "no such thing"]
    reading = read(Text("Last chance: we won back diabetics. It cures diabetics, biodegradably."))
    index = PhraseIndex([(text, compile_phrase(text, LISTS)) for text in phrases])

    assert set(phrases[:4]) == {key for key, _, _ in index.search(reading)}
