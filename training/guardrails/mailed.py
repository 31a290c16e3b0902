"""Sentences of whole e-mails: what the pairs of violating and lawful copy teach.

Of the pairs in benchmarks/copy_cases those of an odd number are kept out: they measure.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from benchmarks.pairs import FOLDER, both, parity

from copydesk.guardrails.meaning import sentences
from copydesk.guardrails.normalise import read
from copydesk.variants import Text

OWN = Path(__file__).parent / "pairs"
WEIGHED_AGAINST_FACTS = frozenset(
    f"legal.{name}"
    for name in (
        "credit_terms", "deposit_terms", "false_urgency", "free_claim", "green_claim",
        "guarantee", "health_claim", "negative_option", "origin_claim", "price_comparison",
        "superlative", "testimonial",
    )
)  # fmt: skip
"""Categories in which the lawful twin may make the very claim, since a fact supports it."""


class Judged(NamedTuple):
    """A sentence, the category it was written for (None: for none), and whether it claims it."""

    text: str
    about: str | None
    claims: bool


def judged() -> Iterator[Judged]:
    """Every sentence of the pairs that teach."""
    for path in [*sorted(FOLDER.glob("*.yaml")), *sorted(OWN.glob("*.yaml"))]:
        for pair in yaml.safe_load(path.read_text(encoding="utf-8")):
            if path.parent == OWN or parity(pair["pair"]) == "even":
                bad, good = both(pair, path.stem)
                yield from _of_violating(bad)
                yield from _of_lawful(good)


def _of_violating(row: dict[str, Any]) -> Iterator[Judged]:
    begin = row["copy"][row["slot"]].find(row["match"])
    end = begin + len(row["match"])
    for slot, text, first, last in _sentences(row):
        if slot == row["slot"] and first < end and last > begin:
            yield Judged(text, row["category"], claims=True)
        else:
            yield Judged(text, None, claims=False)


def _of_lawful(row: dict[str, Any]) -> Iterator[Judged]:
    for slot, text, _, _ in _sentences(row):
        if slot != row["slot"]:
            yield Judged(text, None, claims=False)
        elif row["category"] not in WEIGHED_AGAINST_FACTS:
            yield Judged(text, row["category"], claims=False)


def _sentences(row: dict[str, Any]) -> Iterator[tuple[str, str, int, int]]:
    for slot, source in row["copy"].items():
        reading = read(Text(source))
        for sentence in sentences(reading):
            first, last = reading.span_of_words(sentence.first, sentence.last)
            yield slot, source[first:last], first, last
