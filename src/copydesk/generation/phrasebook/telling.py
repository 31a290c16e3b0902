"""Tells one thread: picks facts and phrases for its parts, and joins them into a draft."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from copydesk.generation.model import Draft
from copydesk.generation.phrasebook import limits
from copydesk.generation.phrasebook.facts import Quote
from copydesk.generation.phrasebook.grammar import EITHER, SLOT, Book, Phrase, Piece, Thread
from copydesk.generation.phrasebook.situation import Situation
from copydesk.generation.phrasebook.words import capital, count_words, number_word

FACT_WORDS_MAX = 44
"""Words of facts that leave room for the rest of a mail."""
FACT_WORDS_BESIDE_TERMS = 26
FACTS_MAX = 4
LINE_MAX = 52
"""Characters of a fact that may stand in a subject."""
ONE_MORE = 0.15
"""How often a part that may be left out is kept in a mail that is long enough without."""
FULL = 60
"""Words from which a body gets nothing that it can do without."""
CITED_MAX = 40
NEARBY = 120
"""Characters within which a name is still in mind, so that `it` is understood."""


@dataclass(slots=True)
class Telling:
    """One draft in the making."""

    thread: Thread
    situation: Situation
    book: Book
    rng: random.Random
    chosen: list[Quote] = field(default_factory=list)
    slots: dict[str, str] = field(default_factory=dict)
    flags: frozenset[str] = frozenset()
    used: list[str] = field(default_factory=list)
    """Phrases that were taken, as they stand in the grammar."""
    vague: int = 0
    """How many of subject and preheader say nothing of this brief."""

    def tell(self) -> Draft | None:
        """Return a draft, or None when a part of the thread cannot be said here."""
        self._choose_facts()
        subject = self._subject()
        preheader = self._preheader(subject) if subject else None
        body = self._body() if preheader else None
        if not subject or not preheader or not body:
            return None
        facts = self._cited(f"{subject}\n{preheader}\n{body}".casefold())
        return Draft(
            angle=self.thread.angle, subject=subject, preheader=preheader, body=body, facts=facts
        )

    def _cited(self, told: str) -> list[str]:
        """Name the facts in a text; their first words may have changed with the sentence."""
        quotes = self.situation.quotes
        return [q.id for q in (*quotes.open, *quotes.due) if q.tail in told][:CITED_MAX]

    def _choose_facts(self) -> None:
        """Choose facts that fit beside the rest; the thread says which sort comes first."""
        open_ = list(self.situation.quotes.open)
        self.rng.shuffle(open_)
        open_.sort(key=lambda quote: quote.service)
        if sort := self.thread.lead or self._leading():
            open_.sort(key=lambda quote: not getattr(quote, sort))
        beside = count_words(self.situation.slots.get("terms", ""))
        beside += sum(count_words(quote.line) for quote in self.situation.quotes.due)
        room = FACT_WORDS_BESIDE_TERMS if beside > FACT_WORDS_BESIDE_TERMS // 2 else FACT_WORDS_MAX
        wanted = self.rng.choice((2, 3, 3, FACTS_MAX))
        for quote in open_[:wanted]:
            words = count_words(quote.line)
            if words <= room or not self.chosen:
                self.chosen.append(quote)
                room -= words
        many = self.situation.naming.number == "many"
        self.slots = {**self.situation.slots, **_fact_slots(self.chosen, many=many)}
        self.flags = self.situation.flags | _list_flags(self.chosen) | frozenset(self.slots)

    def _leading(self) -> str | None:
        """Return which sort of fact comes first on this occasion, whatever the thread."""
        leading = {"event": "dated", "milestone": "spoken"}
        return next((leading[kind] for kind in leading if kind in self.situation.flags), None)

    def _subject(self) -> str | None:
        for phrase in self._fitting("subject"):
            text = self._filled(phrase)
            if limits.subject_fits(text) and not self.situation.house.bans(text):
                self._take(phrase, headline=True)
                return self._with_emoji(text)
        return None

    def _with_emoji(self, subject: str) -> str:
        signs = self.book.emoji
        if "emoji" not in self.flags or not signs or self.rng.random() < 1 / 2:
            return subject
        decorated = f"{subject} {self.rng.choice(signs)}"
        return decorated if limits.subject_fits(decorated) else subject

    def _preheader(self, subject: str) -> str | None:
        for phrase in self._fitting("preheader"):
            text = self._filled(phrase)
            fits = limits.preheader_fits(text) and limits.adds(
                text, subject, self.situation.lexicon.words["empty"]
            )
            if fits and not self.situation.house.bans(text):
                self._take(phrase, headline=True)
                return text
        return None

    def _body(self) -> str | None:
        """Say all that has to be said, then fill up with parts that may be left out."""
        said: dict[tuple[int, int], str] = {}
        for place, piece in self._places():
            if piece.optional and piece.part not in _KEPT:
                continue
            text = self._piece(piece, " ".join(said.values()))
            if text is None and not piece.optional:
                return None
            if text:
                said[place] = text
        self._fill(said)
        return "\n\n".join(self._paragraphs(said))

    def _places(self) -> list[tuple[tuple[int, int], Piece]]:
        return [
            ((row, column), piece)
            for row, pieces in enumerate(self.thread.body)
            for column, piece in enumerate(pieces)
        ]

    def _fill(self, said: dict[tuple[int, int], str]) -> None:
        """Add parts that may be left out: those that are needed, and now and then one more."""
        spare = [(place, piece) for place, piece in self._places() if place not in said]
        spare = [pair for pair in spare if pair[1].part not in _KEPT]
        self.rng.shuffle(spare)
        due = sum(count_words(quote.line) for quote in self.situation.quotes.due)
        for place, piece in spare:
            words = due + sum(map(count_words, said.values()))
            if words >= limits.BODY_MIN and (words > FULL or self.rng.random() > ONE_MORE):
                continue
            if text := self._piece(piece, " ".join(said.values())):
                said[place] = text

    def _paragraphs(self, said: dict[tuple[int, int], str]) -> list[str]:
        """Join what was said; a list stands alone, and what is due comes before the farewell."""
        paragraphs: list[str] = []
        dues = self._dues(list(said.values()))
        for row, pieces in enumerate(self.thread.body):
            if dues and pieces[0].part in _FAREWELL:
                paragraphs.append(dues)
                dues = ""
            texts = [said[row, column] for column in range(len(pieces)) if (row, column) in said]
            paragraphs += _with_lists_apart(texts)
        return [*paragraphs, dues] if dues else paragraphs

    def _dues(self, said: Sequence[str]) -> str:
        folded = " ".join(said).casefold()
        left = [quote for quote in self.situation.quotes.due if quote.tail not in folded]
        return self._prose(left, "")

    def _piece(self, piece: Piece, before: str) -> str | None:
        if piece.part in {"facts", "rest"}:
            self._take_facts(self.chosen[1:] if piece.part == "rest" else self.chosen, before)
        for phrase in self._unlike(self._fitting(piece.part), before):
            text = self._filled(phrase)
            if text not in before and not self.situation.house.bans(text):
                self._take(phrase)
                return text
        return None

    def _take(self, phrase: Phrase, *, headline: bool = False) -> None:
        self.used.append(phrase.text)
        self.vague += headline and phrase.slots <= _VAGUE

    def _unlike(self, phrases: Sequence[Phrase], before: str) -> Sequence[Phrase]:
        """Put phrases last that would name the product right after it was named."""
        label = self.situation.naming.label.casefold()
        named = label in before[-NEARBY:].casefold()
        return sorted(phrases, key=lambda phrase: named and bool(phrase.slots & _NAMING))

    def _take_facts(self, quotes: Sequence[Quote], before: str) -> None:
        """Set the slots and flags for saying these facts, after what was said before."""
        self.slots |= {
            **_list_slots(quotes, self.situation.lexicon.forms),
            "facts_prose": self._prose(quotes, before),
        }
        self.flags = (self.flags - _LISTED) | _list_flags(quotes)

    def _prose(self, quotes: Sequence[Quote], before: str) -> str:
        """Say facts one after the other; the product is named unless it just was."""
        naming = self.situation.naming
        many = naming.number == "many"
        named = naming.label.casefold() in before[-NEARBY:].casefold()
        # A language whose pronouns have a gender has none for a thing that is not known.
        pronoun = self.situation.lexicon.forms["they" if many else "it"] or None
        subject = pronoun if named else self.slots.get("product")
        said: list[str] = []
        for quote in quotes:
            knows = naming.number is not None or (
                quote.verb == "does" and not naming.plural_looking
            )
            said.append(quote.said(subject if knows else None, many=many))
            subject = pronoun
        return " ".join(said)

    def _fitting(self, part: str) -> Sequence[Phrase]:
        """Return the ways to say a part here, in a drawn order, the brand's voice first."""
        fitting = [
            phrase
            for phrase in self.book.phrases(self.thread, part)
            if phrase.condition.holds(self.flags) and phrase.slots <= self.slots.keys()
        ]
        headline = part in {"subject", "preheader"}
        keyed = [(self._drawn(phrase, headline=headline), phrase) for phrase in fitting]
        return [phrase for _, phrase in sorted(keyed, key=lambda pair: -pair[0])]

    def _drawn(self, phrase: Phrase, *, headline: bool) -> float:
        """Draw a number for a phrase, higher when it was written for this voice or theme."""
        close = sum(1 for group in phrase.condition.needs if group <= _CLOSE or _is_theme(group))
        solid = headline and any(_SOLID.match(slot) for slot in phrase.slots)
        weight = 1 + 2 * close + 2 * int(solid)
        return math.pow(self.rng.random(), 1 / weight)

    def _filled(self, phrase: Phrase) -> str:
        worded = EITHER.sub(lambda found: self.rng.choice(found[1].split("|")), phrase.text)
        ours = self.situation.house.preferred(worded)
        text = SLOT.sub(lambda found: self.slots[found[1]], ours)
        return capital(text) if worded.startswith("{") and text[:1].islower() else text


