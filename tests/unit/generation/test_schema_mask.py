from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from copydesk.generation.answers import bounded_schema
from copydesk.generation.local_engine import load
from copydesk.generation.local_memory import Placing
from copydesk.generation.schema_mask import SchemaMask
from tests.unit.generation.samples import a_draft, a_request, an_answer

pytestmark = pytest.mark.ml


def forbidden(folder: Path, text: str, *, whole: bool = True) -> tuple[str | None, SchemaMask]:
    """Return the first token of the text that the mask forbids, and the mask."""
    import torch

    engine = load(str(folder), Placing("cpu"))
    mask = SchemaMask(engine.vocabulary, [bounded_schema(a_request(1))], 0, threading.Event())
    ids: Any = engine.tokenizer(text, return_tensors="pt")["input_ids"]
    for place in range(ids.shape[1]):
        scores = mask(ids[:, :place], torch.zeros(1, engine.vocabulary.vocab_size))
        if scores[0, ids[0, place]] != 0:
            return engine.tokenizer.decode(ids[0, place]), mask
    assert bool(mask.is_over(ids, None)) is whole
    return None, mask


def test_an_answer_spaced_as_in_the_prompt_is_let_through(tiny_llama: Path) -> None:
    """A model is not pushed off the JSON that the prompt shows it, blanks included."""
    token, mask = forbidden(tiny_llama, an_answer(a_draft()))

    assert token is None
    assert mask.why_not_whole(0) is None


def test_an_unfinished_answer_is_told_from_a_whole_one(tiny_llama: Path) -> None:
    """An answer that ends early is not whole, and says so."""
    token, mask = forbidden(tiny_llama, an_answer(a_draft())[:-3], whole=False)

    assert token is None
    assert "cut off" in str(mask.why_not_whole(0))


@pytest.mark.parametrize(
    "text",
    [
        "Sure! Here",
        an_answer(a_draft(angle="anger")),
        an_answer(a_draft(facts=["made-up"])),
        an_answer(a_draft(subject="two\nlines of subject")),
        an_answer(a_draft(), a_draft()),
        an_answer({**a_draft().model_dump(), "emoji": "none"}),
    ],
)
def test_what_does_not_fit_is_forbidden(tiny_llama: Path, text: str) -> None:
    """Talk, other angles, facts that are not there and further fields cannot be written."""
    token, _ = forbidden(tiny_llama, text)

    assert token is not None
