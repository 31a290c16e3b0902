"""The student: the small network that ships, taught by the corpus and by the teacher."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from copydesk.guardrails.meaning.glance import GAP, PAD, UNKNOWN
from copydesk.guardrails.meaning.sentences import BEGIN, END, NUMBER
from training.guardrails.teacher import Vocabulary

WIDTH, FILTERS, HIDDEN = 96, 128, 192
"""Numbers for each word, filters of each layer, and features of a sentence."""
EPOCHS, BATCH = 6, 128
RATE, WORD_RATE = 3e-3, 1.5e-3
IMITATION = 2.0
"""Weight of coming near to the sentence model's own vector, beside the judgements."""
FORGOTTEN = 0.03
"""Share of words that are unknown in training, so that unknown words do not surprise."""
_SEED = 0


@dataclass(frozen=True)
class Lessons:
    """What is learned: rows of words, the judgements, their weights, the vectors to come near."""

    rows: list[list[str]]
    judgements: np.ndarray
    weights: np.ndarray
    vectors: np.ndarray
    repeats: np.ndarray
    """How often each row is shown in an epoch."""


class Table:
    """Rows of the table of words, and the small vectors that they begin with."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.words = [BEGIN, END, NUMBER, "<u>", ",", "'s", *vocabulary.words]
        self.words = list(dict.fromkeys(self.words))
        self.rows = {word: row for row, word in enumerate(self.words, UNKNOWN + 1)}
        own = {word: index for index, word in enumerate(vocabulary.words)}
        _, _, axes = np.linalg.svd(vocabulary.centred, full_matrices=False)
        small = vocabulary.centred @ axes[:WIDTH].T
        small /= np.linalg.norm(small, axis=1, keepdims=True)
        begin = np.random.default_rng(_SEED).normal(0, 0.1, (len(self.words) + 2, WIDTH))
        begin[PAD] = 0
        for word, row in self.rows.items():
            if word in own:
                begin[row] = small[own[word]]
        self.vectors = begin.astype(np.float32)

    def ids(self, words: Sequence[str]) -> list[int]:
        """Return the rows of a sentence, with its edges."""
        return [self.rows.get(word, UNKNOWN) for word in (BEGIN, *words, END)]


class Student(nn.Module):  # type: ignore[misc] # mypy skips torch: it is an extra
    """The network of `copydesk.guardrails.meaning.model`, as torch trains it."""

    def __init__(self, table: Table, categories: int) -> None:
        super().__init__()
        torch.manual_seed(_SEED)
        self.words = nn.Embedding.from_pretrained(
            torch.tensor(table.vectors), freeze=False, padding_idx=PAD, sparse=True
        )
        self.near = nn.Conv1d(WIDTH, FILTERS, 3, padding=1)
        self.far = nn.Conv1d(FILTERS, FILTERS, 3, padding=GAP, dilation=GAP)
        self.hidden = nn.Linear(2 * (FILTERS + WIDTH), HIDDEN)
        self.out = nn.Linear(HIDDEN, categories)
        self.vector = nn.Linear(HIDDEN, 384)
        self.drop = nn.Dropout(0.2)

    def forward(self, ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return raw scores, and the vector that should come near to the sentence model's."""
        mask = (ids != PAD).float().unsqueeze(1)
        words = self.drop(self.words(ids)).transpose(1, 2) * mask
        first = functional.relu(self.near(words)) * mask
        second = (functional.relu(self.far(self.drop(first))) + first) * mask
        pooled = [*_pooled(second, mask), *_pooled(words, mask)]
        features = functional.relu(self.hidden(self.drop(torch.cat(pooled, 1))))
        features = self.drop(features)
        return self.out(features), self.vector(features)


