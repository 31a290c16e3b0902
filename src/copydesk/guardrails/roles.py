"""Who is spoken of in a sentence and what is said of them, read through `roles.yaml`.

Words and chains of words become roles, as `+group` and `+vile`, so that a rule can say
`+group +is +vile` for `those immigrants are nothing but filthy`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib import resources
from typing import Any

import yaml

from copydesk.guardrails.inflection import forms
from copydesk.guardrails.normalise import PAUSE, STOP, Reading, Word, with_words
from copydesk.guardrails.phrase_index import PhraseIndex
from copydesk.guardrails.phrases import COMMON_WORDS, compile_phrase
from copydesk.guardrails.spelling import LEET, Mender

_LETTER_SIGNS = re.escape("".join(sorted(LEET)))
_RUN = re.compile(rf"(?<!\S)[^\s{_LETTER_SIGNS}]*[{_LETTER_SIGNS}]\S*")
_CHUNK = re.compile(r"\S{3,30}")
_EDGES = ".,;:?\"'()[]-_"
_SPOKEN_OF = frozenset(("+group", "+identity", "+slur"))
_NAMED = _SPOKEN_OF | {"+name"}


@dataclass(frozen=True)
class Roles:
    """The vocabulary of roles."""

    words: Mapping[str, str]
    mender: Mender
    """Its exact words are the slurs: `+slur` where run together; else packs/slurs.yaml has them."""
    chains: Sequence[tuple[str, PhraseIndex[None]]]

    def read(self, reading: Reading) -> Reading | None:
        """Return the reading in roles, or None when it speaks of no group of people."""
        if not self._may_speak(reading):
            return None
        mended = [Word(self.words.get(w.text, w.text), w.start, w.end) for w in self._mend(reading)]
        mended = list(_names_settled(mended))
        if _SPOKEN_OF.isdisjoint(word.text for word in mended):
            return None
        for role, index in self.chains:
            mended = _chained(with_words(reading, mended), role, index)
        return with_words(reading, _resolved(mended))

    def _may_speak(self, reading: Reading) -> bool:
        """Return whether a word of the reading, mended, names a group; cheaper than `read`."""
        if any(map(self._names_a_group, reading.vocabulary)):
            return True
        if any(self._names_a_group(word) for word in self._joined(reading)):
            return True
        return any(self._names_a_group(text) for _, (text, _) in self._masked(reading))

    def _joined(self, reading: Reading) -> Iterator[str]:
        """Yield words whose first letter was taken for an article."""
        words = reading.words
        for article in ("a", "i"):
            for at in reading.vocabulary.get(article, ()):
                if at + 1 < len(words) and article + words[at + 1].text in self.mender.wanted:
                    yield article + words[at + 1].text

    @cached_property
    def _names_a_group(self) -> Callable[[str], bool]:
        def names(word: str) -> bool:
            parts = self.mender.mend(word)
            hidden = any(part in self.mender.exact and part != word for part in parts)
            return hidden or any(self.words.get(part, part) in _NAMED for part in parts)

        return lru_cache(maxsize=16_384)(names)

    def _mend(self, reading: Reading) -> Iterator[Word]:
        masked = dict(self._masked(reading))
        covered = 0
        for word in self._rejoined(reading.words):
            if word.start in masked:
                text, covered = masked[word.start]
                yield Word(text, word.start, covered)
            elif word.start >= covered or word.text in {STOP, PAUSE}:
                parts = self.mender.mend(word.text)
                for part in parts:
                    is_hidden = part in self.mender.exact and part != word.text
                    yield Word("+slur" if is_hidden else part, word.start, word.end)

    def _rejoined(self, words: Sequence[Word]) -> Iterator[Word]:
        """Yield the words, a first letter that was taken for an article put back."""
        rest = iter(words)
        for word in rest:
            after = next(rest, None) if word.text in {"a", "i"} else None
            if after is None:
                yield word
            elif word.text + after.text in self.mender.wanted:
                yield Word(word.text + after.text, word.start, after.end)
            else:
                yield from (word, after)

    def _masked(self, reading: Reading) -> Iterator[tuple[int, tuple[str, int]]]:
        """Yield words written with signs for letters: where each begins, what it is, its end."""
        text = reading.folded.text
        for chunk in (c for run in _RUN.finditer(text) for c in _CHUNK.finditer(text, *run.span())):
            word = chunk.group().strip(_EDGES)
            if LEET.isdisjoint(word) or word.isdigit():
                continue
            read_as = self.mender.mend(word.rstrip("!")) or self.mender.mend(word)
            if len(read_as) == 1 and read_as[0] in self.mender.wanted:
                at = chunk.start() + chunk.group().index(word)
                start, end = reading.span_of_text(at, at + len(word))
                yield start, (read_as[0], end)


@cache
def roles() -> Roles:
    """Return the shipped vocabulary."""
    data = vocabulary()
    words = {
        form: f"+{role}"
        for role, block in reversed(data["words"].items())
        for word in block.split()
        for form in (forms(word[:-1]) if word.endswith("~") else [word])
    }
    wanted = frozenset(words)
    both = set(data["words"]["identity"].split()) & set(data["words"]["group"].split())
    words.update(dict.fromkeys(both, "+name"))
    slurs = _slurs() - wanted
    plain, real = (frozenset(data[name].split()) for name in ("plain", "real_words"))
    wanted |= frozenset(data["mended"].split())
    return Roles(words, Mender(wanted, plain - wanted, real, slurs), _chains(data))


def _slurs() -> frozenset[str]:
    """Return the words of the pack of slurs: they are kept in one place."""
    file = resources.files("copydesk.guardrails").joinpath("packs", "slurs.yaml")
    rules = yaml.safe_load(file.read_text(encoding="utf-8"))["rules"]
    return frozenset(word for rule in rules for word in rule.get("words", "").split())


def _chains(data: Mapping[str, Any]) -> list[tuple[str, PhraseIndex[None]]]:
    lists = {name: tuple(block.split()) for name, block in data["lists"].items()}
    return [
        (
            f"+{chain['role']}",
            PhraseIndex((None, compile_phrase(line, lists)) for line in lines_of(chain["phrases"])),
        )
        for chain in data["chains"]
    ]


@cache
def vocabulary() -> dict[str, Any]:
    """Return what the file of roles holds."""
    file = resources.files("copydesk.guardrails").joinpath("roles.yaml")
    data: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return data


def lines_of(block: str) -> list[str]:
    """Return the phrases of a block of text, one on each line, without comments."""
    lines = (line.strip() for line in block.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _names_settled(words: Sequence[Word]) -> Iterator[Word]:
    """Yield the words, with names as `Muslim` read as a noun or as an adjective by what follows."""
    for at, word in enumerate(words):
        after = words[at + 1].text if at + 1 < len(words) else STOP
        if word.text == "+name":
            is_noun = after in COMMON_WORDS | _AFTER_A_NOUN or after[0] == "+"
            is_noun = is_noun and after not in {"+person", "+group", "+identity", "+name"}
            yield word._replace(text="+group" if is_noun else "+identity")
        else:
            yield word


_AFTER_A_NOUN = frozenset(
    ("like", "today", "tomorrow", "than", "should", "must", "deserve", "tonight", "again", "even")
)


def _chained(reading: Reading, role: str, index: PhraseIndex[None]) -> list[Word]:
    """Return the words with each chain in one piece; a chain of no role is left out."""
    words = list(reading.words)
    taken = len(words)
    spans = sorted({(start, end) for _, start, end in index.search(reading)}, key=_longest_first)
    for first, last in reversed(list(_apart(reading, spans))):
        if last < taken:
            whole = [Word(role, words[first].start, words[last].end)]
            words[first : last + 1] = [] if role == "+filler" else whole
            taken = first
    return words


def _longest_first(span: tuple[int, int]) -> tuple[int, int]:
    return span[0], -span[1]


def _apart(reading: Reading, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield spans as words, first come first served, without those that overlap."""
    free = 0
    for start, end in spans:
        if start >= free:
            free = end
            yield reading.word_at(start), reading.word_at(end - 1)


