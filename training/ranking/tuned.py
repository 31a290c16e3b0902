"""The sentence model, trained further to tell which of two texts does better."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from transformers import AutoModel

from copydesk.ranking.training.experiments import SPREAD, Experiments
from copydesk.ranking.training.pairs import members, posterior
from training.ranking import frozen

CHUNK, STRIDE = 32, 4
"""Texts computed at once, and what their length is padded to a multiple of: compiled kernels are
kept by shape, and making one takes longer than using it."""


@dataclass(frozen=True)
class Way:
    """How a model is trained."""

    layers: tuple[int, ...] = (0, 2, 4)
    """Layers of the sentence model that are kept."""
    fixed: int = 0
    """Of those, the lowest so many do not learn."""
    epochs: int = 2
    groups: int = 32
    """Groups of arms in a batch."""
    rate: float = 1e-4
    """Learning rate of the last layer."""
    lower: float = 0.8
    """Factor of the rate from a layer to the one under it."""
    head_rate: float = 1e-3
    dropout: float = 0.1
    contrasts: float = 0.5
    """Share in the loss of squared errors of contrasts; the rest is Bradley and Terry's."""
    seed: int = 0
    """Decides the order of groups, what drops out, and the lines made for a lesson."""
    taught: float = 0.0
    """Share in the loss of what a teacher thinks, where a lesson is given."""


@dataclass(frozen=True)
class Lesson:
    """What a teacher thinks of arms, and of a line made of each for every epoch."""

    arms: np.ndarray
    made: Sequence[Sequence[str]]
    """Made lines, by epoch, then by arm."""
    of_made: np.ndarray
    """Scores of the made lines, a row an epoch."""

    def of(self, epoch: int, batch: np.ndarray) -> torch.Tensor:
        """Return the scores of the arms of a batch, and of the lines made of them."""
        return torch.tensor(np.concatenate([self.arms[batch], self.of_made[epoch][batch]])).float()


