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
from typing import Annotated, NamedTuple

from pydantic import BeforeValidator

from copydesk.guardrails.inflection import forms
from copydesk.guardrails.normalise import PAUSE, Reading

GAP = 4
"""Words that `...` stands for at most."""
DEEPEST = 12
"""Brackets inside brackets: nobody reads more, and no text can exhaust the reader."""

_MANY_PLACES = 24
"""Places in a text above which a phrase is tried at every word of the sentence instead."""

_MOST_ROWS = 128
"""Rows of words that a phrase is unrolled to, unless a single choice in it has more."""
Rows = frozenset[str]
"""Rows of words, with a space before each word."""
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
_CURRENCY_SIGNS = frozenset("$£€¥")
_CURRENCY_WORDS = frozenset(
    ("dollar", "dollars", "pound", "pounds", "euro", "euros", "cent", "cents", "usd", "gbp", "eur")
)
_SIGNPOSTS = {
    "percent": frozenset((" %", " percent", " per")),
    "money": frozenset(f" {word}" for word in _CURRENCY_SIGNS | _CURRENCY_WORDS),
    "sign": frozenset((" $", " £", " €")),
}
_DIGIT = r"\d"
"""Stands for every word with a digit in front, among the words that a phrase may begin with."""
_FIGURES = frozenset((_DIGIT, *_NUMBER_WORDS.split("|")))
_CLASS_FIRSTS = {
    "number": _FIGURES,
    "percent": _FIGURES,
    "money": _FIGURES | _CURRENCY_SIGNS,
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
_FREQUENT = COMMON_WORDS | {"%", "$", "£", "€", "day", "days", "month", "today", "free", "off"}


class PhraseError(ValueError):
    """A phrase is not written as the phrase language wants it."""


class Part(NamedTuple):
    """A piece of a compiled phrase: its expression, and the rows of words that must occur."""

    pattern: str
    rows: Rows | None = None
    """Every row of words that it stands for; None when they are too many or not known."""
    needs: tuple[Rows, ...] = ()
    """Where the rows are None: sets of rows, of each of which one must occur."""
    words: str = ""
    """Expression of the words alone, where the part is a choice of single words."""
    firsts: frozenset[str] | None = None
    """The words that it may begin with, where they are known."""
    is_optional: bool = False

    @property
    def told(self) -> tuple[Rows, ...]:
        """Sets of rows, of each of which one must occur."""
        if self.rows is None:
            return self.needs
        return () if "" in self.rows else (self.rows,)


@dataclass(frozen=True)
class Phrase:
    """A phrase, ready to be searched for in the line of a reading."""

    written: str
    pattern: str = field(repr=False)
    needs: tuple[Rows, ...] = field(default=(), repr=False)
    """Sets of rows of words, the most telling first, of each of which one must occur for the
    phrase to occur; a trailing `*` marks the beginning of a word. Pauses are left out."""
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
            if _DIGIT in firsts:
                words += [w for w in vocabulary if w[0].isdecimal() and w not in words]
        elif _DIGIT in firsts:
            words = [w for w in vocabulary if w in firsts or w[0].isdecimal()]
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
    # Most phrases name no list, and the same ones stand in many conditions.
    return _compiled(written, lists or {}) if "@" in written else _compiled_once(written)


@lru_cache(maxsize=16_384)
def _compiled_once(written: str) -> Phrase:
    return _compiled(written, {})


def _compiled(written: str, lists: Lists) -> Phrase:
    parser = _Parser(written, lists)
    part = parser.sequence(closing="")
    if not part.told:
        raise PhraseError(f"`{written}` needs at least one word that must be there")
    firsts = None if part.is_optional else part.firsts
    needs = tuple(sorted(part.told, key=_worth, reverse=True))
    return Phrase(written, rf"{part.pattern}(?= )", needs, firsts)


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
            return Part(r"\A" if item["edge"] == "^" else r"(?= (?:\. )?\Z)", frozenset([""]))
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
        rows = None if inner.rows is None else inner.rows | {""}
        return Part(rf"(?:{inner.pattern})?", rows, firsts=inner.firsts, is_optional=True)

    def _list(self, name: str) -> Part:
        if name not in self.lists:
            known = ", ".join(sorted(self.lists)) or "none"
            raise PhraseError(f"`{self.written}` names the list @{name}; known lists: {known}")
        items = tuple(self.lists[name])
        if not any("@" in item for item in items):
            return _any_of(items)
        others = {key: items for key, items in self.lists.items() if key != name}
        return _either([_Parser(f"({item})", others).item() for item in items])

    def _class(self, name: str) -> Part:
        if name not in _CLASSES:
            known = ", ".join(sorted(_CLASSES))
            raise PhraseError(f"`{self.written}` names the class <{name}>; known: {known}")
        needs = (_SIGNPOSTS[name],) if name in _SIGNPOSTS else ()
        return Part(f"(?:{_PAUSE}{_CLASSES[name]})", needs=needs, firsts=_CLASS_FIRSTS.get(name))

    def _mark(self) -> str | None:
        """Return the bracket or bar that comes next, empty at the end, None before a word."""
        return self.items[self.index]["mark"] if self.index < len(self.items) else ""


@lru_cache(maxsize=1_024)
def _any_of(items: tuple[str, ...]) -> Part:
    """Return one part for a list that names no other, read once for all phrases that name it."""
    return _either([_Parser(f"({item})", {}).item() for item in items])


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


def _words(expression: str, words: frozenset[str]) -> Part:
    """Return the part for one word out of several."""
    pattern = rf"(?:{_PAUSE} (?:{expression})(?= ))"
    rows = None if PAUSE in words else frozenset(f" {word}" for word in words)
    return Part(pattern, rows, words=expression, firsts=words or None)


def _in_a_row(parts: Sequence[Part]) -> Part:
    """Return the parts one after another, with the rows of words that they make together."""
    if len(parts) == 1:
        return parts[0]
    run: Rows = frozenset([""])
    needs: list[Rows] = []
    whole = True
    for part in parts:
        together = None if part.rows is None else _continued(run, part.rows)
        if together is not None:
            run = together
            continue
        needs += [*Part("", run).told, *part.needs]
        run, whole = part.rows or frozenset([""]), False
    needs += () if whole else Part("", run).told
    return Part(
        "".join(part.pattern for part in parts),
        run if whole else None,
        tuple(needs),
        firsts=_firsts(parts),
        is_optional=all(part.is_optional for part in parts),
    )


def _continued(rows: Rows, others: Rows) -> Rows | None:
    """Return each row with each of the others behind it; None when they cannot be told."""
    if len(rows) * len(others) > max(_MOST_ROWS, len(rows), len(others)):
        return None
    if any(row.endswith("*") for row in rows):
        return None
    return frozenset(row + other for row in rows for other in others)


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
    single = "|".join(part.words for part in parts if part.words)
    others = [part.pattern for part in parts if not part.words]
    rows = _united([part.rows for part in parts])
    if not others and rows is not None:
        return _words(single, frozenset(row[1:] for row in rows))
    gathered = [rf"(?:{_PAUSE} (?:{single})(?= ))"] if single else []
    best = [max(part.told, key=_worth, default=None) for part in parts]
    need = _united(best)
    begun = [part.firsts for part in parts if part.firsts is not None]
    return Part(
        "(?:" + "|".join([*others, *gathered]) + ")",
        rows,
        () if rows is not None or need is None else (need,),
        firsts=frozenset[str]().union(*begun) if len(begun) == len(parts) else None,
        is_optional=any(part.is_optional for part in parts),
    )


def _united(sets: Sequence[Rows | None]) -> Rows | None:
    """Return all rows of the sets; None where one of them is not known."""
    known = [rows for rows in sets if rows is not None]
    return frozenset[str]().union(*known) if len(known) == len(sets) else None


def _worth(rows: Rows) -> tuple[int, int, int]:
    """Rank sets of rows by how seldom they occur: few of common words, long rows, few rows."""
    words = [row.split() for row in rows]
    common = sum(_FREQUENT.issuperset(row) for row in words)
    return -common, min(map(len, words)), -len(rows)