_VAGUE = frozenset({"brand", "cart"})
"""Slots that say nothing of what is offered."""

_NAMING = frozenset({"product", "Product", "full", "Full", "label"})

_KEPT = frozenset({"frame", "deal", "terms", "facts", "rest", "cta"})
"""Parts that are left out only when there is nothing to say."""

_FAREWELL = frozenset({"aside", "close", "cta"})

_LISTED = frozenset({"several", "single", "prose", "nouns", "lead_whole"})

_CLOSE = frozenset({"warm", "playful", "plain", "expert", "formal", "casual"})

_SOLID = re.compile(r"^(?:lead|second|third|deal|code|price|now|headline|count)")
"""Slots that carry something to know: subjects and preheaders with one are preferred."""


def _is_theme(group: frozenset[str]) -> bool:
    return any(flag.startswith("theme_") for flag in group)


def _with_lists_apart(texts: Sequence[str]) -> list[str]:
    paragraphs: list[str] = []
    joinable = False
    for text in texts:
        if joinable and "\n" not in text:
            paragraphs[-1] += f" {text}"
        else:
            paragraphs.append(text)
        joinable = "\n" not in text
    return paragraphs


def _fact_slots(chosen: Sequence[Quote], *, many: bool) -> dict[str, str]:
    """Slots for facts one by one, and for how many there are."""
    if not chosen:
        return {}
    counted = number_word(len(chosen))
    slots = {"lead": chosen[0].said(None, many=False), "count": counted, "Count": capital(counted)}
    for name, quote in zip(("lead", "second", "third"), chosen, strict=False):
        if quote.simple and len(quote.line) <= LINE_MAX:
            slots[f"{name}_line"] = quote.line
            slots |= {f"{name}_small": quote.small} if quote.lowered else {}
            slots |= {f"{name}_noun": quote.small} if quote.noun else {}
            slots |= {f"{name}_head": quote.line} if quote.heads else {}
            does = quote.does(many=many)
            slots |= {f"{name}_does": does} if does else {}
    return slots


def _list_slots(quotes: Sequence[Quote], forms: Mapping[str, str]) -> dict[str, str]:
    """Slots for facts together; `forms` has what joins them."""
    slots = {"facts_bullets": "\n".join(f"• {quote.line}" for quote in quotes)}
    if quotes and all(quote.noun for quote in quotes):
        joined = _joined([quote.small for quote in quotes], forms)
        slots |= {"facts_joined": joined, "Facts_joined": capital(joined)}
    return slots


def _list_flags(quotes: Sequence[Quote]) -> frozenset[str]:
    flags = {"several"} if len(quotes) > 1 else ({"single"} if quotes else set())
    if quotes and all(quote.whole or quote.verb for quote in quotes):
        flags.add("prose")
    if quotes and all(quote.noun for quote in quotes):
        flags.add("nouns")
    if quotes and quotes[0].whole:
        flags.add("lead_whole")
    return frozenset(flags)


def _joined(items: list[str], forms: Mapping[str, str]) -> str:
    comma = forms["apart"] if any("," in item for item in items) else ", "
    if len(items) == 1:
        return items[0]
    last = f" {forms['and']} " if comma == ", " else f"{comma}{forms['and']} "
    return f"{comma.join(items[:-1])}{last}{items[-1]}"
