"""What must stand in a text for a regular expression to match it: a look that spares the search.

An expression such as `(?:made|built) in [A-Z]` can match only where `made in ` or `built in `
stands. An automaton finds hundreds of strings in one walk over the text, in less time than a
single expression takes.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from re import _parser  # type: ignore[attr-defined]  # the only way to read an expression's tree
from typing import Any, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

MOST = 128
"""Strings that an expression is unrolled to at most."""
_WIDEST = 4
"""Characters of a class `[...]` that is unrolled."""
_SHORT = 2
"""Letters that stand in nearly every text: strings no longer than this tell nothing."""
_KEPT = 2
"""Sets of strings that are looked for: a third one hardly ever decides."""
_REPEATS = {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}
_OF_NO_WIDTH = {"AT", "ASSERT", "ASSERT_NOT"}
_CASELESS = {"\u0130": "i", "\u0131": "i", "\u017f": "s"}
"""Letters that `re.IGNORECASE` takes for an ASCII letter, and `str.lower` does not."""

Strings = frozenset[str]


class _Seen(NamedTuple):
    """What is known of a part of an expression."""

    exact: Strings | None = None
    """All strings that it can match, in lower case; None when they are too many."""
    needs: tuple[Strings, ...] = ()
    """Sets of strings; of each set, one stands in whatever the part matches."""

    @property
    def all_needs(self) -> tuple[Strings, ...]:
        return self.needs if self.exact is None else _told(self.exact)


class Sieve:
    """Many things that need some strings each: tells quickly which of them a text may hold."""

    def __init__(self, things: Iterable[Sequence[Collection[str]]]) -> None:
        """Take, for each thing, sets of strings, of each of which one must stand in the text."""
        numbers: dict[str, int] = {}
        self._needing_nothing: list[int] = []
        first: list[tuple[int, Collection[int], Sequence[frozenset[int]]]] = []
        for thing, sets in enumerate(things):
            known = [frozenset(numbers.setdefault(s, len(numbers)) for s in one) for one in sets]
            if known:
                first.append((thing, known[0], tuple(dict.fromkeys(known[1:]))))
            else:
                self._needing_nothing.append(thing)
        self._begun: list[list[tuple[int, Sequence[frozenset[int]]]]] = [[] for _ in numbers]
        """By string: the things whose first set holds it, each with its other sets."""
        for thing, strings, others in first:
            for number in strings:
                self._begun[number].append((thing, others))
        self._strings = AhoCorasick(list(numbers), implementation=Implementation.ContiguousNFA)

    def likely(self, text: str, begins: Sequence[int] = (0,)) -> set[tuple[int, int]]:
        """Return the parts of a text with the things that they may hold, by their numbers.

        `begins` says where each part begins, the first at 0. All strings of a thing must stand in
        one part.
        """
        found = self._strings.find_matches_as_indexes(text, overlapping=True)
        if not found and not self._needing_nothing:
            return set()
        met: dict[int, set[int]] = {}
        for number, place, _ in found:
            met.setdefault(bisect_right(begins, place) - 1, set()).add(number)
        likely = {(part, thing) for thing in self._needing_nothing for part in range(len(begins))}
        for part, numbers in met.items():
            for number in numbers:
                for thing, others in self._begun[number]:
                    if not (others and any(map(numbers.isdisjoint, others))):
                        likely.add((part, thing))
        return likely


def needs(expression: str) -> list[tuple[str, ...]]:
    """Return sets of strings in lower case: of each, one stands in whatever matches."""
    seen = _sequence(_parser.parse(expression, re.IGNORECASE))
    telling = sorted(filter(_is_telling, seen.all_needs), key=_cost)
    return [_shortest(strings) for strings in telling[:_KEPT]]


def lower(text: str) -> str:
    """Return a text as a sieve takes it: in lower case, and without lone surrogates."""
    if text.isascii():
        return text.lower()
    for letter, ascii_letter in _CASELESS.items():
        text = text.replace(letter, ascii_letter)
    return text.lower().encode("utf-8", "replace").decode("utf-8")


def _sequence(tree: Iterable[Any]) -> _Seen:
    """Unroll parts in a row; where they become too many strings, begin anew."""
    run, needs, whole = frozenset([""]), list[Strings](), True
    for operation, argument in tree:
        part = _part(str(operation), argument)
        if part.exact is not None and len(run) * len(part.exact) <= MOST:
            run = frozenset(before + after for before in run for after in part.exact)
            continue
        needs += [*_told(run), *part.needs]
        run, whole = part.exact or frozenset([""]), False
    return _Seen(run) if whole else _Seen(None, (*needs, *_told(run)))


def _part(name: str, argument: Any) -> _Seen:  # noqa: ANN401 - sre trees have no public type
    if name in _OF_NO_WIDTH:
        return _Seen(frozenset([""]))
    if name == "LITERAL":
        return _characters([argument])
    if name == "IN":
        return _class(argument)
    if name == "BRANCH":
        return _branches([_sequence(branch) for branch in argument[1]])
    if name == "SUBPATTERN":
        return _sequence(argument[-1])
    return _repeated(*argument) if name in _REPEATS else _Seen()


def _characters(codes: Sequence[int]) -> _Seen:
    """Return the characters; of those beyond ASCII only such as have no case are known."""
    characters = [chr(code) for code in codes]
    if all(c.isascii() or (c.isprintable() and c.lower() == c.upper()) for c in characters):
        return _Seen(frozenset(c.lower() for c in characters))
    return _Seen()


def _class(items: Sequence[tuple[Any, Any]]) -> _Seen:
    if len(items) <= _WIDEST and all(str(operation) == "LITERAL" for operation, _ in items):
        return _characters([code for _, code in items])
    return _Seen()


def _branches(parts: Sequence[_Seen]) -> _Seen:
    """Return what is known of a choice: of each alternative something must be known."""
    if all(part.exact is not None for part in parts):
        union = frozenset[str]().union(*(part.exact or () for part in parts))
        if len(union) <= MOST:
            return _Seen(union)
    best = [min(filter(_is_telling, part.all_needs), key=_cost, default=None) for part in parts]
    known = [strings for strings in best if strings is not None]
    return _Seen(None, (frozenset[str]().union(*known),) if len(known) == len(parts) else ())


def _repeated(least: int, most: int, body: Iterable[Any]) -> _Seen:
    seen = _sequence(body)
    if least == 0:
        maybe = most == 1 and seen.exact is not None
        return _Seen((seen.exact or frozenset()) | {""}) if maybe else _Seen()
    if seen.exact is None or least == most == 1:
        return seen
    return _Seen(
        None, _told(seen.exact) if len(seen.exact) > 1 else _told(_times(least, seen.exact))
    )


def _times(least: int, alone: Strings) -> Strings:
    """Return the only string that is repeated, as often as it must stand: `xxxx` for `x{4,}`."""
    return frozenset(string * min(least, MOST) for string in alone)


def _told(strings: Strings) -> tuple[Strings, ...]:
    return () if "" in strings else (strings,)


def _is_telling(strings: Strings) -> bool:
    return not any(len(string.strip()) <= _SHORT and _is_common(string) for string in strings)


def _is_common(string: str) -> bool:
    return all(c.isalnum() or c in " .,'\u2019\n" for c in string)


def _cost(strings: Strings) -> tuple[int, int]:
    return len(strings), -min(map(len, strings))


def _shortest(strings: Strings) -> tuple[str, ...]:
    """Return the strings without those that hold another."""
    return tuple(sorted(_without_longer(sorted(strings, key=len))))


def _without_longer(by_length: Sequence[str]) -> Iterator[str]:
    kept: list[str] = []
    for string in by_length:
        if not any(other in string for other in kept):
            kept.append(string)
            yield string
