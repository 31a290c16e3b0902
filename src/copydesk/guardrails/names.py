"""Names in copy: the sender's own, and those that may be somebody else's."""

from __future__ import annotations

import re

from copydesk.guardrails.case import Case, Hit
from copydesk.guardrails.normalise import Reading, read_plain
from copydesk.guardrails.phrases import COMMON_WORDS
from copydesk.guardrails.vocabulary import vocabulary

MOSTLY = 0.5
"""Share of capital words above which a line is a title, whose capitals tell nothing."""
_CAPITAL = re.compile(r"[A-Z][a-z]+[A-Za-z]*(?:['\u2019]s?)?\Z")
_LETTERS_OF_A_NAME = 4


def own_names(case: Case) -> frozenset[str]:
    """Return words that name nobody else: of the brand, the product, its links, and common ones."""
    brief = case.brief
    texts = [case.brand.name] if case.brand else []
    texts += [brief.product.name, brief.cta or ""] if brief else []
    words = {word for text in texts for word in read_plain(text).vocabulary}
    return frozenset(words | COMMON_WORDS | set(vocabulary().months) | set(vocabulary().weekdays))


def in_product_name(case: Case, hit: Hit) -> bool:
    """Return whether the hit lies within the product's name as the brief writes it."""
    name = case.brief.product.name.casefold() if case.brief else ""
    source = case.readings[hit.slot].source.casefold()
    if not name or len(source) != len(case.readings[hit.slot].source):
        return False
    starts = (found.start() for found in re.finditer(re.escape(name), source))
    return any(start <= hit.start and hit.end <= start + len(name) for start in starts)


def is_own(word: str, own: frozenset[str], case: Case) -> bool:
    """Return whether a word is of the sender's own names, or part of its domain."""
    if word in own:
        return True
    links = case.brief.links if case.brief else ()
    return len(word) >= _LETTERS_OF_A_NAME and any(word in _host(link) for link in links)


def _host(link: str) -> str:
    return link.lower().split("//")[-1].split("/")[0]


def capital_words(reading: Reading, first: int, last: int) -> list[int]:
    """Return the places of capital words between two words that no beginning explains.

    There are none where most words have capitals: a title shows no names.
    """
    places, words = [], 0
    for index in range(first, last + 1):
        word = reading.words[index]
        written = reading.source[word.start : word.end]
        words += written.isalpha()
        begins = index == 0 or not reading.words[index - 1].text[0].isalnum()
        if word.text.isalpha() and not begins and _CAPITAL.match(written):
            places.append(index)
    return places if len(places) <= MOSTLY * words else []
