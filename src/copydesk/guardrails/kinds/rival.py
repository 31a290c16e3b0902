"""Rules about rivals: a name that is not one's own beside words that run it down."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from copydesk.guardrails.case import Case, Hit
from copydesk.guardrails.conditions import index_of
from copydesk.guardrails.normalise import Reading, read_plain
from copydesk.guardrails.phrases import COMMON_WORDS, Lists, Phrases
from copydesk.guardrails.rule import Find, RuleBase
from copydesk.guardrails.vocabulary import vocabulary
from copydesk.variants import Slot

REACH = 6
"""Words between a rival and what runs it down, at most."""

_CAPITAL = re.compile(r"[A-Z][a-z]+[A-Za-z]*(?:['\u2019]s)?\Z")


class RivalRule(RuleBase):
    """Flags a sentence that names a rival, or points at one, with words that run it down.

    A name counts as a rival's when it is written with a capital inside a sentence, and is not
    of the brand or the product.
    """

    kind: Literal["rival"]
    pointed: Phrases
    """Words that point at rivals without a name, as `other brands`."""
    bad: Phrases
    """Words that run something down."""

    def finder(self, lists: Lists) -> Find:
        """Return a function that looks for bad words in the sentences about rivals."""
        pointed, bad = index_of(self.pointed, lists), index_of(self.bad, lists)

        def find(case: Case) -> Iterator[Hit]:
            own = _own_names(case)
            for slot in self.slots:
                reading = case.readings[slot]
                faults = [reading.word_at(start) for _, start, _ in bad.search(reading)]
                if not faults:
                    continue
                rivals = [reading.word_at(start) for _, start, _ in pointed.search(reading)]
                rivals += _names(reading, own)
                yield from _together(slot, reading, rivals, faults)

        return find


def _together(slot: Slot, reading: Reading, rivals: list[int], faults: list[int]) -> Iterator[Hit]:
    for rival in rivals:
        first, last = reading.sentence(rival)
        near = range(max(first, rival - REACH), min(last, rival + REACH) + 1)
        if any(fault in near for fault in faults):
            yield Hit(slot, *reading.span_of_words(first, last))


def _names(reading: Reading, own: frozenset[str]) -> list[int]:
    """Return the places of capital words that are neither at a beginning nor one's own."""
    places = []
    for index, word in enumerate(reading.words):
        written = reading.source[word.start : word.end]
        begins = index == 0 or not reading.words[index - 1].text[0].isalnum()
        if not begins and _CAPITAL.match(written) and word.text not in own:
            places.append(index)
    return places


def _own_names(case: Case) -> frozenset[str]:
    brief = case.brief
    texts = [case.brand.name] if case.brand else []
    texts += [brief.product.name, brief.cta or ""] if brief else []
    words = {word for text in texts for word in read_plain(text).vocabulary}
    return frozenset(words | COMMON_WORDS | set(vocabulary().months) | set(vocabulary().weekdays))
