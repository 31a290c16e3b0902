"""Small things done to words: capitals, full stops, and keeping a stranger's text on one line."""

from __future__ import annotations

import re
import unicodedata

NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

_SENTENCE_GAP = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀ-ÖØ-Þ0-9€£$\"“«¿¡])")
_ABBREVIATION = re.compile(r"\b(?:No|Reg|St|approx|incl|max|min|vs|e\.g|i\.e)\.$", re.IGNORECASE)
_ENDS = (".", "!", "?", "…", ".”", '."', ".\u00a0»")
_FORMED = re.compile(r"..(?:ed|able|ible|ful|less|proof|resistant|-free)$")
"""Endings that adjectives have and names do not."""
_ELISION = re.compile(r"([^\W\d_]{1,2})['\u2019](?=[a-zà-öø-ÿœ])")
"""What is left of a short word before a vowel: the `L` of `L'assise`, but not of `L'Oréal`."""
_WORD = re.compile(r"[^\W_]+(?:['\u2019.,-][^\W_]+)*")


def tame(text: str) -> str:
    """Return `text` on one line, without invisible characters and without braces.

    Braces would read as merge tags; the brief has none to give.
    """
    kept = (" " if unicodedata.category(char) in {"Cc", "Zl", "Zp"} else char for char in text)
    seen = (char for char in kept if unicodedata.category(char) not in {"Cf", "Cs", "Co"})
    flat = "".join(seen).replace("{", "").replace("}", "")
    return " ".join(flat.split())


def says_something(text: str) -> bool:
    """Return whether `text` has letters enough to be a name or a statement."""
    return sum(char.isalpha() for char in text) > 1


def capital(text: str) -> str:
    """Return `text` with its first character in upper case."""
    return text[:1].upper() + text[1:]


def uncapital(text: str, common: frozenset[str], names: frozenset[str] = frozenset()) -> str:
    """Return `text` without its first capital, where its first word is a common one.

    `names` are folded words that keep theirs, such as those of the product's name.
    """
    first, _, rest = text.partition(" ")
    word = first.strip(".,;:!?")
    stem = word.casefold()
    if stem in names or word[1:2].isupper() or not word[:1].isupper():
        return f"{text[:1].lower()}{text[1:]}" if word == "A" else text
    formed = bool(_FORMED.search(stem)) and rest[:1].islower()
    elided = _ELISION.match(word)
    opener = elided[1].casefold() if elided else stem.split("-")[0]
    plain = formed or stem in common or opener in common
    return text[:1].lower() + text[1:] if plain else text


def unstopped(text: str) -> str:
    """Return `text` without the full stop, comma or colon at its end."""
    return text.rstrip(" .;,:")


def sentence(text: str) -> str:
    """Return `text` as a sentence: a capital first, and a mark at its end."""
    whole = capital(text.strip())
    return whole if whole.endswith(_ENDS) else f"{whole.rstrip(';,:')}."


def sentences(text: str) -> list[str]:
    """Split `text` where a sentence ends and another begins."""
    found: list[str] = []
    for part in _SENTENCE_GAP.split(text.strip()):
        if found and _ABBREVIATION.search(found[-1]):
            found[-1] = f"{found[-1]} {part}"
        elif part:
            found.append(part)
    return found


def word_set(text: str) -> frozenset[str]:
    """Return the words of `text`, folded, each once."""
    return frozenset(_WORD.findall(text.casefold()))


def count_words(text: str) -> int:
    """Count the words of `text` as a reader would, links as one."""
    return len(text.split())


def number_word(number: int) -> str:
    """Return `two` for 2; digits above ten."""
    return NUMBER_WORDS[number] if number < len(NUMBER_WORDS) else str(number)
