"""Text as it is read, with the way back to the original."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.guardrails.normalise import fold, read, squeezed
from copydesk.variants import Text


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("You've won!", " you have won . "),
        ("DON\u2019T wait — now", " do not wait , now "),
        ("eco-friendly", " eco friendly "),
        ("p\u200biss", " piss "),
        ("\uff26\uff32\uff25\uff25 fr\u0435\u0435", " free free "),
        ("a c h e a p table", " a cheap table "),
        ("s.h.i.t", " shit "),
        ("freeee", " free "),
        ("shï\u0301t", " shit "),
        ("$1,250.50 at 6 p.m.", " $ 1,250.50 at 6 p.m "),
        ("See https://a.example/x.", " see https://a.example/x "),
        ("one\n\ntwo", " one . two "),
    ],
)
def test_text_is_read_without_its_masks(written: str, line: str) -> None:
    """Case, accents, look-alikes, invisible signs and spaced letters do not hide a word."""
    assert line == read(Text(written)).line


def test_a_merge_tag_reads_as_its_fallback() -> None:
    """A tag is read as its fallback, and each of its words spans the whole tag."""
    reading = read(Text('Hi {{ first_name | fallback: "dear friend" }}, hello'))

    assert reading.line == " hi dear friend , hello "
    assert (reading.words[1].start, reading.words[1].end) == (3, 45)


def test_a_tag_without_fallback_has_a_placeholder() -> None:
    """A tag without a fallback is read as a word that means nobody in particular."""
    assert read(Text("Hi {{ first_name }}")).line == " hi someone "


@given(st.text(max_size=80))
def test_spans_lie_inside_the_original(written: str) -> None:
    """Whatever the text, every word points to a span of the original that is not empty."""
    reading = read(Text(written))

    assert all(0 <= word.start < word.end <= len(written) for word in reading.words)
    assert len(reading.folded.text) == len(reading.folded.starts) == len(reading.folded.ends)


@given(st.text(alphabet=st.characters(codec="ascii"), max_size=60))
def test_folding_twice_changes_nothing(written: str) -> None:
    """What is folded stays as it is."""
    assert fold(written) == fold(fold(written))


def test_a_sentence_is_found_around_a_word() -> None:
    """The sentence of a word ends where the marks say."""
    reading = read(Text("One here. Two there, or so! Three."))

    assert reading.sentence(4) == (3, 7)


def test_stretched_words_have_two_readings() -> None:
    """A letter three times over stands for one or for two."""
    assert squeezed("shiiiit") == ("shit", "shiit")
    assert squeezed("good") == ()
