"""How a product is spoken of: with an article or without, as one thing or many."""

from __future__ import annotations

import re
from dataclasses import dataclass

from copydesk.generation.phrasebook.lexicon import Lexicon, Noun
from copydesk.generation.phrasebook.words import capital, tame, uncapital

_ANY = frozenset({"any", "all", "every"})
_DETERMINED = frozenset({"the", "a", "an", "your", "our", "my"})
_TAIL = re.compile(r"\s(?:from|at|for|of|in|with|to|by|on|under|per)\s.*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Naming:
    """The forms of one product's name."""

    name: str
    """As the brief has it."""
    label: str
    """The name up to its first comma: `Kestrel espresso` of `Kestrel espresso, 1 kg bag`."""
    inside: str
    """The label inside a sentence, with an article where it wants one."""
    full: str
    """The whole name inside a sentence, what follows the comma in brackets."""
    number: str | None
    """`one`, `many`, or None when the name does not tell."""
    theme: str | None

    def bare(self) -> Naming:
        """Return the name as other languages say it: as it is written, with no article."""
        full = self.name if self.label != self.name else self.label
        return Naming(self.name, self.label, self.label, full, None, None)

    @property
    def plural_looking(self) -> bool:
        """Whether it may be many, for all that is known."""
        return self.label.endswith("s") and not self.label.endswith(("ss", "us"))

    @property
    def at_start(self) -> str:
        """The label at the start of a sentence; a name written small, as iPhone, stays so."""
        return capital(self.inside) if self.inside.startswith("the ") else self.label

    @property
    def full_at_start(self) -> str:
        """The whole name at the start of a sentence."""
        small = self.full.startswith(("the ", "any ", "all ", "every "))
        return capital(self.full) if small else self.at_start + self.full[len(self.inside) :]


def name_product(written: str, lexicon: Lexicon) -> Naming:
    """Return the forms of a product's name. What is not known for certain is left as it is."""
    name = tame(written)
    label, _, rest = name.partition(", ")
    label = label if len(label) > len("abc") else name
    noun = _head(label, lexicon)
    if _first(label) in _ANY and " " in label:
        # `Any Velour serum` stands for a range: the range is spoken of without an article.
        whole, label = label[:1].lower() + label[1:], label.split(" ", 1)[1]
        return Naming(name, label, label, whole, None, noun.theme if noun else None)
    inside = _inside(label, noun, lexicon)
    full = f"{inside} ({rest})" if rest and label != name else inside
    number = noun.number if noun and _first(label) not in _DETERMINED else None
    return Naming(name, label, inside, full, number, noun.theme if noun else None)


def _inside(label: str, noun: Noun | None, lexicon: Lexicon) -> str:
    first = _first(label)
    small = _small(label, lexicon.words["common"])
    if first in _DETERMINED:
        return label if first in {"the", "a", "an", "my"} else small
    if noun is None:
        return small
    named = small[:1].isupper() or small == label
    wants_article = noun.number == "one" or (named and len(label.split()) > 1)
    return f"the {small}" if wants_article else small


def _small(label: str, common: frozenset[str]) -> str:
    """Return a label without its capital where it is made of common words, as `Book swap`."""
    first, _, rest = label.partition(" ")
    counted = "-" in first and first.split("-")[0].casefold() in common
    return uncapital(label, common) if counted or not rest or rest[:1].islower() else label


def _head(label: str, lexicon: Lexicon) -> Noun | None:
    """Find the head noun: the last word before `for two`, `at the inn`, sizes and part numbers."""
    words = _TAIL.sub("", label).casefold().split()
    while words and re.search(r"\d", words[-1]) and len(words) > 1:
        words.pop()
    if not words:
        return None
    head = words[-1].strip("().,'\u2019\"")
    return lexicon.nouns.get(head) or lexicon.nouns.get(head.rpartition("-")[2])


def _first(label: str) -> str:
    return label.split(" ", 1)[0].casefold()
