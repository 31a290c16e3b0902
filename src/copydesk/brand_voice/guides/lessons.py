"""What one sentence of a guide teaches: a field of the brand, a value, and the sentence."""

from __future__ import annotations

from dataclasses import dataclass

from copydesk.brand_voice.brand import Citation
from copydesk.brand_voice.guides.passages import Sentence


@dataclass(frozen=True, slots=True)
class Lesson:
    """One entry for the brand, not yet in it."""

    field: str
    """As `voice`, `banned_terms` or `mechanics.contractions`."""
    value: str | bool | float
    """Of a pair, what to do."""
    sentence: Sentence
    detail: str = ""
    """Of a preferred term the word in its place, of a careful one its condition, of a pair what
    not to do."""
    also: Sentence | None = None
    """A second sentence that it rests on, as the other half of a pair."""
    found_by: str = "rules"

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Where it comes from, the sentence that says it first."""
        return tuple(self._citation(one) for one in (self.sentence, self.also) if one)

    def _citation(self, sentence: Sentence) -> Citation:
        return Citation(
            entry=self.field,
            value=written(self.value),
            says=said(sentence),
            file=sentence.file,
            place=sentence.place,
            heading=sentence.heading or None,
            found_by=self.found_by,
        )


def said(sentence: Sentence) -> str:
    """Return the sentence, for an item with the words that lead it in."""
    lead = sentence.lead.replace("«", "“").replace("»", "”")
    return f"{lead} {sentence.text}" if sentence.leads else sentence.text


def written(value: str | bool | float) -> str:
    """Return a value as the brand file has it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)
