"""Rules about what is said of groups of people, whoever they are and however it is worded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from copydesk.guardrails.case import Case, Hit
from copydesk.guardrails.conditions import index_of
from copydesk.guardrails.frames import frames
from copydesk.guardrails.phrase_index import PhraseIndex
from copydesk.guardrails.phrases import Lists, PhraseError, Phrases, compile_phrase
from copydesk.guardrails.roles import roles
from copydesk.guardrails.rule import Find, RuleBase
from copydesk.variants import Slot

_WORD = re.compile(r"(?<![+@<\w])[a-z]+(?![\w~])")
_DENIALS = frozenset(("no", "not", "never", "nor", "none", "nobody", "nothing", "hardly"))


class SlightRule(RuleBase):
    """Flags phrases over roles (see `roles`), unless the sentence denies or condemns them."""

    kind: Literal["slight"]
    phrases: Phrases = Field(min_length=1)
    """Phrases in which `+group`, `+vile` and the like stand for any words of that role."""
    over: Literal["roles", "words"] = "roles"
    """Whether the phrases are written over roles or over the words themselves."""
    negation: Literal["spares", "ignored"] = "spares"
    """Whether a negation before the hit clears it; it does not in advice: `do not be a ...`."""
    quoted: Literal["spares", "ignored"] = "spares"
    """Whether quotation marks clear a hit; not an insult of the reader, whoever speaks it."""
    exceptions: Phrases = ()
    """Phrases over roles that clear a hit which overlaps them."""

    def finder(self, lists: Lists) -> Find:
        """Return a function that searches each slot, in roles, for the phrases.

        Raises PhraseError when a phrase over roles names a word that is read as a role.
        """
        if self.over == "roles":
            for line in self.phrases:
                _refuse_words_with_roles(line)
        wanted = PhraseIndex((_denies(line), compile_phrase(line, lists)) for line in self.phrases)
        spared = index_of(self.exceptions, lists)
        return lambda case: (
            hit for slot in self.slots for hit in self._find(case, slot, wanted, spared)
        )

    def _find(
        self, case: Case, slot: Slot, wanted: PhraseIndex[bool], spared: PhraseIndex[None]
    ) -> Iterator[Hit]:
        reading = case.roles[slot] if self.over == "roles" else case.readings[slot]
        if reading is None:
            return
        found = list(wanted.search(reading))
        fine = list(spared.search(reading)) if found else []
        for denies, start, end in found:
            if any(first < end and start < last for _, first, last in fine):
                continue
            if not denies and not _DENIALS.isdisjoint(reading.line[start:end].split()):
                continue
            span = reading.span(start, end)
            minds = self.negation == "spares"
            spares = frames().spare
            quotes = self.quoted == "spares"
            if not spares(case.readings[slot], span, minds_negation=minds, may_quote=quotes):
                yield Hit(slot, *span)


def _denies(line: str) -> bool:
    """Return whether words that deny belong to the phrase itself, as in `no place for`."""
    return not _DENIALS.isdisjoint(re.findall(r"\w+", line))


def _refuse_words_with_roles(line: str) -> None:
    for word in _WORD.findall(line):
        if word in roles().words:
            role = roles().words[word]
            raise PhraseError(f"`{line}` names `{word}`, which is read as `{role}`: write that")