def _pooled(layer: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    greatest = layer.masked_fill(mask == 0, -1e9).max(2)[0]
    return greatest, layer.sum(2) / mask.sum(2)


def taught(table: Table, lessons: Lessons, categories: int) -> Student:
    """Return a student that has learned. The same lessons always make the same student."""
    student = Student(table, categories)
    rng = np.random.default_rng(_SEED)
    ids = [table.ids(words) for words in lessons.rows]
    shown = np.repeat(np.arange(len(ids)), lessons.repeats)
    judged = torch.tensor(lessons.judgements, dtype=torch.float32)
    weights = torch.tensor(lessons.weights, dtype=torch.float32)
    vectors = torch.tensor(lessons.vectors)
    course = _Course(student, EPOCHS * (len(shown) // BATCH + 1))
    student.train()
    for _ in range(EPOCHS):
        for batch in _batches(shown, ids, rng):
            scores, vector = student(_padded([_forgetful(ids[i], rng) for i in batch]))
            wrong = functional.binary_cross_entropy_with_logits(
                scores, judged[batch], weights[batch], reduction="sum"
            )
            far = 1 - functional.cosine_similarity(vector, vectors[batch]).mean()
            course.step(wrong / len(batch) + IMITATION * far)
    student.eval()
    return student


class _Course:
    """The optimisers, with rates that rise and then fall."""

    def __init__(self, student: Student, steps: int) -> None:
        dense = [p for name, p in student.named_parameters() if name != "words.weight"]
        self.both = [
            (torch.optim.AdamW(dense, lr=RATE, weight_decay=0.02), RATE),
            (torch.optim.SparseAdam([student.words.weight], lr=WORD_RATE), WORD_RATE),
        ]
        self.steps, self.done = steps, 0

    def step(self, loss: torch.Tensor) -> None:
        share = min(1.0, self.done / 100) * (1 - self.done / self.steps) + 1e-3
        for optimiser, rate in self.both:
            optimiser.param_groups[0]["lr"] = rate * share
            optimiser.zero_grad()
        loss.backward()
        for optimiser, _ in self.both:
            optimiser.step()
        self.done += 1


def _batches(
    shown: np.ndarray, ids: Sequence[Sequence[int]], rng: np.random.Generator
) -> Iterator[np.ndarray]:
    """Yield batches of sentences of about one length, in a random order."""
    order = rng.permutation(shown)
    pools = [order[i : i + BATCH * 20] for i in range(0, len(order), BATCH * 20)]
    for mixed in pools:
        pool = np.array(sorted(mixed, key=lambda i: len(ids[i])))
        cuts = [pool[i : i + BATCH] for i in range(0, len(pool), BATCH)]
        for index in rng.permutation(len(cuts)):
            yield cuts[index]


def _forgetful(row: Sequence[int], rng: np.random.Generator) -> list[int]:
    lost = rng.random(len(row)) < FORGOTTEN
    return [UNKNOWN if gone else row_id for row_id, gone in zip(row, lost, strict=True)]


def _padded(rows: Sequence[Sequence[int]]) -> torch.Tensor:
    longest = max(len(row) for row in rows)
    return torch.tensor([[*row, *[PAD] * (longest - len(row))] for row in rows])


def logits(student: Student, table: Table, rows: Sequence[Sequence[str]]) -> np.ndarray:
    """Return one row of raw scores for each sentence."""
    ids = [table.ids(words) for words in rows]
    with torch.no_grad():
        parts = [student(_padded(ids[i : i + 256]))[0].numpy() for i in range(0, len(ids), 256)]
    return np.concatenate(parts)


def parts(student: Student, table: Table) -> dict[str, np.ndarray]:
    """Return the network as it ships: words in 8 bits each number, the rest in 16."""
    words = student.words.weight.detach().numpy()
    scale = np.maximum(np.abs(words).max(1), 1e-6) / 127
    half = {
        "near": _filters(student.near), "near_bias": student.near.bias,
        "far": _filters(student.far), "far_bias": student.far.bias,
        "hidden": student.hidden.weight.T, "hidden_bias": student.hidden.bias,
        "out": student.out.weight.T, "out_bias": student.out.bias,
    }  # fmt: skip
    return {
        "words": np.frombuffer("\n".join(table.words).encode(), dtype=np.uint8),
        "table": np.round(words / scale[:, None]).astype(np.int8),
        "scale": scale.astype(np.float16),
        **{name: value.detach().numpy().astype(np.float16) for name, value in half.items()},
    }


def _filters(layer: nn.Conv1d) -> torch.Tensor:
    """Return the filters as one matrix: the place before, the place itself, the place after."""
    return torch.cat([layer.weight[:, :, place].T for place in range(3)])
