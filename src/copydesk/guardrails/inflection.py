"""The forms of an English word, for phrases that mean the word and not one spelling of it."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

import yaml

_CONSONANT_Y = re.compile(r"[^aeiou]y$")
_HISSING = re.compile(r"(?:s|x|z|ch|sh|[^aeiou]o)$")
_SHORT_CLOSED = re.compile(r"^[^aeiou]*[aeiou][bdgklmnprtv]$|[^aeiou][aeiou](?:t|r|l|p)$")


@cache
def forms(word: str) -> tuple[str, ...]:
    """Return the word with its plural, third person, past and -ing forms, base first.

    It forms too many rather than too few: a form that nobody writes finds nothing.
    """
    regular = [word, *_with_s(word), *_with_ed_and_ing(word)]
    return tuple(dict.fromkeys([*regular, *_irregular().get(word, ())]))


def _with_s(word: str) -> list[str]:
    if _CONSONANT_Y.search(word):
        return [word[:-1] + "ies"]
    return [word + ("es" if _HISSING.search(word) else "s")]


def _with_ed_and_ing(word: str) -> list[str]:
    if word.endswith("e"):
        return [word + "d", word[:-1] + "ing"]
    if _CONSONANT_Y.search(word):
        return [word[:-1] + "ied", word + "ing"]
    doubled = [word + word[-1] + "ed", word + word[-1] + "ing"]
    return [word + "ed", word + "ing", *(doubled if _SHORT_CLOSED.search(word) else [])]


@cache
def _irregular() -> dict[str, list[str]]:
    file = resources.files("copydesk.guardrails").joinpath("inflections.yaml")
    words: dict[str, list[str]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return words
