"""How near one brief is to another: by what they mean where a model can tell, else by letters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from math import sqrt
from threading import Lock
from typing import NamedTuple

from copydesk.brand_voice.tone.meaning import Embedder, Vectors, embedder
from copydesk.briefs import Brief
from copydesk.errors import ModelMisconfigured

GRAM = 4
"""Letters in a row that two briefs are compared by: enough for a stem, too few for a sentence."""
LETTERS = f"runs of {GRAM} letters"
REMEMBERED = 2_048
"""Briefs whose vectors are kept: a brand's briefs are compared again with every request."""


class Likeness(NamedTuple):
    """A way to compare briefs, by the name that provenance gives it."""

    name: str
    to: Callable[[Brief, Sequence[Brief]], Sequence[float]]
    """Returns for each of the briefs how near it is to the first one: 1 is the same."""


def likeness(embedding_model: str | None) -> Likeness:
    """Return the comparison by this model, or by letters without one.

    A model that cannot be loaded is no reason to write nothing: letters take its place, and the
    name says why.
    """
    if embedding_model is None:
        return BY_LETTERS
    try:
        return by_meaning(embedding_model, embedder(embedding_model))
    except ModelMisconfigured as error:
        return Likeness(f"{LETTERS}, since {error.message}", BY_LETTERS.to)


def by_meaning(name: str, model: Embedder) -> Likeness:
    """Return the comparison by the cosine of what a model makes of two briefs."""
    one_at_a_time = Lock()

    @lru_cache(maxsize=REMEMBERED)
    def vector(said: str) -> Vectors:
        with one_at_a_time:
            found: Vectors = model.vectors([said])[0]
        return found

    def to(brief: Brief, others: Sequence[Brief]) -> list[float]:
        wanted = vector(_said(brief))
        return [float(wanted @ vector(_said(other))) for other in others]

    return Likeness(name, to)


def _by_letters(brief: Brief, others: Sequence[Brief]) -> list[float]:
    wanted = _grams(_said(brief))
    return [_cosine(wanted, _grams(_said(other))) for other in others]


def _said(brief: Brief) -> str:
    said = [brief.goal, brief.kind.value, brief.product.name, brief.cta or ""]
    said += [fact.text for fact in brief.facts]
    return " ".join(" ".join(said).casefold().split())


def _grams(text: str) -> Counter[str]:
    return Counter(text[at : at + GRAM] for at in range(len(text) - GRAM + 1))


def _cosine(one: Counter[str], other: Counter[str]) -> float:
    """Return the cosine of two counts: 1 for the same shares, 0 for nothing in common."""
    shared = sum(count * other[gram] for gram, count in one.items())
    lengths = sqrt(sum(c * c for c in one.values()) * sum(c * c for c in other.values()))
    return shared / lengths if lengths else 0.0


BY_LETTERS = Likeness(LETTERS, _by_letters)
