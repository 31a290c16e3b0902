"""Holding copy against a brand's mechanics: what can be measured, by name, with the words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Literal, NamedTuple

import yaml

from copydesk.brand_voice.brand import Brand
from copydesk.brand_voice.mechanics import Frequency

SlotName = Literal["subject", "preheader", "body"]
SUBJECT_WORDS_LEAST = 4
"""Of a shorter subject nobody can tell sentence case from title case."""
TITLE_SHARE = 0.6
BODY_WORDS_LEAST = 20
"""A shorter body need not speak to its reader, and has no reading grade."""
GRADE_SLACK = 1.0
"""The formula counts syllables by their letters: it is off by so much now and then."""
SPARING = 1
"""Marks that are still sparing, in the whole copy."""
_TRIM = " .,;:!?"
_VOWELS = re.compile(r"[aeiouy]+")
_SENTENCE = re.compile(r"[^.!?\n]+")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")


class Departure(NamedTuple):
    """One measure by which copy departs from the brand's mechanics."""

    measure: str
    """As `contractions`."""
    slot: SlotName
    start: int
    end: int
    words: str
    """What was found and what the brand does, in a few words."""


def departures(
    brand: Brand, texts: Mapping[SlotName, str], names: Sequence[str] = ()
) -> list[Departure]:
    """Return every measure by which the copy departs from the brand, each once, at its first place.

    Merge tags and links of the texts should be blanked with spaces, so that places stay. `names`
    are written as they are written.
    """
    plain = {slot: text.replace("\u2019", "'") for slot, text in texts.items()}
    known = " ".join([brand.name, *names])
    found = (measure(brand, plain, known) for measure in _MEASURES)
    return [departure for departure in found if departure is not None]


Texts = Mapping[SlotName, str]


def _contractions(brand: Brand, texts: Texts, known: str) -> Departure | None:
    del known
    wanted = brand.mechanics.contractions
    short = _first("contraction", texts)
    if wanted == "never" and short:
        return Departure("contractions", *short, f"`{_at(texts, short)}`, the brand writes in full")
    full = list(_all("in_full", texts))
    if wanted == "expected" and not short and len(full) >= _lists()["in_full_least"]:
        words = f"`{_at(texts, full[0])}` and no contraction, the brand contracts"
        return Departure("contractions", *full[0], words)
    return None


def _oxford_comma(brand: Brand, texts: Texts, known: str) -> Departure | None:
    del known
    if brand.mechanics.oxford_comma is None:
        return None
    name = "no_oxford" if brand.mechanics.oxford_comma else "oxford"
    for place in _all(name, texts):
        slot, start, end = place
        if name == "no_oxford" and _opens(texts[slot], start):
            continue
        does = "a comma" if brand.mechanics.oxford_comma else "no comma"
        words = f"`{texts[slot][start:end]}`, the brand sets {does} before the last of a list"
        return Departure("oxford comma", slot, start, end, words)
    return None


def _opens(text: str, start: int) -> bool:
    """Return whether the words up to the first comma begin the sentence, and are no item."""
    before = re.split(r"[.!?\n:]", text[:start])[-1]
    head = _WORD.findall(before + text[start:])[:1]
    return bool(head) and head[0].casefold() in _lists()["openers"]


def _capitals(brand: Brand, texts: Texts, known: str) -> Departure | None:
    subject = texts.get("subject", "")
    own = set(_WORD.findall(known))
    found = [word for word in _WORD.findall(subject)[1:] if word not in own and not word.isupper()]
    telling = [word for word in found if word.casefold() not in _lists()["small_words"]]
    if brand.mechanics.capitals is None or len(telling) < SUBJECT_WORDS_LEAST - 1:
        return None
    share = sum(word[0].isupper() for word in telling) / len(telling)
    case = "title" if share >= TITLE_SHARE else "sentence"
    if case == brand.mechanics.capitals:
        return None
    words = f"the subject is in {case} case, the brand writes {brand.mechanics.capitals} case"
    return Departure("capitals", "subject", 0, len(subject), words)


def _person(brand: Brand, texts: Texts, known: str) -> Departure | None:
    del known
    others = {"we": ("i",), "I": ("we",), "name": ("we", "i")}.get(brand.mechanics.person or "", ())
    for name in others:
        if place := _first(name, texts):
            is_ = "its name" if brand.mechanics.person == "name" else brand.mechanics.person
            return Departure(
                "person", *place, f"`{_at(texts, place)}`, the brand calls itself {is_}"
            )
    return None


def _reader(brand: Brand, texts: Texts, known: str) -> Departure | None:
    del known
    place = _first("you", texts)
    if brand.mechanics.address_reader is False and place:
        return Departure("reader", *place, f"`{_at(texts, place)}`, the brand never says you")
    body = texts.get("body", "")
    if (
        brand.mechanics.address_reader
        and not place
        and len(_WORD.findall(body)) >= BODY_WORDS_LEAST
    ):
        return Departure("reader", "body", 0, len(body), "nobody is spoken to, the brand says you")
    return None


def _passive(brand: Brand, texts: Texts, known: str) -> Departure | None:
    del known
    place = _first("passive", texts) if brand.mechanics.active_voice else None
    return (
        Departure("passive", *place, f"`{_at(texts, place)}`, the brand writes actively")
        if place
        else None
    )