def _resolved(words: Sequence[Word]) -> list[Word]:
    """Return the words with `+they` where a pronoun stands for a group named nearby."""
    sentence, named = 0, dict[int, set[str]]()
    for word in words:
        sentence += word.text == STOP
        if word.text in _STANDS_FOR:
            named.setdefault(sentence, set()).update(_STANDS_FOR[word.text])
    resolved, sentence = [], 0
    for at, word in enumerate(words):
        sentence += word.text == STOP
        meant = named.get(sentence, set()) | named.get(sentence - 1, set())
        if _is_explained(words, at):
            meant = meant | {"+pronoun", "you"}
        stands = word.text in meant and not _things_stand_between(words, at)
        text = "+they" if stands else _READ_AS.get(word.text, word.text)
        resolved.append(word._replace(text=text))
    return resolved


_STANDS_FOR = {
    "+group": {"+pronoun"},
    "+their": {"+pronoun"},
    "+life": {"+pronoun"},
    "+addressed": {"+pronoun", "you"},
}
_READ_AS = {"+addressed": "+group"}
_POINTS = frozenset(("these", "those", "our", "the", "your", "this"))
_FAR = 18


def _things_stand_between(words: Sequence[Word], at: int) -> bool:
    """Return whether things were named since the group: `women love these boots: they ...`."""
    for back in range(at - 1, max(-1, at - _FAR), -1):
        if words[back].text in _STANDS_FOR:
            return False
        if words[back].text in _POINTS:
            following = [word.text for word in words[back + 1 : min(at, back + 4)]]
            return any(text[0] != "+" and text[-1:] == "s" for text in following)
    return False


def _is_explained(words: Sequence[Word], at: int) -> bool:
    """Return whether the words after a pronoun say who is meant: `they are women`."""
    if words[at].text not in {"+pronoun", "you"}:
        return False
    after = [word.text for word in words[at : at + _FAR]]
    rows = zip(after, after[1:], after[2:], strict=False)
    return any(
        first in {"+pronoun", "you"} and second == "+is" and third in _STANDS_FOR
        for first, second, third in rows
    )
