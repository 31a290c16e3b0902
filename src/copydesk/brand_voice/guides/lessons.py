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
    """Of a pair whose halves are two sentences, the other one."""
    found_by: str = "rules"

    @property
    def citation(self) -> Citation:
        """Where it comes from."""
        return Citation(
            entry=self.field,
            value=written(self.value),
            says=said(self.sentence) + (f" / {self.also.text}" if self.also else ""),
            file=self.sentence.file,
            place=self.sentence.place,
            heading=self.sentence.heading or None,
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
