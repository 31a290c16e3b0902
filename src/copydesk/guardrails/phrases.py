"""The phrase language: how rules write what they look for, in words that counsel can read.

    last chance                words in a row; hyphens, case and contractions do not matter
    final hour|hours|day       one of several words in one place
    win~ back                  any form of the word: win, wins, winning, won
    biodegrad*                 any word that begins so
    [really] mean it           a part that may be missing
    (out of|low in) stock      one of several groups of words
    only <number> left         a class of words: number, percent, money, word
    cure~ ... @diseases        up to four words between; ...9 for up to nine; then a named list
    ^ re                       the beginning of the slot; $ at the end of a sentence

In a named list, each line is an item or several divided by bars, as in round brackets.
A phrase never reaches across the end of a sentence. It is turned into a regular expression
whose every repetition is bounded, so no text can make it slow.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Annotated, Generic, NamedTuple, TypeVar

from pydantic import BeforeValidator

from copydesk.guardrails.inflection import forms
from copydesk.guardrails.normalise import Reading

GAP = 4
"""Words that `...` stands for at most."""
DEEPEST = 12
"""Brackets inside brackets: nobody reads more, and no text can exhaust the reader."""

_MANY_PLACES = 24
"""Places in a text above which a phrase is tried at every word of the sentence instead."""

Lists = Mapping[str, Sequence[str]]
Span = tuple[int, int]


def _one_a_line(value: object) -> object:
    if not isinstance(value, str):
        return value
    lines = [line.strip() for line in value.splitlines()]
    return tuple(line for line in lines if line and not line.startswith("#"))


Phrases = Annotated[tuple[str, ...], BeforeValidator(_one_a_line)]
"""Phrases in a pack: a list, or one block of text with a phrase on each line and # comments."""

_NUMBER_WORDS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen"
    "|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
    "|hundred|thousand|million|dozen|half|double"
)
_NUMBER = rf" (?:\d[\d.,]*|{_NUMBER_WORDS})"
_CLASSES = {
    "number": _NUMBER,
    "percent": rf"{_NUMBER} (?:%|percent|per cent)",
    "money": rf"(?: [$£€¥] \d[\d.,]*|{_NUMBER} (?:dollars?|pounds?|euros?|usd|gbp|eur|cents?))",
    "sign": r" [$£€]",
    "word": r" (?!\. )[^ ]+",
}
_STRANGE = re.compile(r"[^\w'.,#&%~*+$£€-]")
_SIGNPOSTS = {
    "percent": frozenset(("%", "percent", "per")),
    "money": frozenset("$£€¥")
    | {"dollar", "dollars", "pound", "pounds", "euro", "euros", "cent", "cents"}
    | {"usd", "gbp", "eur"},
    "sign": frozenset("$£€"),
}
_PAUSE = r"(?: ,)?"
_ITEM = re.compile(
    r"(?P<mark>[\[\]()|])|(?P<gap>\.\.\.\d{0,2})|@(?P<list>[a-z_]+)|<(?P<cls>[a-z]+)>"
    r"|(?P<edge>[$^])(?=[ \])|]|$)|(?P<word>[^\s\[\]()|<>@]+)"
)
_CLOSING = {"(": ")", "[": "]"}
_COMMON = (
    "a an the and or of to in on at for with by from as is are was were be been it "
    "its this that you your we our us i my me he she they them their will would can "
    "could do does not no so if but all any some more most very just only now new get "
    "got have has had one up out here there what when who how , . 's "
)
COMMON_WORDS = frozenset(_COMMON.split())
"""Words so common that they are poor signposts to a phrase."""


class PhraseError(ValueError):
    """A phrase is not written as the phrase language wants it."""


class Part(NamedTuple):
    """A piece of a compiled phrase: its expression, and the words one of which must occur."""

    pattern: str
    anchors: frozenset[str] = frozenset()
    """Empty when nothing can be told, as for a gap or a class."""
    needs: tuple[frozenset[str], ...] = ()
    """Further sets of words, of each of which one must occur."""
    words: str = ""
    """Expression of the words alone, where the part is a choice of single words."""
    firsts: frozenset[str] | None = None
    """The words that it may begin with, where they are known."""
    is_optional: bool = False


