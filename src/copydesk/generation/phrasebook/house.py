"""The brand's mechanics: words it never writes, words it prefers, and how loud it is."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property, partial

from copydesk.brand_voice import Brand
from copydesk.brand_voice.word_forms import word_forms
from copydesk.generation.phrasebook.grammar import SLOT
from copydesk.generation.phrasebook.words import capital, tame

_BETWEEN_WORDS = r"[\s\-\u2010-\u2015]*"
_ENDINGS = r"(?:'?s|es|d|ed|ing|er|ers|est|ly)?"
PREFERRED_MAX = 60
"""Characters of a preferred term that still leave a phrase readable."""

_NOTHING = re.compile(r"(?!)")


@dataclass(frozen=True)
class House:
    """One brand's mechanics, compiled."""

    brand: Brand
    names: tuple[str, ...] = ()
    """Names that have to be written, whatever is banned: the product's and the brand's."""
    regional: tuple[tuple[str, str], ...] = ()
    """Words of our phrases, and what readers in this country say instead: `diary`, `planner`."""
    locale: str = "en"
    """Decides how words are inflected."""

    def bans(self, text: str) -> bool:
        """Return whether `text` holds a banned term in any of its forms."""
        return bool(self._banned.search(self._without_names(text)))

    def preferred(self, phrase: str) -> str:
        """Return our own words with the brand's preferred ones in place, slots untouched."""
        if not self._preferred:
            return phrase
        pieces = SLOT.split(phrase)
        words = [self._substituted(piece) for piece in pieces[::2]]
        slots = [f"{{{name}}}" for name in pieces[1::2]]
        return "".join(word + slot for word, slot in zip(words, [*slots, ""], strict=True))

    def _substituted(self, text: str) -> str:
        for pattern, wanted in self._preferred:
            text = pattern.sub(partial(_cased_like, wanted=wanted), text)
        return text

    def _without_names(self, text: str) -> str:
        folded = _folded(text)
        for name in self.names:
            folded = folded.replace(_folded(name), " ")
        return folded

    @cached_property
    def _banned(self) -> re.Pattern[str]:
        banned = self.brand.banned_terms
        terms = [pattern for term in banned if (pattern := _term(_folded(term), self.locale))]
        return re.compile("|".join(terms)) if terms else _NOTHING

    @cached_property
    def _preferred(self) -> list[tuple[re.Pattern[str], str]]:
        return [
            (re.compile(rf"(?<!\w){re.escape(avoided)}(?!\w)", re.IGNORECASE), tame(wanted))
            for avoided, wanted in (*self.regional, *self.brand.preferred_terms.items())
            if avoided.strip() and 0 < len(tame(wanted)) <= PREFERRED_MAX
        ]


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text).casefold().replace("\u2019", "'")
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _term(term: str, locale: str) -> str:
    """Return a pattern for a term with its inflections, and with or without its hyphens."""
    words = [word for word in re.split(r"[\s\-\u2010-\u2015]+", term) if word]
    if not words:
        return ""
    return rf"(?<!\w){_BETWEEN_WORDS.join(_forms(word, locale) for word in words)}(?!\w)"


def _forms(word: str, locale: str) -> str:
    """Return a pattern for the forms in the language, and for the English ones it borrows."""
    others = sorted(map(re.escape, word_forms(word, locale, leading=True) - {word}))
    return rf"(?:{'|'.join([*others, _english(word)])})"


def _english(word: str) -> str:
    if word.endswith("e") and len(word) > len("the"):
        return rf"{re.escape(word[:-1])}(?:e{_ENDINGS}|ing|ed|er|ers|est)"
    if word.endswith("y") and len(word) > len("any"):
        return rf"{re.escape(word[:-1])}(?:y{_ENDINGS}|ies|ied|ier|iest|ily)"
    doubled = rf"(?:{re.escape(word[-1])}(?:ed|ing|er|est))?" if word[-1].isalpha() else ""
    return rf"{re.escape(word)}(?:{_ENDINGS}|{doubled})" if doubled else re.escape(word)


def _cased_like(found: re.Match[str], wanted: str) -> str:
    return capital(wanted) if found[0][:1].isupper() else wanted
