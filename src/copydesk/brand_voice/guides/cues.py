"""The patterns by which guides are read, from cues.yaml, compiled once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

from copydesk import documents

TERM = r"«[^»]{1,80}»"
ANOTHER = r"(?! (?:instead|rather|over|not)\b)"
_ROWS = {
    side: rf"(?:the )?{TERM}(?:(?:,? (?:and|or)|,)? (?:the )?{TERM}{after})*"
    for side, after in {"do": "", "dont": ANOTHER}.items()
}
"""One word set apart or several in a row; words to avoid end where another pair begins."""


def _compiled(source: object) -> object:
    if isinstance(source, list):
        source = "|".join(str(part) for part in source)
    if not isinstance(source, str):
        return source
    filled = re.sub(r"\{(do|dont)\}", lambda m: f"(?P<{m[1]}>{_ROWS[m[1]]})", source)
    return re.compile(filled, re.IGNORECASE)


Pattern = Annotated[re.Pattern[str], BeforeValidator(_compiled)]


class Cues(BaseModel):
    """A part of the file: nothing in it may be misspelled."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Single(Cues):
    """A sentence that gives a field its one value."""

    field: str
    value: Any
    says: Pattern
    under: Pattern | None = None
    """The heading that the sentence must stand under."""
    unless: Pattern | None = None


class Number(Cues):
    """A sentence that gives a number, as digits in the groups n or m, or as a word in w."""

    field: str
    says: Pattern
    unless: Pattern | None = None
    words: Mapping[str, int] = {}


class PassedOver(Cues):
    """What is not read for rules."""

    headings: Pattern
    sentences: Pattern


class Voice(Cues):
    """How a guide names the traits of its voice."""

    sections: Pattern
    not_sections: Pattern
    says: tuple[Pattern, ...]
    lead: Pattern
    lead_not: Pattern
    words_most: int
    not_traits: Pattern
    traits: Pattern
    formality: Mapping[str, str]
    """What a trait says of how formal the voice is."""
    shows: Pattern
    """What leads in a quotation that is approved copy."""


class Headings(Cues):
    """Headings over lists of words."""

    banned: Pattern
    careful: Pattern
    spellings: Pattern


class Columns(Cues):
    """Heads of columns, and words before a colon."""

    do: Pattern
    dont: Pattern


class Terms(Cues):
    """How a guide names words to use and to avoid."""

    preferred: tuple[Pattern, ...]
    preferred_items: tuple[Pattern, ...]
    banned: Pattern
    careful: Pattern
    named: Pattern
    conditions: Pattern
    not_terms: Pattern
    headings: Headings
    columns: Columns
    too_common: frozenset[str]
    tail: Pattern
    article: Pattern


class Guidance(Cues):
    """What else asks something of a writer."""

    asks: Pattern
    we: Pattern
    not_: Pattern
    leans: Pattern
    """Words that mean nothing without the heading."""
    near: Pattern
    """Headings over what is about e-mails."""
    words_least: int
    words_most: int


class Book(Cues):
    """Everything in cues.yaml."""

    passed_over: PassedOver
    single: tuple[Single, ...]
    numbers: tuple[Number, ...]
    names: tuple[Pattern, ...]
    voice: Voice
    terms: Terms
    guidance: Guidance


@cache
def book() -> Book:
    """Return the patterns."""
    file = resources.files("copydesk.brand_voice.guides").joinpath("cues.yaml")
    return documents.parse(file.read_text(encoding="utf-8"), Book, file.name)
