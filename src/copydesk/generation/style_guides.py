"""Having a model read a style guide: it proposes entries, and each must rest on its sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from copydesk.brand_voice import Brand, Formality, Frequency
from copydesk.brand_voice.guides.lessons import Lesson
from copydesk.brand_voice.guides.passages import Sentence
from copydesk.brand_voice.mechanics import Mechanics
from copydesk.documents import problems_of
from copydesk.errors import InvalidDraft
from copydesk.generation.answers import closed, json_in
from copydesk.generation.questions import Answerer, Form
from copydesk.prompts.guides import guide_prompt

CHARACTERS_AT_ONCE = 12_000
"""Of a guide in one question: more, and the middle is read in a hurry."""

_QUOTED = ("banned_terms", "careful_terms", "preferred_terms", "spellings", "pairs", "guidance")
"""Fields whose value stands in the guide, word for word."""
_QUOTED_TOO = ("preferred_terms", "pairs")
"""Fields whose detail does as well."""
_CHOSEN: dict[str, tuple[str, ...]] = {
    "formality": get_args(Formality),
    "exclamations": get_args(Frequency),
    "emoji": get_args(Frequency),
}
_NUMBERS = ("reading_grade_max", "mechanics.sentence_words_max")
_FIELDS = (
    "voice", *_QUOTED, *_CHOSEN, "reading_grade_max",
    *(f"mechanics.{name}" for name in Mechanics.model_fields),
)  # fmt: skip


class Entry(BaseModel):
    """One entry as a model proposes it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    field: str
    value: str
    detail: str = ""
    sentence: int


class _Entries(BaseModel):
    model_config = ConfigDict(extra="ignore")

    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a model found in a guide."""

    lessons: tuple[Lesson, ...]
    refused: int
    """Entries that rest on no sentence, or whose words do not stand in it."""


async def read_with(answerer: Answerer, sentences: Sequence[Sentence]) -> Proposed:
    """Return what a model finds in a guide, with only such entries as their sentence bears out.

    Raises:
        GenerationError: the model did not answer, or not in the form asked for.
    """
    lessons: list[Lesson] = []
    proposed = 0
    for asked in _chunks(sentences):
        said = await answerer.answer(guide_prompt(asked), guide_form())
        entries = _entries(said)
        proposed += len(entries)
        found = (_lesson(entry, asked, answerer.name) for entry in entries)
        lessons += [lesson for lesson in found if lesson is not None]
    return Proposed(tuple(lessons), proposed - len(lessons))


def guide_form() -> Form:
    """Return the form of an answer."""
    text: dict[str, Any] = {"type": "string"}
    entry = closed({
        "field": {"type": "string", "enum": list(_FIELDS)},
        "value": text,
        "detail": text,
        "sentence": {"type": "integer"},
    })  # fmt: skip
    return Form("guide", closed({"entries": {"type": "array", "items": entry}}))


def _chunks(sentences: Sequence[Sentence]) -> Iterator[list[Sentence]]:
    chunk: list[Sentence] = []
    size = 0
    for sentence in sentences:
        if chunk and size + len(sentence.text) > CHARACTERS_AT_ONCE:
            yield chunk
            chunk, size = [], 0
        chunk.append(sentence)
        size += len(sentence.text)
    if chunk:
        yield chunk


def _entries(said: str) -> list[Entry]:
    try:
        return _Entries.model_validate(json_in(said)).entries
    except ValidationError as error:
        problems = "; ".join(str(problem) for problem in problems_of(error, _Entries))
        raise InvalidDraft(f"the answer about the guide does not fit: {problems}") from error


def _lesson(entry: Entry, asked: Sequence[Sentence], model: str) -> Lesson | None:
    """Return an entry as a lesson, or None where its sentence does not bear it out."""
    if entry.field not in _FIELDS or not 1 <= entry.sentence <= len(asked) or not entry.value:
        return None
    sentence = asked[entry.sentence - 1]
    near = " ".join(one.tagged for one in asked[max(0, entry.sentence - 3) : entry.sentence + 2])
    bears = near if entry.field == "pairs" else f"{sentence.lead} {sentence.tagged}"
    quoted = [entry.value] if entry.field in _QUOTED else []
    quoted += [entry.detail] if entry.field in _QUOTED_TOO else []
    if any(not _stands(words, bears) for words in quoted):
        return None
    value = _value(entry)
    return (
        None if value is None else Lesson(entry.field, value, sentence, entry.detail, None, model)
    )


def _value(entry: Entry) -> str | bool | float | None:
    """Return the value in its type, or None where the field cannot hold it."""
    place, _, name = entry.field.rpartition(".")
    if entry.field in _CHOSEN:
        return entry.value if entry.value in _CHOSEN[entry.field] else None
    value: str | bool | float = entry.value
    if entry.field in _NUMBERS:
        if not re.fullmatch(r"\d{1,3}", entry.value):
            return None
        value = float(entry.value)
    elif entry.value in {"true", "false"} and place:
        value = entry.value == "true"
    try:
        shape = {place: {name: value}} if place else {name: _filled(name, value)}
        Brand.model_validate({"name": "-", **shape})
    except ValidationError:
        return None
    return value


def _filled(name: str, value: str | bool | float) -> object:
    if name in {"careful_terms", "preferred_terms"}:
        return {str(value): ""}
    return (
        [{"do": value, "dont": "-"}] if name == "pairs" else value if name in _NUMBERS else [value]
    )


def _stands(words: str, text: str) -> bool:
    wanted, held = (re.sub(r"[\W_]+", " ", part.casefold()).strip() for part in (words, text))
    return bool(wanted) and f" {wanted} " in f" {held} "
