"""Rules that look for what a sentence means, whatever its words: the model's judgement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from copydesk.guardrails.case import Case, Hit, Meant
from copydesk.guardrails.conditions import Own, index_of
from copydesk.guardrails.meaning import Level, Meaning, narrowed
from copydesk.guardrails.phrases import Lists, PhraseError, Phrases
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
    likely_with: Phrases = ()
    """In a sentence with one of these phrases, `likely` is enough."""

    def finder(self, lists: Lists) -> Find:
        """Return a function that looks through the sentences which the model has scored.

        Raises PhraseError when the model does not know the category.
        """
        category = self.means or self.category
        known = Meaning.load().categories
        if category not in known:
            raise PhraseError(f"the model has no `{category}`; it has {', '.join(known)}")
        pointing = index_of(self.likely_with, lists)
        return lambda case: self._find(case, category, pointing)

    def _find(self, case: Case, category: str, pointing: Own) -> Iterator[Hit]:
        for meant in case.meanings.get(category, ()):
            if self.level == "likely" or meant.sure or _points(case, meant, pointing):
                reading = case.readings[meant.slot]
                first, last = narrowed(meant.sentence, category)
                yield Hit(meant.slot, *reading.span_of_words(first, last))


def _points(case: Case, meant: Meant, pointing: Own) -> bool:
    reading, sentence = case.readings[meant.slot], meant.sentence
    found = (reading.word_at(start) for _, start, _ in pointing.search(reading))
    return any(sentence.first <= word <= sentence.last for word in found)
