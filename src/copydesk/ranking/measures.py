"""Measured things about one piece of copy: each a share between 0 and 1, and why it is that much.

Texts are measured as a recipient without any field reads them: merge tags as their fallbacks.
Lengths are in visible characters, so that combining marks and joiners do not count.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import yaml

from copydesk.briefs import Brief
from copydesk.variants import Copy

EARLY = 33
"""Characters of a subject that a narrow phone still shows."""

LINK = re.compile(r"https?://[^\s<>\"')\]]+", re.IGNORECASE)
NUMBER = re.compile(r"\d+(?:[.,\u00a0\u202f]\d+)*")
WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
SENTENCE_END = re.compile(r"[.!?]+(?:\s|$)|\n+")
_VOWELS = re.compile(r"[aeiouy]+")
_LETTERS_OF_A_SHOUT = 3


class Measure(NamedTuple):
    """How much of a part was earned, from 0 to 1, and why."""

    share: float
    why: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A copy as a recipient without fields sees it, with the brief that it was written for."""

    copy: Copy
    brief: Brief | None
    subject: str
    preheader: str
    body: str

    @classmethod
    def of(cls, copy: Copy, brief: Brief | None) -> Seen:
        """Render every slot with its fallbacks."""
        subject, preheader, body = (" ".join(t.render().split(" ")) for _, t in copy.slots())
        return cls(copy, brief, subject.strip(), preheader.strip(), body.strip())

    @property
    def language(self) -> str:
        """The language of the brief, `en` without one."""
        return self.brief.locale.partition("-")[0] if self.brief else "en"


def subject_length(seen: Seen) -> Measure:
    """Full from 20 to 50 visible characters; none under 5 or from 70 on."""
    length = visible_length(seen.subject)
    return Measure(_trapezoid(length, 5, 20, 50, 70), f"{length} characters, best from 20 to 50")


def early_meaning(seen: Seen) -> Measure:
    """Half for naming the product or goal, half for naming what the reader gets, both early."""
    early = set(words(seen.subject[:EARLY]))
    gets = early & (_listed(seen.language, "offer") | _offer_words(seen.brief))
    gets |= set(NUMBER.findall(seen.subject[:EARLY]))
    about = early & _topic_words(seen.brief)
    named = " and ".join(filter(None, ["the subject matter" * bool(about), "a gain" * bool(gets)]))
    share = 0.5 * bool(about) + 0.5 * bool(gets)
    return Measure(share, f"the first {EARLY} characters name {named or 'neither topic nor gain'}")


def concreteness(seen: Seen) -> Measure:
    """Full for a number that the brief holds; half for one that cannot be judged, without one."""
    found = numbers(seen.subject)
    if not found:
        return Measure(0, "no number in the subject")
    if seen.brief is None:
        return Measure(0.5, "a number, with no brief to hold it against")
    known = found & _numbers_of(seen.brief)
    return Measure(len(known) / len(found), f"{len(known)} of {len(found)} numbers from the brief")


def statement(seen: Seen) -> Measure:
    """Full for a subject that states something; none for one that asks."""
    asks = "?" in seen.subject
    return Measure(float(bool(seen.subject) and not asks), "asks" if asks else "asks nothing")


def calm(seen: Seen) -> Measure:
    """Full without words in capitals and with one exclamation mark at most, in every slot."""
    text = f"{seen.subject} {seen.preheader} {seen.body}"
    shouted = [word for word in words(text, fold=False) if _is_shouted(word, seen.brief)]
    marks = max(text.count("!") + text.count("\uff01") - 1, 0)
    if not shouted and not marks:
        return Measure(1, "no shouting")
    share = max(0.0, 1 - 0.5 * (len(shouted) + marks))
    return Measure(share, f"{len(shouted)} words in capitals, {marks} surplus exclamation marks")


def personal_tag(seen: Seen) -> Measure:
    """Full for a merge tag with a fallback anywhere in the copy."""
    tags = [tag for _, text in seen.copy.slots() for tag in text.tags if tag.fallback]
    return Measure(float(bool(tags)), tags[0].name if tags else "no merge tag")


def preheader_adds(seen: Seen) -> Measure:
    """The share of the preheader's words that the subject does not hold; none without words."""
    empty = _listed(seen.language, "empty")
    own = set(words(seen.preheader)) - empty
    if not own:
        return Measure(0, "no preheader")
    new = own - set(words(seen.subject))
    return Measure(len(new) / len(own), f"{len(new)} of {len(own)} words are new to the subject")


def preheader_length(seen: Seen) -> Measure:
    """Full from 40 to 90 visible characters; none under 10 or from 140 on."""
    length = visible_length(seen.preheader)
    return Measure(_trapezoid(length, 10, 40, 90, 140), f"{length} characters, best from 40 to 90")