@dataclass(frozen=True)
class Phrase:
    """A phrase, ready to be searched for in the line of a reading."""

    written: str
    pattern: str = field(repr=False)
    anchors: frozenset[str] = field(repr=False)
    """Words one of which must occur for the phrase to occur; a trailing `*` marks a beginning."""
    needs: tuple[frozenset[str], ...] = field(default=(), repr=False)
    """Further sets of words, of each of which one must occur."""
    firsts: frozenset[str] | None = field(default=None, repr=False)
    """The words that the phrase may begin with; None when any word may be the first."""

    @cached_property
    def beginnings(self) -> tuple[str, ...]:
        """What the first word may begin with, where the phrase leaves its ending open."""
        return tuple(word[:-1] for word in self.firsts or () if word.endswith("*"))

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """The compiled expression, made at the first use."""
        return re.compile(self.pattern)

    def search(self, line: str, first: int = 0, last: int | None = None) -> Iterator[Span]:
        """Yield each occurrence as a span of `line`, the line of a reading, or of a part of it."""
        for found in self.expression.finditer(line, first, len(line) if last is None else last):
            start = found.start() + 2 * line.startswith(" ,", found.start())
            if found.end() > start:
                yield start, found.end()

    def within(
        self, reading: Reading, sentence: int, places: Sequence[int] | None
    ) -> Iterator[Span]:
        """Yield each occurrence in a sentence, given by its number, as a span of the line.

        `places` is what `begins_at` said of the reading: worked out once for all its sentences.
        """
        free, last = reading.sentences[sentence]
        match, line = self.expression.match, reading.line
        for place in _between(reading.places if places is None else places, free, last):
            if free <= place and (found := match(line, place, last)):
                start = place + 2 * line.startswith(" ,", place)
                if found.end() > start:
                    free = found.end()
                    yield start, free

    def begins_at(self, reading: Reading) -> list[int] | None:
        """Return the places in the line where the phrase may begin; None for far too many."""
        firsts, vocabulary = self.firsts, reading.vocabulary
        if firsts is None:
            return None
        if self.beginnings:
            words = [w for w in vocabulary if w in firsts or w.startswith(self.beginnings)]
        elif len(firsts) < len(vocabulary):
            words = [word for word in firsts if word in vocabulary]
        else:
            words = [word for word in vocabulary if word in firsts]
        indexes = [index for word in words for index in vocabulary[word]]
        if len(indexes) > _MANY_PLACES:
            return None
        return [reading.places[index] for index in sorted(indexes)]


def _between(places: Sequence[int], first: int, last: int) -> Sequence[int]:
    """Return those of the places, which ascend, that lie in a stretch of the line."""
    return places[bisect_left(places, first) : bisect_left(places, last)]


def compile_phrase(written: str, lists: Lists | None = None) -> Phrase:
    """Return the phrase. Raises PhraseError saying what is wrong with it."""
    parser = _Parser(written, lists or {})
    part = parser.sequence(closing="")
    if not part.anchors:
        raise PhraseError(f"`{written}` needs at least one word that must be there")
    firsts = None if part.is_optional else part.firsts
    return Phrase(written, rf"{part.pattern}(?= )", part.anchors, part.needs, firsts)


def compile_all(written: Iterable[str], lists: Lists) -> Iterator[Phrase]:
    """Yield the phrases; one that is a named list and no more becomes a phrase for each item.

    Apart, each item has signposts of its own, so that few of them are ever tried.
    """
    for phrase in written:
        name = phrase.strip().removeprefix("@")
        others = {key: items for key, items in lists.items() if key != name}
        alone = phrase.strip().startswith("@") and name in lists
        for item in lists[name] if alone else ():
            yield compile_phrase(f"({item})", others)
        if not alone:
            yield compile_phrase(phrase, lists)


