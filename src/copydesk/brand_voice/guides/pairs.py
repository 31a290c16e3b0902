"""Pairs of a guide: the same thing said as the brand would, and as it would not."""

from __future__ import annotations

import re
from collections.abc import Sequence

from copydesk.brand_voice.guides.cues import book
from copydesk.brand_voice.guides.lessons import Lesson
from copydesk.brand_voice.guides.passages import Sentence
from copydesk.brand_voice.guides.terms import instead_of

_LABELLED = re.compile(
    r"^«?(?P<label>[^:«»]{1,20}?)»?\s*:\s*»?(?P<text>.+)$|^(?P<sign>[✓✔✅👍✗✘❌👎])\s*(?P<rest>.+)$"
)
APART = 3
"""The halves of a pair stand within so many sentences of each other."""
TERM_WORDS = 2


def pairs(sentences: Sequence[Sentence]) -> list[Lesson]:
    """Return the pairs of a guide, from its lists, its lines and its tables."""
    found = [lesson for sentence in sentences for lesson in _row(sentence)]
    halves = [(at, half) for at, s in enumerate(sentences) if (half := _half(s))]
    left = list(halves)
    for at, (side, text) in halves:
        if side != "dont" or (at, (side, text)) not in left:
            continue
        other = _nearest(at, left, sentences)
        if other is not None:
            left.remove(other)
            do_at, (_, do) = other
            if do == text:  # they differ in what no plain text shows, as a link
                continue
            found.append(Lesson("pairs", do, sentences[do_at], text, also=sentences[at]))
    return found


def _nearest(
    at: int, halves: list[tuple[int, tuple[str, str]]], sentences: Sequence[Sentence]
) -> tuple[int, tuple[str, str]] | None:
    near = [
        half
        for half in halves
        if half[1][0] == "do"
        and abs(half[0] - at) <= APART
        and sentences[half[0]].headings == sentences[at].headings
    ]
    return min(near, key=lambda half: abs(half[0] - at), default=None)


def _half(sentence: Sentence) -> tuple[str, str] | None:
    """Return the side and the words of a line as `No: …`, or None."""
    found = _LABELLED.match(sentence.tagged)
    if found is None or sentence.kind == "row":
        return None
    label, text = found["label"] or found["sign"], found["text"] or found["rest"]
    columns = book().terms.columns
    side = "do" if columns.do.search(label) else "dont" if columns.dont.search(label) else None
    return (side, text.replace("«", "").replace("»", "").strip()) if side else None


def _row(sentence: Sentence) -> list[Lesson]:
    """Return what a row teaches whose columns are headed `Say` and `Don't say`, or the like."""
    columns = book().terms.columns
    do, dont = _cell(sentence, columns.do), _cell(sentence, columns.dont)
    if not do or not dont:
        return []
    avoided = [term.strip() for term in dont.split(",") if term.strip()]
    if max(len(words.split()) for words in (do, *avoided)) <= TERM_WORDS:
        return list(instead_of(f"«{do}»", "".join(f"«{term}»" for term in avoided), sentence))
    return [Lesson("pairs", do, sentence, dont)]


def _cell(sentence: Sentence, head: re.Pattern[str]) -> str:
    """Return the cell under the first head of a column that is of this side."""
    cells = zip(sentence.cells, sentence.columns, strict=False)
    return next((cell for cell, column in cells if head.search(column)), "")
