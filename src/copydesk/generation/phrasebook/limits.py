"""How long each slot may be, and when a preheader adds to its subject."""

from __future__ import annotations

import unicodedata

from copydesk.generation.phrasebook.words import count_words, word_set
from copydesk.variants import Text

LONG_NAME = "Maximiliana-Josefine"
"""The longest value of a merge tag that a subject has to survive."""

SUBJECT_MIN, SUBJECT_AIM, SUBJECT_MAX = 15, 60, 70
PREHEADER_MIN, PREHEADER_MAX = 30, 100
BODY_MIN, BODY_MAX = 35, 90
SHARED_MAX = 0.4
"""Share of a preheader's own words that its subject may hold as well."""


def visible(text: str) -> int:
    """Count the characters of `text` that take room, merge tags at their longest."""
    shown = Text(text).render({"first_name": LONG_NAME})
    return sum(1 for char in shown if unicodedata.category(char) not in {"Mn", "Me", "Cf", "Cc"})


def subject_fits(text: str) -> bool:
    """Return whether a subject can be shown whole."""
    return SUBJECT_MIN <= visible(text) <= SUBJECT_MAX


def preheader_fits(text: str) -> bool:
    """Return whether a preheader uses its line and stays on it."""
    return PREHEADER_MIN <= visible(text) <= PREHEADER_MAX


def adds(preheader: str, subject: str, empty: frozenset[str] = frozenset()) -> bool:
    """Return whether a preheader says something that its subject has not said.

    `empty` are words that say nothing by themselves.
    """
    own = word_set(preheader) - empty
    repeated = own & word_set(subject)
    return bool(own) and len(repeated) <= SHARED_MAX * len(own)


def body_excess(body: str) -> int:
    """Return by how many words a body is too short or too long; 0 when it fits."""
    words = count_words(body)
    return max(BODY_MIN - words, words - BODY_MAX, 0)
