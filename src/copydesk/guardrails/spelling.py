"""Mending the spelling of a few words that matter: `k1ll`, `immigrnt`, `haet`, `deathto`.

Only words of a given list are mended to, and only from what is no ordinary word, so that plain
copy is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import product

_SHORTEST_WITH_A_LETTER_GONE = 5
_SHORTEST_WITH_TWO_CHANGED = 4
_SHORTEST_JOINED, _LONGEST_JOINED = 5, 40
_MOST_DIGITS = 5
_LEET = {
    "0": "o", "1": "il", "2": "z", "3": "e", "4": "a", "5": "s", "6": "gb", "7": "t", "8": "b",
    "9": "g", "@": "a", "$": "s", "!": "i", "|": "il", "+": "t", "€": "e", "£": "l",
}  # fmt: skip
LEET = frozenset(_LEET)
"""Digits and signs that stand for letters."""


class Mender:
    """Mends words to those of a list."""

    def __init__(
        self,
        wanted: frozenset[str],
        plain: frozenset[str],
        real: frozenset[str],
        exact: frozenset[str] = frozenset(),
    ) -> None:
        self.exact = exact
        self.wanted = wanted | exact
        """Words that are mended to; `exact` ones only where they are masked or run together."""
        self.plain = plain
        """Words that may stand beside them in a word that was run together."""
        self.real = real | plain
        self.typos = _typos(wanted, self.real)
        self.mend = lru_cache(maxsize=8192)(self._mend)

    def _mend(self, word: str) -> tuple[str, ...]:
        """Return the word, or the words that it was meant to be."""
        if word in self.wanted or word in self.real or not word.isascii():
            return (word,)
        if word in self.typos:
            return (self.typos[word],)
        return self._without_leet(word) or self._divided(word) or (word,)

    def _without_leet(self, word: str) -> tuple[str, ...]:
        masked = sum(letter in _LEET for letter in word)
        if not masked or masked == len(word) or masked > _MOST_DIGITS:
            return ()
        for letters in product(*(_LEET.get(letter, letter) for letter in word)):
            read_as = "".join(letters)
            if read_as in self.wanted or read_as in self.plain:
                return (read_as,)
        return ()

    def _divided(self, word: str) -> tuple[str, ...]:
        """Return the fewest words that make up a word which was run together."""
        if not _SHORTEST_JOINED <= len(word) <= _LONGEST_JOINED or not word.isalpha():
            return ()
        best: list[tuple[str, ...] | None] = [(), *[None] * len(word)]
        for end in range(1, len(word) + 1):
            for start in range(end):
                before, part = best[start], word[start:end]
                if before is None or not self._may_stand(part, word):
                    continue
                if best[end] is None or len(before) + 1 < len(best[end] or ()):
                    best[end] = (*before, part)
        found = best[-1] or ()
        return found if any(part in self.wanted for part in found) else ()

    def _may_stand(self, part: str, joined: str) -> bool:
        """Return whether `part` may be a word of `joined`; a single letter only at its edge."""
        if part in self.wanted:
            return True
        return part in self.plain and (
            len(part) > 1 or (part == "i" and "i" in joined[:1] + joined[-1:])
        )


def _typos(wanted: frozenset[str], real: frozenset[str]) -> dict[str, str]:
    """Return what becomes of each word when a letter is left out or two are changed over."""
    found: dict[str, str] = {}
    for word in sorted(wanted):
        for typo in _mistyped(word):
            if typo not in real and typo not in wanted:
                found.setdefault(typo, word)
    return found


def _mistyped(word: str) -> Iterator[str]:
    for at in range(1, len(word)):
        if len(word) >= _SHORTEST_WITH_A_LETTER_GONE:
            yield word[:at] + word[at + 1 :]
        if len(word) >= _SHORTEST_WITH_TWO_CHANGED and at + 1 < len(word):
            yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]
