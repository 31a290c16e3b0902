"""Sentences that the phrase book writes for the briefs of our pairs: innocent all of them."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Iterator
from typing import Any

import yaml
from benchmarks.pairs import FOLDER

from copydesk.brand_voice import Brand
from copydesk.briefs import Brief
from copydesk.generation.model import DraftRequest
from copydesk.generation.phrasebook import PhrasebookModel
from copydesk.guardrails.meaning import sentences
from copydesk.guardrails.normalise import Reading, read
from copydesk.prompts import Prompt
from training.guardrails.mailed import OWN

DRAFTS = 4
MOST = 3_000
FORMALITIES = ("casual", "neutral", "formal")


def sentences_of_ours() -> list[str]:
    """Return different sentences, MOST of them at most; the same ones every time."""
    found = list(dict.fromkeys(asyncio.run(_written())))
    return random.Random(0).sample(found, min(MOST, len(found)))


async def _written() -> list[str]:
    book = PhrasebookModel()
    found: list[str] = []
    for number, brief in enumerate(_briefs()):
        brand = Brand.model_validate({"name": "Fellbrook", "formality": FORMALITIES[number % 3]})
        drafts = await book.draft(
            DraftRequest(brief, brand, (), Prompt("draft.v1", "", ""), DRAFTS, number)
        )
        for draft in drafts.drafts:
            for _, text in draft.copy_.slots():
                found += _sentences(read(text))
    return found


def _sentences(reading: Reading) -> Iterator[str]:
    for sentence in sentences(reading):
        first, last = reading.span_of_words(sentence.first, sentence.last)
        yield reading.source[first:last]


def _briefs() -> Iterator[Brief]:
    for path in [*sorted(FOLDER.glob("*.yaml")), *sorted(OWN.glob("*.yaml"))]:
        pairs: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
        for pair in pairs:
            # the words of a pair's facts may be what makes it unlawful; the book quotes them
            bare = {**pair["brief"], "facts": [], "locale": "en-US"}
            yield Brief.model_validate_json(json.dumps(bare, default=str))
