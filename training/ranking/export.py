"""The trained reader as it ships: an ONNX model of 8-bit numbers that knows its pieces."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from training.ranking import frozen, tuned
from training.ranking.lean import Lean
from training.ranking.tuned import Tuned

SEEN = 2
"""Texts that a piece of a word must be in to be kept: what is seldom is cut into smaller ones."""
COMMON = 3_000
"""Of the sentence model's pieces, which come commonest first, so many are kept anyway."""
_PADDING, _UNKNOWN, _BEGIN, _END = "[PAD]", "[UNK]", "[CLS]", "[SEP]"


def kept(texts: Sequence[str]) -> list[int]:
    """Return the rows of the pieces that the reader is to know."""
    table = frozen.table()
    seen = Counter(chain.from_iterable(set(row) for row in tuned.pieces(texts)))
    special = {table.index(name) for name in (_PADDING, _UNKNOWN, _BEGIN, _END)}
    single = {row for row, piece in enumerate(table) if _is_single(piece)}
    common = {row for row, piece in enumerate(table[: 2 * COMMON]) if piece.isalpha()}
    often = {row for row, count in seen.items() if count >= SEEN}
    return sorted(often | special | single | set(sorted(common)[:COMMON]))


def _is_single(piece: str) -> bool:
    letter = piece.removeprefix("##")
    return len(letter) == 1 and letter.isascii()


def export(model: Tuned, texts: Sequence[str]) -> bytes:
    """Return the model in ONNX, knowing the pieces that these texts need."""
    rows = kept(texts)
    pieces = [frozen.table()[row] for row in rows]
    with tempfile.TemporaryDirectory() as folder:
        whole, small = Path(folder) / "whole.onnx", Path(folder) / "small.onnx"
        torch.onnx.export(
            Lean(model, rows).eval(), (torch.arange(3),), str(whole), dynamo=False,
            input_names=["ids"], output_names=["score"], dynamic_axes={"ids": {0: "pieces"}},
        )  # fmt: skip
        quantize_dynamic(
            str(whole), str(small), per_channel=True, reduce_range=True,
            weight_type=QuantType.QInt8,
        )  # fmt: skip
        found = onnx.load(str(small))
    onnx.helper.set_model_props(found, {"pieces": "\n".join(pieces)})
    data: bytes = found.SerializeToString()
    return data