def _marks(measure: str, name: str, field: str) -> Callable[[Brand, Texts, str], Departure | None]:
    def departs(brand: Brand, texts: Texts, known: str) -> Departure | None:
        wanted: Frequency | None = getattr(brand.mechanics, field)
        if wanted not in {"never", "sparing"}:
            return None
        found = [place for place in _all(name, texts) if _at(texts, place) not in known.split()]
        if len(found) <= (SPARING if wanted == "sparing" else 0):
            return None
        does = "never" if wanted == "never" else "sparingly"
        return Departure(measure, *found[0], f"{len(found)}, the brand uses them {does}")

    return departs


def _sentence_length(brand: Brand, texts: Texts, known: str) -> Departure | None:
    del known
    most = brand.mechanics.sentence_words_max
    for slot, text in texts.items():
        for sentence in _SENTENCE.finditer(text):
            count = len(sentence[0].split())
            if most is not None and count > most:
                start = sentence.start() + len(sentence[0]) - len(sentence[0].lstrip())
                words = f"{count} words in a sentence, the brand writes {most} at most"
                return Departure("sentence length", slot, start, sentence.end(), words)
    return None


def _grade(brand: Brand, texts: Texts, known: str) -> Departure | None:
    del known
    body = texts.get("body", "")
    if brand.reading_grade_max is None or len(_WORD.findall(body)) < BODY_WORDS_LEAST:
        return None
    grade = reading_grade(body)
    if grade <= brand.reading_grade_max + GRADE_SLACK:
        return None
    words = f"grade {grade:.0f}, the brand writes for grade {brand.reading_grade_max:g}"
    return Departure("reading grade", "body", 0, len(body), words)


def _spellings(brand: Brand, texts: Texts, known: str) -> Departure | None:
    if not brand.spellings:
        return None
    forms, pattern = _forms(brand.spellings)
    for slot, text in texts.items():
        for found in pattern.finditer(text):
            written = found[0]
            right = forms[_squashed(written)]
            if written in known or any(
                written in {one, one[:1].upper() + one[1:]} for one in right
            ):
                continue
            if written.casefold() in {one.casefold() for one in right} and _is_title(
                written, right
            ):
                continue
            return Departure(
                "spelling",
                slot,
                found.start(),
                found.end(),
                f"`{written}`, the brand writes `{right[0]}`",
            )
    return None


def _is_title(written: str, right: Sequence[str]) -> bool:
    """Return whether only capitals at the beginnings of words differ, as in a headline."""
    return all(one == one.casefold() for one in right) and written.istitle()


@lru_cache(maxsize=32)
def _forms(spellings: tuple[str, ...]) -> tuple[dict[str, list[str]], re.Pattern[str]]:
    forms: dict[str, list[str]] = {}
    for spelling in spellings:
        forms.setdefault(_squashed(spelling), []).append(spelling)
    loose = (
        "[- ]?".join(map(re.escape, key)) for key in sorted(forms, key=len, reverse=True) if key
    )
    return forms, re.compile(rf"(?<![\w-])(?:{'|'.join(loose)})(?![\w-])", re.IGNORECASE)


def _squashed(words: str) -> str:
    return re.sub(r"[\W_]", "", words).casefold()


def reading_grade(text: str) -> float:
    """Return the Flesch-Kincaid grade (1975) of English text: US school years that it needs."""
    found = [word.casefold() for word in _WORD.findall(text)]
    sentences = max(1, sum(bool(_WORD.search(part[0])) for part in _SENTENCE.finditer(text)))
    syllables = sum(_syllables(word) for word in found)
    return 0.39 * len(found) / sentences + 11.8 * syllables / max(1, len(found)) - 15.59


def _syllables(word: str) -> int:
    groups = len(_VOWELS.findall(word))
    silent = word.endswith("e") and not word.endswith("le") and groups > 1
    return max(1, groups - silent)


Place = tuple[SlotName, int, int]


def _first(name: str, texts: Texts) -> Place | None:
    return next(_all(name, texts), None)


def _all(name: str, texts: Texts) -> Iterator[Place]:
    for slot, text in texts.items():
        for found in _pattern(name).finditer(text):
            yield slot, found.start(), found.end()


def _at(texts: Texts, place: Place) -> str:
    slot, start, end = place
    return texts[slot][start:end].strip(_TRIM)


@cache
def _pattern(name: str) -> re.Pattern[str]:
    cased = name == "capitals"
    return re.compile(_lists()[name], 0 if cased else re.IGNORECASE)


@cache
def _lists() -> Mapping[str, Any]:
    file = resources.files("copydesk.brand_voice").joinpath("manners.yaml")
    data: Mapping[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return data


_MEASURES: tuple[Callable[[Brand, Texts, str], Departure | None], ...] = (
    _contractions,
    _oxford_comma,
    _capitals,
    _person,
    _reader,
    _passive,
    _marks("ampersands", "ampersand", "ampersands"),
    _marks("semicolons", "semicolon", "semicolons"),
    _marks("ellipses", "ellipsis", "ellipses"),
    _marks("all capitals", "capitals", "all_capitals"),
    _sentence_length,
    _grade,
    _spellings,
)