class _Parser:
    """Reads one phrase from left to right."""

    def __init__(self, written: str, lists: Lists) -> None:
        self.written = written
        self.items = list(_items(written))
        self.index = 0
        self.depth = 0
        self.lists = lists

    def item(self) -> Part:
        """Read an item of a list, written between round brackets: bars divide whole rows."""
        part = self._part()
        if self.index < len(self.items):
            raise PhraseError(f"`{self.written}` has a bracket that was never opened")
        return part

    def sequence(self, closing: str) -> Part:
        """Read parts in a row up to `closing`; in round brackets, bars divide whole rows."""
        rows: list[list[Part]] = [[]]
        while self._mark() != closing:
            if self._mark() == "|" and closing == ")":
                self.index += 1
                rows.append([])
            else:
                rows[-1].append(self._alternatives(closing))
        self.index += 1
        return _either([_in_a_row(row) for row in rows])

    def _alternatives(self, closing: str) -> Part:
        """Read one part, or outside round brackets several divided by bars."""
        parts = [self._part()]
        while closing != ")" and self._mark() == "|":
            self.index += 1
            parts.append(self._part())
        return _either(parts)

    def _part(self) -> Part:
        if self.index >= len(self.items):
            raise PhraseError(f"`{self.written}` ends where a word or a bracket was expected")
        item = self.items[self.index]
        self.index += 1
        if item["mark"]:
            return self._group(item["mark"])
        if item["gap"]:
            words = int(item["gap"][3:] or GAP)
            return Part(rf"(?:{_PAUSE} (?!\. )[^ ]+){{0,{words}}}?")
        if item["list"]:
            return self._list(item["list"])
        if item["cls"]:
            return self._class(item["cls"])
        if item["edge"]:
            return Part(r"\A" if item["edge"] == "^" else r"(?= (?:\. )?\Z)")
        return _word(item["word"], self.written)

    def _group(self, mark: str) -> Part:
        if mark not in _CLOSING:
            raise PhraseError(f"`{self.written}` has a `{mark}` where a word was expected")
        if self.depth == DEEPEST:
            raise PhraseError(f"`{self.written}` has more than {DEEPEST} brackets in brackets")
        self.depth += 1
        inner = self.sequence(closing=_CLOSING[mark])
        self.depth -= 1
        if mark == "(":
            return inner
        return Part(rf"(?:{inner.pattern})?", firsts=inner.firsts, is_optional=True)

    def _list(self, name: str) -> Part:
        if name not in self.lists:
            known = ", ".join(sorted(self.lists)) or "none"
            raise PhraseError(f"`{self.written}` names the list @{name}; known lists: {known}")
        others = {key: items for key, items in self.lists.items() if key != name}
        return _either([_Parser(f"({item})", others).item() for item in self.lists[name]])

    def _class(self, name: str) -> Part:
        if name not in _CLASSES:
            known = ", ".join(sorted(_CLASSES))
            raise PhraseError(f"`{self.written}` names the class <{name}>; known: {known}")
        return Part(f"(?:{_PAUSE}{_CLASSES[name]})", _SIGNPOSTS.get(name, frozenset()))

    def _mark(self) -> str | None:
        """Return the bracket or bar that comes next, empty at the end, None before a word."""
        return self.items[self.index]["mark"] if self.index < len(self.items) else ""


def _items(written: str) -> Iterator[re.Match[str]]:
    """Yield the items of a phrase. Raises PhraseError for a sign that is none of them."""
    end = 0
    for item in [*_ITEM.finditer(lowered := written.lower()), None]:
        start = item.start() if item else len(lowered)
        stray = lowered[end:start].strip()
        if stray:
            raise PhraseError(f"`{written}` has a stray `{stray}`: write @list or <class>")
        if item:
            yield item
            end = item.end()


def _word(written: str, phrase: str) -> Part:
    """Return the part for one word; hyphens divide it, as they do in a reading."""
    if _STRANGE.search(written):
        raise PhraseError(f"`{phrase}`: `{written}` holds a sign that no word of a reading has")
    row = [_piece(piece, phrase) for piece in written.split("-") if piece]
    if not row:
        raise PhraseError(f"`{phrase}` has a `{written}` that stands for no word")
    return _in_a_row(row)


def _piece(piece: str, phrase: str) -> Part:
    ending = piece[-1] if piece[-1] in "~*" else ""
    stem = piece.removesuffix(ending)
    if not stem or "~" in stem or "*" in stem:
        stray = "~" if "~" in piece else "*"
        raise PhraseError(f"`{phrase}` has a stray `{stray}`: it belongs once behind a word")
    if ending == "~":
        found = forms(stem)
        return _words("|".join(map(re.escape, found)), frozenset(found))
    if ending == "*":
        return _words(f"{re.escape(stem)}[^ ]*", frozenset([piece]))
    return _words(re.escape(piece), frozenset([piece]))


def _words(expression: str, anchors: frozenset[str]) -> Part:
    """Return the part for one word out of several."""
    pattern = rf"(?:{_PAUSE} (?:{expression})(?= ))"
    return Part(pattern, anchors, words=expression, firsts=anchors or None)


def _in_a_row(parts: Sequence[Part]) -> Part:
    """Return the parts one after another, with the best signpost among them."""
    if len(parts) == 1:
        return parts[0]
    anchored = sorted((part.anchors for part in parts if part.anchors), key=_worth, reverse=True)
    needs = [need for part in parts for need in part.needs]
    needs += anchored[1:]
    best = anchored[0] if anchored else frozenset[str]()
    optional = all(part.is_optional for part in parts)
    pattern = "".join(part.pattern for part in parts)
    return Part(pattern, best, tuple(needs), firsts=_firsts(parts), is_optional=optional)


def _firsts(parts: Iterable[Part]) -> frozenset[str] | None:
    """Return the words that parts in a row may begin with."""
    found: frozenset[str] = frozenset()
    for part in parts:
        if part.firsts is None:
            return None
        found |= part.firsts
        if not part.is_optional:
            break
    return found


