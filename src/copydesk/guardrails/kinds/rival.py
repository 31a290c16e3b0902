"""Rules about rivals: a name that is not one's own beside words that run it down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from copydesk.guardrails.case import Case, Hit
from copydesk.guardrails.conditions import index_of
from copydesk.guardrails.names import capital_words, is_own, own_names
from copydesk.guardrails.normalise import Reading
from copydesk.guardrails.phrases import Lists, Phrases
from copydesk.guardrails.rule import Find, RuleBase
from copydesk.variants import Slot

REACH = 6
"""Words between a rival and what runs it down, at most."""

_PLACES = ("in", "at", "to", "near", "of", "around", "across", "our", "my", "your")
_NAMED = ("called", "named", "says", "said", "writes", "wrote", "asks", "asked", "by")
_LEADS_ELSEWHERE = frozenset((*_PLACES, *_NAMED))
"""A name after these is a place, a title, a speaker or one's own: `the slow train to Mallaig`."""


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
    not_rivals: Phrases = ()
    """Words with a capital that name no rival, as `Christmas` and `Italian`."""

    def finder(self, lists: Lists) -> Find:
        """Return a function that looks for bad words in the sentences about rivals."""
        pointed, bad = index_of(self.pointed, lists), index_of(self.bad, lists)
        harmless = frozenset(word for line in self.not_rivals for word in line.split("|"))

        def find(case: Case) -> Iterator[Hit]:
            for slot in self.slots:
                reading = case.readings[slot]
                found = [(start, end) for _, start, end in bad.search(reading)]
                if not found:
                    continue
                faults = {reading.word_at(start): reading.word_at(end - 1) for start, end in found}
                rivals = [reading.word_at(start) for _, start, _ in pointed.search(reading)]
                rivals += _names(case, reading, own_names(case) | harmless, faults)
                yield from _together(slot, reading, rivals, faults)

        return find


def _together(
    slot: Slot, reading: Reading, rivals: list[int], faults: Mapping[int, int]
) -> Iterator[Hit]:
    for rival in rivals:
        first, last = reading.sentence(rival)
        near = range(max(first, rival - REACH), min(last, rival + REACH) + 1)
        if any(fault in near for fault in faults):
            yield Hit(slot, *reading.span_of_words(first, last))


def _names(
    case: Case, reading: Reading, own: frozenset[str], faults: Mapping[int, int]
) -> Iterator[int]:
    """Yield the places of names that may be a rival's, in the sentences that hold a fault."""
    within = {at for first, last in faults.items() for at in range(first, last + 1)}
    for first, last in dict.fromkeys(reading.sentence(fault) for fault in faults):
        for index in capital_words(reading, first, last):
            if reading.words[index - 1].text in _LEADS_ELSEWHERE and index - 1 not in within:
                continue
            if index not in within and not is_own(reading.words[index].text, own, case):
                yield index
