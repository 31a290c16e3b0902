"""Rules that look for what a sentence means, whatever its words: the model's judgement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from copydesk.guardrails.case import Case, Hit
from copydesk.guardrails.frames import frames
from copydesk.guardrails.meaning import Level, Meaning, narrowed
from copydesk.guardrails.normalise import Reading
from copydesk.guardrails.phrases import Lists, PhraseError
from copydesk.guardrails.rule import Category, Find, RuleBase


class MeaningRule(RuleBase):
    """Flags sentences that the model reads as a claim of the rule's category.

    The finding is the part of the sentence that carries the claim, where that is clear.
    """

    kind: Literal["meaning"]
    means: Category | None = None
    """Category of the model, where it has another name than the rule's."""
    level: Level = "sure"
    """How certain the model must be."""
    disowned: Literal["spares", "counts"] = "counts"
    """Whether a sentence that quotes, condemns or denies what it says is spared: see `frames`."""

    @property
    def meaning(self) -> str:
        """The category of the model that the rule looks for."""
        return self.means or self.category

    def finder(self, lists: Lists) -> Find:
        """Return a function that looks through the sentences which the model has scored.

        Raises PhraseError when the model does not know the category.
        """
        del lists
        known = Meaning.load().categories
        if self.meaning not in known:
            raise PhraseError(f"the model has no `{self.meaning}`; it has {', '.join(known)}")
        return self._find

    def _find(self, case: Case) -> Iterator[Hit]:
        for meant in case.meanings.get(self.meaning, ()):
            if self.level == "likely" or meant.sure:
                reading = case.readings[meant.slot]
                first, last = narrowed(meant.sentence, self.meaning)
                if self.disowned == "counts" or not _is_disowned(reading, first, last):
                    yield Hit(meant.slot, *reading.span_of_words(first, last))


def _is_disowned(reading: Reading, first: int, last: int) -> bool:
    """Whether any of the words is: which of them carries the claim the model does not say."""
    words = reading.words[first : last + 1]
    return any(frames().spare(reading, (word.start, word.end)) for word in words)
