"""Which facts of a brief may be quoted to its readers, and how each reads as a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from copydesk.briefs import Fact
from copydesk.generation.phrasebook.figures import Figures
from copydesk.generation.phrasebook.languages import IN_ENGLISH, Tongue
from copydesk.generation.phrasebook.lexicon import Lexicon
from copydesk.generation.phrasebook.words import (
    capital,
    says_something,
    sentence,
    tame,
    uncapital,
    unstopped,
)

QUOTED_MAX = 220
"""Characters of a fact that may be quoted; one that has to be said may be twice as long."""

DUE_MAX = 2_000
"""Characters of all that has to be said: more would not be read, nor fit a draft."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A fact, ready to be written into copy."""

    id: str
    line: str
    """Its own words, with a capital and no full stop."""
    small: str
    """The same inside a sentence."""
    verb: str | None
    """`does`, `is` or `can` when only a subject is missing: `Heats in 90 seconds`, `Rated 4.6`."""
    whole: bool
    """It is a sentence as it stands."""
    proof: bool
    dated: bool
    spoken: bool
    """It is about the reader."""
    service: bool
    """It tells of delivery, opening hours or pages rather than of the thing: it comes last."""

    @property
    def tail(self) -> str:
        """All but its first word, folded: by this it is found again in a text."""
        return (self.line.partition(" ")[2] or self.line).casefold()

    @property
    def simple(self) -> bool:
        """Whether it can stand in an enumeration or a subject: no stops and colons inside."""
        return not any(mark in self.line for mark in (";", ": ", ". ", "(", "“", "«", '"'))

    @property
    def lowered(self) -> bool:
        """Whether it can go on after a colon: its first word is no name."""
        return not self.small[:1].isupper()

    @property
    def noun(self) -> bool:
        """Whether it names something, without a verb: it can be one of an enumeration."""
        return self.simple and self.lowered and self.verb is None and not self.whole

    @property
    def heads(self) -> bool:
        """Whether it can stand alone as a headline: named, or whole, not left without a subject."""
        return self.simple and self.verb is None

    def does(self, *, many: bool) -> str | None:
        """Return what the product does, as `heats in 90 seconds` or, of many, `fold flat`."""
        if self.verb != "does" or not self.simple:
            return None
        return _for_many(self.small) if many else self.small

    def said(self, subject: str | None, *, many: bool) -> str:
        """Return it as a sentence about `subject`, as `the lamp`; as a bare line without one."""
        if self.verb is None or subject is None:
            return sentence(self.line)
        if self.verb == "is":
            return sentence(f"{subject} {'are' if many else 'is'} {self.small}")
        plural = many and self.verb == "does"
        return sentence(f"{subject} {_for_many(self.small) if plural else self.small}")


@dataclass(frozen=True, slots=True)
class Quotes:
    """The facts of a brief, sorted by what they are good for."""

    open: tuple[Quote, ...]
    """May be chosen from."""
    due: tuple[Quote, ...]
    """Have to be said whenever the thing is sold: risks, renewals, ages."""


def quotes(
    facts: Iterable[Fact],
    figures: Figures,
    lexicon: Lexicon,
    names: frozenset[str],
    tongue: Tongue = IN_ENGLISH,
) -> Quotes:
    """Sort facts. Internal ones, and rights that the law gives anyway, are left out.

    So are questions, sentences that lean on one before them (`But it also floats`), and those in
    another language than the copy, unless they have to be said: a risk that is told in English is
    better than one that is not told. `names` are folded words that keep their capital.
    """
    chosen: list[Quote] = []
    due: list[Quote] = []
    for fact in facts:
        text = for_readers(fact.text, figures, lexicon)
        if not says_something(text):
            continue
        if any(lexicon.matches(sort, text) for sort in ("internal", "statutory", "leaning")):
            continue
        must = lexicon.matches("disclosure", text)
        if not must and not tongue.quotable(text):
            continue
        if len(text) <= QUOTED_MAX * (2 if must else 1):
            (due if must else chosen).append(_quote(fact.id, text, lexicon, names))
    return Quotes(tuple(chosen), tuple(_within(due, DUE_MAX)))


def _within(quotes: Iterable[Quote], room: int) -> Iterable[Quote]:
    for quote in quotes:
        room -= len(quote.line)
        if room >= 0:
            yield quote


def for_readers(text: str, figures: Figures, lexicon: Lexicon) -> str:
    """Return words of a brief as its readers see them: spoken to, dates and signs as theirs."""
    said = figures.worded(tame(text))
    for was, now in lexicon.addressed:
        said = was.sub(now, said)
    return lexicon.typeset(said)


def _quote(fact_id: str, text: str, lexicon: Lexicon, names: frozenset[str]) -> Quote:
    line = capital(unstopped(text))
    words = line.split()
    first = words[0].strip(",;:").casefold() if words else ""
    verb = None if first in names else _verb(first, lexicon)
    common = lexicon.words["common"] | ({first} if verb else set())
    found = {word.strip(",;:.").casefold() for word in words}
    finite = lexicon.words["verbs"] | lexicon.words["opens_with_verb"]
    return Quote(
        id=fact_id,
        line=line,
        small=uncapital(line, common, names),
        verb=verb,
        whole=verb is None and bool(found & finite),
        proof=lexicon.matches("proof", line),
        dated=lexicon.matches("dated", line),
        spoken=first in lexicon.words["reader"],
        service=lexicon.matches("service", line),
    )


def _for_many(said: str) -> str:
    """Return `fold flat` for `folds flat`."""
    verb, _, rest = said.partition(" ")
    if verb in {"has", "does"}:
        verb = {"has": "have", "does": "do"}[verb]
    elif verb.endswith("ies"):
        verb = f"{verb[:-3]}y"
    else:
        verb = verb[:-2] if verb.endswith(("shes", "ches", "sses", "xes", "zes")) else verb[:-1]
    return f"{verb} {rest}"


def _verb(first: str, lexicon: Lexicon) -> str | None:
    if first in lexicon.words["opens_with_verb"]:
        return "does"
    if first in lexicon.words["opens_with_modal"]:
        return "can"
    return "is" if first in lexicon.words["opens_with_participle"] else None