def body_length(seen: Seen) -> Measure:
    """Full from 35 to 120 words; none under 8 or from 260 on."""
    length = len(words(LINK.sub(" ", seen.body)))
    return Measure(_trapezoid(length, 8, 35, 120, 260), f"{length} words, best from 35 to 120")


def ease(seen: Seen) -> Measure:
    """Flesch reading ease of an English body: full at 65, none at 25. Half in other languages."""
    if not words(seen.body):
        return Measure(0, "no body")
    if seen.language != "en":
        return Measure(0.5, f"not measured for {seen.language}")
    found = reading_ease(seen.body)
    return Measure(_between((found - 25) / 40), f"Flesch reading ease {found:.0f}, best from 65")


def one_action(seen: Seen) -> Measure:
    """Full for one thing to do: one link, or one sentence that opens with a verb to act on."""
    links = len(set(LINK.findall(seen.body)))
    calls = links or _calls(seen)
    if calls == 1:
        return Measure(1, "one call to action")
    return Measure(0.4 if calls else 0, f"{calls or 'no'} calls to action, best is one")


def visible_length(text: str) -> int:
    """Count characters that take room: no combining marks, joiners or control characters."""
    if text.isascii() and text.isprintable():
        return len(text)
    return sum(1 for char in text if unicodedata.category(char) not in {"Mn", "Me", "Cf", "Cc"})


def words(text: str, *, fold: bool = True) -> list[str]:
    """Return the words of `text`, in order; folded to lower case unless told otherwise."""
    return WORD.findall(text.casefold() if fold else text)


def numbers(text: str) -> set[float]:
    """Return the numbers in `text`, whichever way thousands and decimals are written."""
    return {_number(found) for found in NUMBER.findall(text)}


def reading_ease(text: str) -> float:
    """Return the Flesch reading ease (1948) of English text: higher is easier, 60 is plain."""
    found = words(LINK.sub(" ", text))
    sentences = max(1, len([s for s in SENTENCE_END.split(text) if WORD.search(s)]))
    syllables = sum(_syllables(word) for word in found)
    count = max(1, len(found))
    return 206.835 - 1.015 * count / sentences - 84.6 * syllables / count


def _trapezoid(value: float, none_below: float, full: float, still: float, none: float) -> float:
    if value < full:
        return _between((value - none_below) / (full - none_below))
    return _between((none - value) / (none - still))


def _between(share: float) -> float:
    return min(1.0, max(0.0, share))


def _number(written: str) -> float:
    """The last separator is a decimal sign, unless three digits follow: 2,314 is two thousand."""
    digits = re.sub(r"\D", "", written)
    tail = re.search(r"[.,](\d+)$", written)
    decimals = len(tail[1]) if tail else 0
    if decimals in {0, len("000")}:
        return float(digits)
    return float(f"{digits[:-decimals]}.{digits[-decimals:]}")


def _syllables(word: str) -> int:
    groups = len(_VOWELS.findall(word))
    silent = word.endswith("e") and not word.endswith("le") and groups > 1
    return max(1, groups - silent)


def _is_shouted(word: str, brief: Brief | None) -> bool:
    if len(word) < _LETTERS_OF_A_SHOUT or not word.isalpha() or not word.isupper():
        return False
    return brief is None or word not in brief.model_dump_json()


def _calls(seen: Seen) -> int:
    if seen.brief and seen.brief.cta and seen.brief.cta.casefold() in seen.body.casefold():
        return 1
    actions = _listed(seen.language, "action")
    openings = (words(sentence)[:1] for sentence in SENTENCE_END.split(seen.body))
    return sum(1 for opening in openings if actions.intersection(opening))


def _topic_words(brief: Brief | None) -> set[str]:
    if brief is None:
        return set()
    empty = _listed(brief.locale.partition("-")[0], "empty")
    return set(words(f"{brief.product.name} {brief.goal} {brief.cta or ''}")) - empty


def _offer_words(brief: Brief | None) -> set[str]:
    if brief is None or brief.offer is None:
        return set()
    return set(words(f"{brief.offer.kind.value.replace('_', ' ')} {brief.offer.code or ''}"))


def _numbers_of(brief: Brief) -> set[float]:
    return numbers(brief.model_dump_json(exclude={"jurisdictions", "locale"}))


@cache
def _listed(language: str, name: str) -> frozenset[str]:
    return frozenset(_lists().get(language, {}).get(name, ()))


@cache
def _lists() -> dict[str, Any]:
    source = resources.files("copydesk.ranking").joinpath("words.yaml").read_text(encoding="utf-8")
    lists: dict[str, Any] = yaml.load(source, Loader=yaml.BaseLoader)  # noqa: S506 - only strings
    return lists
