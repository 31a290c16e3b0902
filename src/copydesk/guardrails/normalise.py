"""Text as it is read: folded, with masks taken off, and a way back to the original.

A filter that compares code points is beaten by a zero-width space or a Cyrillic letter. Rules
therefore look at a `Reading`: compatibility characters, case, accents, look-alike letters and
invisible characters are folded, merge tags read as their fallback, contractions are written
out, and every word knows the span of the original that it was read from.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import accumulate, pairwise
from typing import NamedTuple

import yaml

from copydesk.variants import MergeTag, Text

STOP, PAUSE = ".", ","
"""How the end of a sentence and a pause inside one are written among the words."""

PLACEHOLDER = "someone"
"""What a merge tag without a fallback reads as."""

_PLAIN = r"""
    (?P<number>\d+(?:[.,:]\d+)*)
    |(?P<word>[^\W_]+(?:'[^\W\d_]+)*)
    |(?P<sign>[%$£€¥&@])
    |(?P<hash>\#(?=\ ?\d))
    |(?P<stop>[.!?]+|\n\s*\n|\n(?=\s*[-*•\d]))
    |(?P<pause>[,;:()"]|—|\ -\ |\n)
    """
_PLAIN_TOKEN = re.compile(_PLAIN, re.VERBOSE)
_TOKEN = re.compile(
    r"""
    (?P<url>https?://[^\s<>"']{1,2000}
      |(?<![\w@.])(?:[a-z0-9-]{1,63}\.){1,5}(?:example|com|net|org|io|co|uk|eu|de|fr|ie|shop|store)\b
       (?:/[^\s<>"']{0,2000})?)
    |(?P<mail>[a-z0-9._%+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,5})
    |(?P<spaced>(?<![^\W_])(?:[^\W\d_](?P<gap>[ .*_-])(?:[^\W\d_](?P=gap)){1,30}[^\W\d_])(?![^\W_]))
    |(?P<initials>(?<![^\W_])[^\W\d_]\.[^\W\d_](?![^\W_])\.?)
    |"""
    + _PLAIN,
    re.VERBOSE,
)
MARKS = frozenset("0123456789@$!|+*#%€£_.-")
"""Digits and signs that are written for letters, or over them."""
_EDGES = ".,;:!?\"'()[]-_"
_MARKED_RUN = re.compile(r"(?<!\S)[^\s0-9@$!|+*#%€£_.-]*[0-9@$!|+*#%€£_.-]\S*")
_PIECE = re.compile(r"\S{3,40}")
_LETTERS_WITH_ARTICLE = 5
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_INVISIBLE = {"Cf", "Cc", "Cs", "Co", "Cn", "Mn", "Me"}
_ENDINGS = {"'ve": "have", "'ll": "will", "'re": "are", "'m": "am", "'d": "would"}
_NEGATED = {"can't": "can", "won't": "will", "shan't": "shall", "cannot": "can"}
_RUN_TOGETHER = {
    "youve": ("you", "have"), "youll": ("you", "will"), "youre": ("you", "are"),
    "dont": ("do", "not"), "doesnt": ("does", "not"), "didnt": ("did", "not"),
    "isnt": ("is", "not"), "weve": ("we", "have"), "theyre": ("they", "are"),
}  # fmt: skip


_SEVERAL = frozenset((*_NEGATED, *_RUN_TOGETHER))


class Word(NamedTuple):
    """One word as it is read, with the span of the original it was read from."""

    text: str
    start: int
    end: int


class Folded(NamedTuple):
    """Folded characters, and for each of them the span of the original."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]


@dataclass(frozen=True, slots=True)
class Reading:
    """One slot as it is read."""

    source: str
    """The original. Every span handed out indexes it, in code points."""
    folded: Folded
    words: tuple[Word, ...]
    """Words, numbers and signs, with STOP and PAUSE between them; hyphens divide words."""
    line: str
    """The words in a row, one space before each and one at the end: what phrases search."""
    places: tuple[int, ...]
    """Where each word begins in `line`."""
    vocabulary: Mapping[str, Sequence[int]]
    """Every word that occurs, with its indexes in `words`."""
    numbers: Sequence[int]
    """The number of the sentence that each word stands in; a STOP begins the next."""
    sentences: Sequence[tuple[int, int]]
    """Where each sentence begins and ends in `line`."""
    unpaused: str
    """The line without its pauses: where rows of words are looked for."""
    begins: Sequence[int]
    """Where each sentence begins in `unpaused`."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original for a span of `line`."""
        first = bisect_left(self.places, start)
        last = max(first, bisect_right(self.places, end - 1) - 1)
        return self.span_of_words(first, last)

    def span_of_words(self, first: int, last: int) -> tuple[int, int]:
        """Return the span of the original from word `first` to word `last`, inclusive."""
        return self.words[first].start, max(self.words[first].end, self.words[last].end)

    def span_of_text(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original for a span of `folded.text`."""
        if start >= end:
            return (self.folded.starts[start],) * 2 if start < len(self.folded.starts) else (0, 0)
        return self.folded.starts[start], self.folded.ends[end - 1]

    def word_at(self, place: int) -> int:
        """Return the index of the word that begins at or before `place` in `line`."""
        return max(0, bisect_right(self.places, place) - 1)

    def sentence(self, index: int) -> tuple[int, int]:
        """Return the first and the last word of the sentence around word `index`."""
        stops = self.vocabulary.get(STOP, ())
        before, after = bisect_left(stops, index), bisect_right(stops, index)
        first = stops[before - 1] + 1 if before else 0
        last = stops[after] - 1 if after < len(stops) else max(index, len(self.words) - 1)
        return first, last


def read(text: Text) -> Reading:
    """Return the reading of a slot. Works for any text, lone surrogates and noise included."""
    folded = _fold_nodes(text)
    return _reading(text.source, folded, tuple(_words(folded)))


def with_words(reading: Reading, words: Sequence[Word]) -> Reading:
    """Return the reading with other words for the same source."""
    return _reading(reading.source, reading.folded, tuple(words))


def _reading(source: str, folded: Folded, words: tuple[Word, ...]) -> Reading:
    texts = [text for text, _, _ in words]
    places = list(accumulate([len(text) + 1 for text in texts], initial=0))
    length = places.pop()
    stops = [index for index, text in enumerate(texts) if text == STOP]
    numbers: list[int] = []
    for number, (first, last) in enumerate(pairwise([0, *stops, len(texts)])):
        numbers += [number] * (last - first)
    vocabulary: dict[str, list[int]] = {}
    for index, text in enumerate(texts):
        vocabulary.setdefault(text, []).append(index)
    line = f" {' '.join(texts)} " if texts else " "
    ends = [places[index] for index in stops]
    sentences = list(zip([0, *ends], [end + 1 for end in [*ends, length]], strict=True))
    pauses = vocabulary.get(PAUSE, ())
    begins = [
        0,
        *(place - 2 * bisect_left(pauses, at) for place, at in zip(ends, stops, strict=True)),
    ]
    unpaused = line.replace(f" {PAUSE}", "")
    return Reading(
        source, folded, words, line, tuple(places), vocabulary, numbers, sentences, unpaused, begins
    )


@lru_cache(maxsize=4096)
def read_plain(text: str) -> Reading:
    """Return the reading of a text that is not copy, as a fact. Remembered."""
    return read(Text(text))


def fold(text: str) -> str:
    """Return `text` folded: compatibility forms, case, accents, look-alikes, invisible signs."""
    return _fold_piece(text, 0).text


def is_stretched(text: str) -> bool:
    """Return whether a letter stands three times in a row somewhere."""
    return _STRETCHED.search(text) is not None


def squeezed(word: str) -> tuple[str, ...]:
    """Return the words that a stretched word may stand for, as `shit` for `shiiiit`."""
    if not _STRETCHED.search(word):
        return ()
    return _STRETCHED.sub(r"\1", word), _STRETCHED.sub(r"\1\1", word)


class Marked(NamedTuple):
    """A piece of text between blanks that holds a digit or a sign."""

    text: str
    start: int
    """Where it begins in `folded.text`."""


def marked(reading: Reading) -> Iterator[Marked]:
    """Yield the pieces of the folded text that hold digits or signs, their edges left off."""
    text = reading.folded.text
    for run in _MARKED_RUN.finditer(text):
        for piece in _PIECE.finditer(text, *run.span()):
            word = piece.group().strip(_EDGES)
            if word and not MARKS.isdisjoint(word):
                yield Marked(word, piece.start() + piece.group().index(word))


def _fold_nodes(text: Text) -> Folded:
    if len(text.nodes) == 1 and not isinstance(text.nodes[0], MergeTag):
        return _fold_piece(text.source, 0)
    parts, starts, ends = list[str](), list[int](), list[int]()
    for node, start in zip(text.nodes, text.starts, strict=True):
        piece = _fold_tag(node, start) if isinstance(node, MergeTag) else None
        piece = piece or _fold_piece(str(node), start)
        parts.append(piece.text)
        starts.extend(piece.starts)
        ends.extend(piece.ends)
    return Folded("".join(parts), starts, ends)


def _fold_tag(tag: MergeTag, start: int) -> Folded:
    read_as = fold(tag.fallback or PLACEHOLDER)
    end = start + len(str(tag))
    return Folded(read_as, [start] * len(read_as), [end] * len(read_as))


def _fold_piece(piece: str, offset: int) -> Folded:
    plain = piece if piece.isascii() else piece.translate(_one_to_one())
    if _is_simple(plain):
        end = offset + len(piece)
        return Folded(plain.lower(), range(offset, end), range(offset + 1, end + 1))
    return _fold_slowly(piece, offset)


def _fold_slowly(piece: str, offset: int) -> Folded:
    letters: list[str] = []
    starts: list[int] = []
    for index, letter in enumerate(piece, offset):
        read_as = _fold_letter(letter)
        letters.append(read_as)
        starts.extend([index] * len(read_as))
    return Folded("".join(letters), starts, [start + 1 for start in starts])


_is_simple = re.compile(r"[\t\n\x20-\x7e£€¥°—]*\Z").match


@lru_cache(maxsize=8192)
def _fold_letter(letter: str) -> str:
    if letter in "\n\t":
        return letter
    if unicodedata.category(letter) in _INVISIBLE:
        return ""
    simple = _one_to_one().get(ord(letter))
    if simple is not None:
        return simple.lower()
    parts = unicodedata.normalize("NFKD", letter).casefold()
    kept = (part for part in parts if unicodedata.category(part) not in _INVISIBLE)
    return "".join(_one_to_one().get(ord(part), part) for part in kept)


@cache
def _one_to_one() -> dict[int, str]:
    """Return the characters that are read as exactly one other."""
    table = {ord(mark): ord(to) for to, marks in _data()["marks"].items() for mark in marks}
    for code in range(0xC0, 0x250):
        base = unicodedata.normalize("NFKD", chr(code))[0]
        if base.isascii() and base.isalpha():
            table[code] = ord(base)
    for latin, others in _data()["letters"].items():
        table.update(dict.fromkeys(map(ord, others), ord(latin)))
    return {code: chr(as_code) for code, as_code in table.items()}


@cache
def _data() -> dict[str, dict[str, str]]:
    file = resources.files("copydesk.guardrails").joinpath("confusables.yaml")
    data: dict[str, dict[str, str]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return data


def _words(folded: Folded) -> list[Word]:
    words: list[Word] = []
    starts, ends = folded.starts, folded.ends
    settled = _settled if is_stretched(folded.text) else str
    token = _TOKEN if _may_be_no_word(folded.text) else _PLAIN_TOKEN
    for found in token.finditer(folded.text):
        kind, text = found.lastgroup or "word", found.group()
        start = starts[found.start()]
        if kind == "word":
            end = ends[found.end() - 1]
            if "'" in text or text in _SEVERAL:
                _add_words(words, text, start, end)
            else:
                plain = text if text.isalpha() else _unmasked(text)
                words.append(Word(settled(plain), start, end))
            continue
        if kind == "spaced":
            words.extend(_joined(found, folded))
            continue
        text = text.rstrip(_TRAILING.get(kind, ""))
        end = ends[found.start() + max(len(text), 1) - 1]
        words.append(Word(_AS_READ[kind](text) if kind in _AS_READ else text, start, end))
    return words


def _may_be_no_word(text: str) -> bool:
    """Return False where no address, initials or spaced letters can stand in a text."""
    if "@" in text or "/" in text or _DOTTED.search(text):
        return True
    return _SPACED.search(f" {text}") is not None


_DOTTED = re.compile(r"\.(?<=[\w-]\.)(?=\w)")
_SPACED = re.compile(r"[\W_][^\W\d_]([ .*_-])[^\W\d_]\1[^\W\d_]")


_TRAILING = {"url": ".,;:!?)*", "mail": ".", "initials": "."}


_AS_READ = {"stop": lambda _: STOP, "pause": lambda _: PAUSE}


def _joined(found: re.Match[str], folded: Folded) -> list[Word]:
    """Return spaced letters as one word; an article before them stays a word: `a c h e a p`."""
    text, first = found.group(), found.start()
    words = []
    letters = text[::2]
    if letters[0] in "ai" and text[1] == " " and len(letters) >= _LETTERS_WITH_ARTICLE:
        words.append(Word(letters[0], folded.starts[first], folded.ends[first]))
        letters, first = letters[1:], first + 2
    return [*words, Word(letters, folded.starts[first], folded.ends[found.end() - 1])]


def _add_words(words: list[Word], text: str, start: int, end: int) -> None:
    if text in _RUN_TOGETHER:
        words.extend(Word(part, start, end) for part in _RUN_TOGETHER[text])
    else:
        _add_contraction(words, text, start, end)


def _unmasked(word: str) -> str:
    """Return a word with figures for letters, as `r1sk`, as it is meant; `mp3` is itself."""
    meant = word.translate(_FIGURES)
    return meant if meant in _masked_words() else word


@cache
def _masked_words() -> frozenset[str]:
    return frozenset(_data()["masked"]["words"].split())


_FIGURES = str.maketrans("013457", "oieast")


def _settled(word: str) -> str:
    """Return a stretched word as it is most often meant: `freeee` is free, `shiiit` is not."""
    if not _STRETCHED.search(word):
        return word
    return _STRETCHED.sub(lambda run: run[1] * (2 if run[1] in "eo" else 1), word)


def _add_contraction(words: list[Word], text: str, start: int, end: int) -> None:
    if text in _NEGATED or text.endswith("n't"):
        words.append(Word(_NEGATED.get(text, text[:-3]), start, end))
        words.append(Word("not", start, end))
        return
    stem, mark, ending = text.rpartition("'")
    words.append(Word(stem.replace("'", ""), start, end))
    written_out = _ENDINGS.get(mark + ending)
    words.append(Word(written_out or mark + ending, start, end))
