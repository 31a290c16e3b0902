"""Remedies: how what a rule finds is put right, each under the name that a pack gives it."""

from __future__ import annotations

from collections.abc import Mapping

from copydesk.guardrails.remedies import days, figures, marks, tags, terms, words
from copydesk.guardrails.remedies.remedy import Remedy, Way

REMEDIES: Mapping[Way, Remedy] = {
    "append": terms.append,
    "conditions": terms.conditions,
    "date": days.date_,
    "drop": words.drop,
    "end": days.end,
    "fallback": tags.fallback,
    "fewer": marks.fewer,
    "figure": figures.figure,
    "former_price": figures.former_price,
    "lowest_price": figures.lowest_price,
    "place": terms.place,
    "preferred": words.preferred,
    "reduction": figures.reduction,
    "sentence_case": words.sentence_case,
    "stock": figures.stock,
    "tag": tags.tag,
    "up_to": words.up_to,
}

__all__ = ["REMEDIES", "Remedy", "Way"]