class Tuned(nn.Module):  # type: ignore[misc] # mypy skips torch: it is an extra
    """Gives a text one score. Scores are differences of log-odds: only gaps mean anything."""

    def __init__(self, way: Way) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.model = AutoModel.from_pretrained(str(frozen.path()))
        self.model.encoder.layer = nn.ModuleList(self.model.encoder.layer[n] for n in way.layers)
        self.model.embeddings.requires_grad_(requires_grad=False)
        self.model.encoder.layer[: way.fixed].requires_grad_(requires_grad=False)
        self.model.pooler = None
        self.drop = nn.Dropout(way.dropout)
        self.out = nn.Linear(self.model.config.hidden_size, 1)
        self.eval()

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return a score for each text, given as a row of pieces."""
        hidden = self.model(input_ids=ids, attention_mask=mask).last_hidden_state
        scores: torch.Tensor = self.out(self.drop(frozen.mean(hidden.float(), mask)))[:, 0]
        return scores


def trained(way: Way, arms: Experiments, lesson: Lesson | None = None) -> Tuned:
    """Return a model that has learned from these arms, and from a teacher where there is one.

    All begin with the same numbers whatever their seed, so that they can be averaged.
    """
    model = Tuned(way)
    torch.manual_seed(way.seed)
    rows = pieces(arms.texts)
    made = [pieces(texts) for texts in lesson.made] if lesson else []
    batches = list(_batches(arms, way))
    step = _stepper(model, way, len(batches))
    model.train()
    for number, (epoch, batch) in enumerate(batches):
        shown = [rows[row] for row in batch]
        if lesson:
            shown += [made[epoch][row] for row in batch]
        scores = _scored(model, shown)
        loss = _loss(scores[: len(batch)], arms, batch, way)
        if lesson:
            handed = _handed_on(scores, lesson.of(epoch, batch), np.tile(arms.group[batch], 2))
            loss = (1 - way.taught) * loss + way.taught * handed
        lost = step(loss)
        if number % 100 == 0:
            print(f"{number} of {len(batches)}: {lost:.4f}", flush=True)
    model.eval()
    return model


def averaged(models: Sequence[Tuned], way: Way) -> Tuned:
    """Return the model whose numbers are the means of those of several models of one kind."""
    states = [model.state_dict() for model in models]
    found = Tuned(way)
    found.load_state_dict(
        {name: torch.stack([state[name] for state in states]).mean(0) for name in states[0]}
    )
    found.eval()
    return found


def scores(model: Tuned, texts: Sequence[str]) -> np.ndarray:
    """Return the scores of texts."""
    with torch.inference_mode():
        found: np.ndarray = _scored(model, pieces(texts)).numpy()
    return found


def _scored(model: Tuned, rows: Sequence[list[int]]) -> torch.Tensor:
    order = sorted(range(len(rows)), key=lambda row: len(rows[row]))
    chunks = [order[start : start + CHUNK] for start in range(0, len(order), CHUNK)]
    with torch.autocast("cpu", torch.bfloat16):
        found = [_chunk(model, [rows[row] for row in chunk]) for chunk in chunks]
    back = np.argsort(order, kind="stable")
    return torch.cat(found)[torch.tensor(back)]


def _chunk(model: Tuned, rows: list[list[int]]) -> torch.Tensor:
    whole = rows + [rows[-1]] * (CHUNK - len(rows))
    longest = -(-max(len(row) for row in whole) // STRIDE) * STRIDE
    scores: torch.Tensor = model(*frozen.padded(whole, longest))
    return scores[: len(rows)].float()


def pieces(texts: Sequence[str]) -> list[list[int]]:
    """Return the pieces of each text."""
    return [encoded.ids for encoded in frozen.tokenizer().encode_batch(list(texts))]


def _batches(arms: Experiments, way: Way) -> Iterator[tuple[int, np.ndarray]]:
    rng = np.random.default_rng(way.seed)
    groups = members(arms.group)
    for epoch in range(way.epochs):
        order = rng.permutation(len(groups))
        for start in range(0, len(order), way.groups):
            chosen = [groups[one] for one in order[start : start + way.groups]]
            yield epoch, np.concatenate(chosen)


def _loss(scores: torch.Tensor, arms: Experiments, batch: np.ndarray, way: Way) -> torch.Tensor:
    group = arms.group[batch]
    lost = scores.new_zeros(())
    if way.contrasts < 1:
        lost = lost + (1 - way.contrasts) * _bradley_terry(scores, arms, batch, group)
    if way.contrasts > 0:
        lost = lost + way.contrasts * _contrasts(scores, arms, batch, group)
    return lost


def _bradley_terry(
    scores: torch.Tensor, arms: Experiments, batch: np.ndarray, group: np.ndarray
) -> torch.Tensor:
    """Pairs of a group, held to the probability that one is truly better."""
    first, second = np.nonzero(np.triu(group[:, None] == group[None, :], 1))
    truth = posterior(arms, batch[first], batch[second])
    gaps = scores[first] - scores[second]
    return functional.binary_cross_entropy_with_logits(gaps, torch.tensor(truth).float())


def _contrasts(
    scores: torch.Tensor, arms: Experiments, batch: np.ndarray, group: np.ndarray
) -> torch.Tensor:
    """Squared errors within groups, by what the clicks of each arm can tell."""
    weight = torch.tensor(arms.weight[batch]).float()
    return _within(torch.tensor(arms.odds[batch]).float() - scores, weight, group)


def _handed_on(scores: torch.Tensor, told: torch.Tensor, group: np.ndarray) -> torch.Tensor:
    """Squared errors within groups against a teacher, whose word has no chance of sampling."""
    return _within(told - scores, torch.full_like(scores, SPREAD**-2), group)


def _within(error: torch.Tensor, weight: torch.Tensor, group: np.ndarray) -> torch.Tensor:
    _, inside = np.unique(group, return_inverse=True)
    place = torch.tensor(inside)
    sums = torch.zeros(int(inside.max()) + 1)
    middle = sums.index_add(0, place, weight * error) / sums.index_add(0, place, weight)
    return (weight * (error - middle[place]) ** 2).mean()


def _stepper(model: Tuned, way: Way, steps: int) -> Callable[[torch.Tensor], float]:
    depth = len(model.model.encoder.layer)
    groups: list[dict[str, Any]] = [
        {"params": list(layer.parameters()), "lr": way.rate * way.lower ** (depth - 1 - n)}
        for n, layer in enumerate(model.model.encoder.layer)
        if n >= way.fixed
    ]
    groups.append({"params": list(model.out.parameters()), "lr": way.head_rate})
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    rates = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, [float(group["lr"]) for group in groups], total_steps=steps + 1, pct_start=0.1
    )

    def step(loss: torch.Tensor) -> float:
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        rates.step()
        return float(loss.detach())

    return step