def _either(parts: Sequence[Part]) -> Part:
    """Return one part for several choices: all of them must have signposts, or none counts.

    Single words are gathered into one expression, which is tried many times faster.
    """
    if len(parts) == 1:
        return parts[0]
    anchors = frozenset[str]()
    if all(part.anchors for part in parts):
        anchors = anchors.union(*(part.anchors for part in parts))
    single = "|".join(part.words for part in parts if part.words)
    others = [part.pattern for part in parts if not part.words]
    if not others:
        return _words(single, anchors)
    gathered = [_words(single, anchors).pattern] if single else []
    begun = [part.firsts for part in parts if part.firsts is not None]
    return Part(
        "(?:" + "|".join([*others, *gathered]) + ")",
        anchors,
        firsts=frozenset[str]().union(*begun) if len(begun) == len(parts) else None,
        is_optional=any(part.is_optional for part in parts),
    )


def _worth(anchors: frozenset[str]) -> tuple[int, int]:
    """Rank signposts: few common words first, then few words."""
    return -len(anchors & COMMON_WORDS), -len(anchors)


K = TypeVar("K")

_RANKS = 4
"""Signposts of one phrase that are looked at before the phrase itself is."""


class PhraseIndex(Generic[K]):
    """Many phrases, found by their signposts: only those whose words occur are searched for.

    Each phrase is a bit. Every word has the bits of the phrases whose signpost it is, so that
    the words of a sentence tell at once which phrases may stand in it, however many there are.
    """

    def __init__(self, phrases: Iterable[tuple[K, Phrase]]) -> None:
        self.phrases = tuple(phrases)
        self._exact: dict[str, list[int]] = {}
        self._beginnings: dict[str, list[int]] = {}
        self._free = [0] * _RANKS
        for number, (_, phrase) in enumerate(self.phrases):
            self._add(1 << number, phrase)
        self._lengths = sorted({len(beginning) for beginning in self._beginnings})
        self._told = lru_cache(maxsize=16_384)(self._told_by)

    def _add(self, bit: int, phrase: Phrase) -> None:
        signposts = [phrase.anchors, *sorted(phrase.needs, key=_worth, reverse=True)]
        for rank in range(_RANKS):
            if rank >= len(signposts):
                self._free[rank] |= bit
                continue
            for word in signposts[rank]:
                table = self._beginnings if word.endswith("*") else self._exact
                table.setdefault(word.rstrip("*"), [0] * _RANKS)[rank] |= bit

    def search(self, reading: Reading, among: int = -1) -> Iterator[tuple[K, int, int]]:
        """Yield the key of each phrase that occurs, with its span of the reading's line.

        Only the sentences in which its signposts stand are searched. `among` has the bits of
        the phrases that are wanted, the first phrase's bit being 1; all of them unless given.
        """
        places: dict[int, Sequence[int] | None] = {}
        for sentence, bits in self._candidates(reading, among):
            for number in _numbers_in(bits):
                key, phrase = self.phrases[number]
                if number not in places:
                    places[number] = phrase.begins_at(reading)
                for start, end in phrase.within(reading, sentence, places[number]):
                    yield key, start, end

    def _candidates(self, reading: Reading, among: int) -> list[tuple[int, int]]:
        """Return each sentence in which phrases may stand, with the bits of those phrases."""
        known = self._known(reading)
        found: dict[int, int] = {}
        for told, sentences in known:
            if wanted := told[0] & among:
                for sentence in sentences:
                    found[sentence] = found.get(sentence, 0) | wanted
        for rank in range(1, _RANKS) if found else ():
            met = dict.fromkeys(found, self._free[rank])
            for told, sentences in known:
                if bits := told[rank]:
                    for sentence in sentences:
                        if sentence in met:
                            met[sentence] |= bits
            found = {number: bits for number in found if (bits := found[number] & met[number])}
        return sorted(found.items())

    def _known(self, reading: Reading) -> list[tuple[Sequence[int], list[int]]]:
        """Return what each word that the index knows tells, with the sentences of the word."""
        vocabulary, numbers = reading.vocabulary, reading.numbers
        if self._lengths:
            told = [(self._told(word), places) for word, places in vocabulary.items()]
        else:
            words = self._exact.keys() & vocabulary.keys()
            told = [(self._exact[word], vocabulary[word]) for word in words]
        return [(bits, [numbers[place] for place in places]) for bits, places in told if bits]

    def _told_by(self, word: str) -> Sequence[int]:
        told = self._exact.get(word, [])
        for length in self._lengths:
            begun = self._beginnings.get(word[:length]) if length <= len(word) else None
            if begun:
                told = [a | b for a, b in zip(told or [0] * _RANKS, begun, strict=True)]
        return told


def _numbers_in(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
