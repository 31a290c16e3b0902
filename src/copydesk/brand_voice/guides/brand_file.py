"""From lessons to a brand, and the brand as a file that a person reads and confirms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from copydesk.brand_voice.brand import Brand, Citation, Pair
from copydesk.brand_voice.guides.cues import book
from copydesk.brand_voice.guides.lessons import Lesson
from copydesk.documents import shaped

LISTS = ("voice", "banned_terms", "spellings", "guidance", "samples")
WORDS = ("preferred_terms", "careful_terms")
SAMPLES_AT_MOST = 200
"""A brand travels with every request: more samples than this teach nothing new."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A brand made of lessons, and what the guide says against itself."""

    brand: Brand
    disputes: tuple[Citation, ...]
    """Sentences that give a field another value than the one that was taken."""


def build(lessons: Sequence[Lesson], name: str | None = None) -> Imported:
    """Return the brand that the lessons make; of values that contradict each other, the first.

    Raises InputError when a value does not fit its field, or nothing says the brand's name.
    """
    fields: dict[str, Any] = {}
    cited: list[Citation] = []
    disputes: list[Citation] = []
    for lesson in _ordered(lessons):
        if lesson.field == "name" and name is not None:
            continue
        taken = _enter(fields, lesson)
        (cited if taken else disputes).extend(lesson.citations)
    fields["name"] = name or fields.get("name")
    fields["citations"] = [citation.model_dump() for citation in _once(cited)]
    brand = shaped({key: value for key, value in fields.items() if value is not None}, Brand)
    return Imported(brand, tuple(_once(disputes)))


def _ordered(lessons: Sequence[Lesson]) -> list[Lesson]:
    """What is banned outright comes before what is only for care, and samples at most so many.

    Guidance on what is written here, e-mails and their parts, comes before other guidance: a
    prompt shows only the beginning of it.
    """
    samples = [lesson for lesson in lessons if lesson.field == "samples"][:SAMPLES_AT_MOST]
    rest = [lesson for lesson in lessons if lesson.field != "samples"]
    return sorted(rest, key=_rank) + samples


def _rank(lesson: Lesson) -> tuple[bool, bool]:
    headings = " / ".join(lesson.sentence.headings)
    near = book().guidance.near.search(headings) is not None
    return lesson.field == "careful_terms", lesson.field == "guidance" and not near


def _enter(fields: dict[str, Any], lesson: Lesson) -> bool:
    """Put a lesson into the fields; False where another value is there already."""
    if lesson.field in LISTS:
        return _append(fields.setdefault(lesson.field, []), str(lesson.value))
    if lesson.field in WORDS:
        return _word(fields, lesson)
    if lesson.field == "pairs":
        pair = Pair(do=str(lesson.value), dont=lesson.detail, about=lesson.sentence.heading or None)
        found = fields.setdefault("pairs", [])
        found += [pair] if pair not in found else []
        return True
    return _value(fields, lesson)


def _append(values: list[str], value: str) -> bool:
    if value.casefold() not in {known.casefold() for known in values}:
        values.append(value)
    return True


def _word(fields: dict[str, Any], lesson: Lesson) -> bool:
    words, term = fields.setdefault(lesson.field, {}), str(lesson.value)
    banned = {known.casefold() for known in fields.get("banned_terms", ())}
    if lesson.field == "careful_terms" and term.casefold() in banned:
        return False
    return bool(words.setdefault(term, lesson.detail) == lesson.detail) or (
        lesson.field == "careful_terms"  # two conditions do not contradict each other
    )


def _value(fields: dict[str, Any], lesson: Lesson) -> bool:
    place, _, name = lesson.field.rpartition(".")
    values = fields.setdefault(place, {}) if place else fields
    return bool(values.setdefault(name, lesson.value) == lesson.value)


def _once(citations: Sequence[Citation]) -> list[Citation]:
    return list(dict.fromkeys(citations))


def as_yaml(brand: Brand) -> str:
    """Return the brand as YAML: what is set and nothing else, the citations last."""
    data = brand.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    data["citations"] = data.pop("citations", [])
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=96)


def without(brand: Brand, citation: Citation) -> Brand:
    """Return the brand without the entry that a citation speaks of, and without its citations."""
    data = brand.model_dump(mode="json", exclude_unset=True)
    place, _, name = citation.entry.rpartition(".")
    values = data.get(place, {}) if place else data
    held = values.get(name)
    if isinstance(held, list):
        values[name] = [one for one in held if _shown(one) != citation.value]
    elif isinstance(held, dict):
        held.pop(citation.value, None)
    else:
        values.pop(name, None)
    same = (citation.entry, citation.value)
    data["citations"] = [c for c in data["citations"] if (c["entry"], c["value"]) != same]
    return shaped(data, Brand)


def _shown(value: object) -> str:
    return str(value["do"]) if isinstance(value, dict) else str(value)


def confirmed(brand: Brand, citation: Citation) -> Brand:
    """Return the brand with every citation of this entry confirmed."""
    same = (citation.entry, citation.value)
    cited = tuple(
        one.model_copy(update={"confirmed": True}) if (one.entry, one.value) == same else one
        for one in brand.citations
    )
    return brand.model_copy(update={"citations": cited})
