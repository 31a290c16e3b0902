"""The brand: voice, terms and mechanics, as a marketer writes them down or a guide teaches them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from copydesk.brand_voice.mechanics import Frequency, Mechanics
from copydesk.briefs import UNQUOTED, Line, Noun

Formality = Literal["casual", "neutral", "formal"]

TAUGHT = ("mechanics", "pairs", "careful_terms", "spellings", "guidance")
"""Fields that only a style guide fills: without one they are empty."""


class Pair(Noun):
    """Two ways to say a thing: the brand's own, and the one that it would not use."""

    do: Line
    dont: Line
    about: Line | None = None
    """What the pair shows, as the heading it stands under."""


class Citation(Noun):
    """Where one entry of the brand comes from, for a person to confirm."""

    entry: Line
    """The field, as `voice` or `mechanics.contractions`."""
    value: Line
    """What was entered, or for terms the term."""
    says: str
    """The sentence, as the file has it; for an item of a list with the words that lead it in."""
    file: Line
    place: Line
    """As `line 12`, `page 3, line 4` or `paragraph 9`."""
    heading: str | None = None
    found_by: Line = "rules"
    """`rules`, `samples`, or the model that read the guide."""
    confirmed: bool = False


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
    mechanics: Mechanics = Mechanics()
    pairs: tuple[Pair, ...] = ()
    careful_terms: dict[str, str] = {}
    """Word that is right only sometimes: when, in the guide's words."""
    spellings: tuple[Line, ...] = ()
    """Words as the brand writes them, where others differ in hyphens, spaces or capitals."""
    guidance: tuple[Line, ...] = ()
    """What else the guide asks of a writer, in its own sentences."""
    citations: tuple[Citation, ...] = ()
    """The sentences that entries come from. No approval rests on them, and no model reads them."""

    def bound(self) -> dict[str, Any]:
        """Return what an approval rests on, as plain data.

        Citations are left out, and what only style guides fill where nothing fills it: approvals
        from before there were such fields hold.
        """
        empty = {name for name in TAUGHT if getattr(self, name) == _default(name)}
        return self.model_dump(mode="json", exclude={"citations", *empty})


def _default(name: str) -> object:
    return Brand.model_fields[name].default
