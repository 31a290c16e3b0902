"""Chooses drafts from a pool that differ in angle and wording, greedily."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from copydesk.generation.model import Draft, Repair
from copydesk.generation.phrasebook import limits
from copydesk.generation.phrasebook.words import word_set

SUBJECTS_ALIKE = 0.65
"""Share of words in common from which two subjects say the same."""
BODIES_ALIKE = 0.8

_QUOTED = re.compile('\u201c([^\u201d]+)\u201d|"([^"]+)"|\u2018([^\u2019]+)\u2019|`([^`]+)`')


@dataclass(frozen=True, slots=True)
class Told:
    """A draft of the pool, with what choosing needs to know."""

    draft: Draft
    phrases: frozenset[str]
    """Phrases of the grammar that it was made of."""
    faults: float
    """What is not as it should be: words too many or too few, a subject that gets cut."""
    text: str
    """All three slots, folded."""
    words: tuple[frozenset[str], frozenset[str], frozenset[str]]
    """The words of subject, preheader and body, without names."""

    @classmethod
    def of(cls, draft: Draft, phrases: Iterable[str], faults: float, names: frozenset[str]) -> Told:
        """Measure a draft. `names` are folded words that make no two drafts alike."""
        slots = (draft.subject, draft.preheader, draft.body)
        subject, preheader, body = (word_set(slot) - names for slot in slots)
        text = "\n".join(slots).casefold()
        return cls(draft, frozenset(phrases), faults, text, (subject, preheader, body))


def faults_of(draft: Draft, offered: Collection[str]) -> float:
    """Return how far a draft misses what is aimed at: its lengths, and an offer told early.

    `offered` are the short forms of the offer: one of them should stand above the body.
    """
    long = max(0, limits.visible(draft.subject) - limits.SUBJECT_AIM)
    early = f"{draft.subject} {draft.preheader}".casefold()
    hidden = bool(offered) and not any(form.casefold() in early for form in offered)
    return 0.1 * limits.body_excess(draft.body) + 0.03 * long + 0.5 * hidden


def choose(pool: Sequence[Told], wanted: int, taken: Sequence[Told] = ()) -> list[Told]:
    """Return up to `wanted` drafts, unlike each other and unlike those `taken`."""
    chosen: list[Told] = []
    left = [_Choice(told) for told in pool]
    for other in taken:
        left = [choice for choice in left if choice.beside(other)]
    while left and len(chosen) < wanted:
        best = min(left, key=lambda choice: choice.cost).told
        chosen.append(best)
        left = [choice for choice in left if choice.beside(best)]
    return chosen


@dataclass(slots=True)
class _Choice:
    """A draft that may still be chosen, and what it has in common with those that were."""

    told: Told
    nearest: float = 0.0
    repeated: float = 0.0

    @property
    def cost(self) -> float:
        return self.told.faults + self.nearest + self.repeated

    def beside(self, other: Told) -> bool:
        """Weigh it beside one that was chosen; return whether it can still stand there."""
        subject, preheader, body = map(_overlap, self.told.words, other.words)
        same = self.told.draft.subject == other.draft.subject
        if same or subject >= SUBJECTS_ALIKE or body >= BODIES_ALIKE:
            return False
        shared = len(self.told.phrases & other.phrases) / len(self.told.phrases)
        angle = self.told.draft.angle == other.draft.angle
        self.nearest = max(self.nearest, subject + body + 0.5 * preheader)
        self.repeated += 0.8 * shared + 1.0 * angle
        return True


def choose_repairs(
    pool: Sequence[Told], repairs: Sequence[Repair], taken: Sequence[Told]
) -> list[Told]:
    """Return a rewrite for each repair, without the words that were objected to."""
    chosen: list[Told] = []
    for repair in repairs:
        others = [told for told in pool if told.draft != repair.draft] or pool
        cleanest = _cleanest(others, _objected(repair))
        best = choose(cleanest, 1, [*taken, *chosen]) or choose(cleanest, 1, chosen) or cleanest
        chosen.append(best[0])
    return chosen


def _cleanest(pool: Sequence[Told], avoided: Sequence[str]) -> list[Told]:
    """Return the drafts with the fewest of the words to avoid: with none, where there are such."""
    hits = [sum(words in told.text for words in avoided) for told in pool]
    return [told for told, count in zip(pool, hits, strict=True) if count == min(hits)]


def _overlap(words: frozenset[str], others: frozenset[str]) -> float:
    """Return the share of words in common (Jaccard)."""
    return len(words & others) / max(1, len(words | others))


def _objected(repair: Repair) -> list[str]:
    """Find the words that the problems quote from the draft."""
    draft = f"{repair.draft.subject}\n{repair.draft.preheader}\n{repair.draft.body}".casefold()
    quoted = (
        "".join(found).casefold() for text in repair.problems for found in _QUOTED.findall(text)
    )
    return [words for words in quoted if words.strip() and words in draft]
