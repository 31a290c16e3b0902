"""The grammar: phrases with conditions and slots, and threads that hold a line of thought.

A phrase is a string with `{slots}` and `[one wording|or another]`, or a mapping of `say` (a
string, or several) and `if`. `if` lists flags: all must hold, `!flag` must not, `one|other` needs
either. A slot that cannot be filled rules its phrase out as well, so that nothing has to be said
twice.

A thread is one line of thought, with an angle: its subjects, preheaders and openings belong
together. Its body is a list of paragraphs, each the names of parts; `part?` may be left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from copydesk.generation.phrasebook.lexicon import Lexicon, lexicon, read_phrases

_OWN = frozenset({"subject", "preheader", "opening"})
"""Parts that a thread may write for itself."""

SLOT = re.compile(r"\{([A-Za-z_]+)\}")
EITHER = re.compile(r"\[([^\[\]]*)\]")
"""Wordings of which one is drawn; it is still the same phrase, and counts as said once."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Flags that must hold, each group by one of its members, and flags that must not."""

    needs: tuple[frozenset[str], ...] = ()
    bars: frozenset[str] = frozenset()

    def holds(self, flags: frozenset[str]) -> bool:
        """Return whether a situation with these flags fits."""
        return not (self.bars & flags) and all(group & flags for group in self.needs)

    @property
    def flags(self) -> frozenset[str]:
        """All flags that it names."""
        return self.bars.union(*self.needs)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words with slots."""

    text: str
    condition: Condition
    slots: frozenset[str]


Parts = Mapping[str, tuple[Phrase, ...]]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part in a paragraph."""

    part: str
    optional: bool


@dataclass(frozen=True, slots=True)
class Thread:
    """One line of thought."""

    topic: str
    """Names the parts that were written for it, as `opening_offer` for the topic `offer`."""
    angle: str
    condition: Condition
    lead: str | None
    """Which sort of fact it opens with, as `proof`; None for any."""
    merit: float
    """How much it is preferred, other things being equal: an offer first where there is one."""
    parts: Parts
    body: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True, slots=True)
class Book:
    """What may be said on one occasion in one sector."""

    threads: tuple[Thread, ...]
    parts: Parts
    emoji: tuple[str, ...]

    def phrases(self, thread: Thread, part: str) -> tuple[Phrase, ...]:
        """Return the ways to say a part: the thread's own, or else everybody's.

        Preheaders are the exception: the thread's own come with everybody's.
        """
        own = thread.parts.get(part, ()) + self.parts.get(f"{part}_{thread.topic}", ())
        shared = self.parts.get(part, ())
        return own + shared if part == "preheader" else own or shared


@cache
def load_book(kind: str, sector: str, language: str = "en") -> Book:
    """Return a language's book for a kind and a sector, read from its files once."""
    occasion = read_phrases(f"kinds/{kind}", language)
    trade = read_phrases(f"sectors/{sector}", language)
    common = read_phrases("common", language)
    layers = [common["parts"], occasion.get("parts", {}), trade.get("parts", {})]
    themed = [_parts(parts, f"theme_{theme}") for theme, parts in trade.get("themes", {}).items()]
    # A kind may keep its own ways of saying a part to itself: they then replace everybody's.
    threads = [*occasion.get("threads", ()), *common["threads"]]
    merged = _merged([*map(_parts, layers), *themed])
    alone = _parts({name: occasion["parts"][name] for name in occasion.get("only_own", ())})
    return Book(
        threads=tuple(_thread(raw) for raw in threads if kind not in raw.get("not_for", ())),
        parts=_typeset({**merged, **alone}, lexicon(language)),
        emoji=tuple(trade.get("emoji", ())),
    )


def read_condition(written: str) -> Condition:
    """Read an `if`, as `casual|neutral offer !careful`."""
    flags = written.split()
    needs = tuple(frozenset(flag.split("|")) for flag in flags if not flag.startswith("!"))
    return Condition(needs, frozenset(flag[1:] for flag in flags if flag.startswith("!")))


def _thread(raw: Mapping[str, Any]) -> Thread:
    own = {name: raw[name] for name in raw if name in _OWN}
    return Thread(
        topic=raw["topic"],
        angle=raw["angle"],
        condition=read_condition(raw.get("if", "")),
        lead=raw.get("lead"),
        merit=raw.get("merit", 0.0),
        parts=_parts(own),
        body=tuple(tuple(map(_piece, paragraph.split())) for paragraph in raw["body"]),
    )


def _piece(written: str) -> Piece:
    return Piece(written.rstrip("?"), optional=written.endswith("?"))


def _parts(raw: Mapping[str, Any], flag: str = "") -> Parts:
    return {name: _phrases(entries, flag) for name, entries in raw.items()}


def _phrases(entries: list[Any], flag: str) -> tuple[Phrase, ...]:
    found: list[Phrase] = []
    for entry in entries:
        said, written = (
            (entry, "") if isinstance(entry, str) else (entry["say"], entry.get("if", ""))
        )
        condition = read_condition(f"{written} {flag}")
        texts = [said] if isinstance(said, str) else said
        found += [Phrase(text, condition, frozenset(SLOT.findall(text))) for text in texts]
    return tuple(found)


def _typeset(parts: Parts, words: Lexicon) -> Parts:
    """Return parts with the language's spaces and signs: the files are written without them."""
    if not words.typography:
        return parts
    return {
        name: tuple(replace(phrase, text=words.typeset(phrase.text)) for phrase in phrases)
        for name, phrases in parts.items()
    }


def _merged(layers: list[Parts]) -> Parts:
    merged: dict[str, tuple[Phrase, ...]] = {}
    for layer in layers:
        for name, phrases in layer.items():
            merged[name] = merged.get(name, ()) + phrases
    return merged
