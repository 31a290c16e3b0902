"""The brand: voice, terms and mechanics, as a marketer writes them down."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from copydesk.briefs import UNQUOTED, Line, Noun

Formality = Literal["casual", "neutral", "formal"]
Frequency = Literal["never", "sparing", "free"]


class Brand(Noun):
    """How a brand wants to sound."""

    name: Line
    voice: tuple[Line, ...] = ()
    """Adjectives, as plain, warm, dry humour."""
    formality: Formality = "neutral"
    exclamations: Frequency = "sparing"
    emoji: Frequency = "sparing"
    banned_terms: tuple[Line, ...] = ()
    preferred_terms: dict[str, str] = {}
    """Word to avoid: word to use in its place."""
    reading_grade_max: Annotated[float, Field(gt=0, le=20), UNQUOTED] | None = None
    """Highest US school grade that the body may need (Flesch-Kincaid)."""
    samples: tuple[str, ...] = ()
    """Short paragraphs of approved copy."""
    footer: str | None = None
    """Postal address and unsubscribe line, appended by the campaign tool, never by a model."""
