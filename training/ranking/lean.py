"""The trained reader, written out for one line at a time: no padding, no mask, few operations."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn import functional

from training.ranking.tuned import Tuned

MOST = 128
"""Pieces of a line that are read, at most."""


class LeanLayer(nn.Module):  # type: ignore[misc] # mypy skips torch: it is an extra
    """A layer of the sentence model, its three projections in one."""

    def __init__(self, layer: Any, heads: int) -> None:
        super().__init__()
        own = layer.attention.self
        three = [own.query, own.key, own.value]
        self.heads = heads
        self.weight = nn.Parameter(torch.cat([part.weight for part in three]).T.contiguous())
        self.bias = nn.Parameter(torch.cat([part.bias for part in three]))
        self.mixed, self.mixed_norm = layer.attention.output.dense, layer.attention.output.LayerNorm
        self.wide, self.narrow = layer.intermediate.dense, layer.output.dense
        self.norm = layer.output.LayerNorm

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        """Return what the layer makes of a row a piece."""
        three = (hidden @ self.weight + self.bias).view(-1, 3, self.heads, self._head)
        query, key, value = three.permute(1, 2, 0, 3).unbind(0)
        looked = torch.softmax(query @ key.transpose(1, 2) * self._head**-0.5, dim=-1)
        mixed = (looked @ value).transpose(0, 1).reshape(-1, self.heads * self._head)
        hidden = self.mixed_norm(hidden + self.mixed(mixed))
        made: torch.Tensor = self.narrow(functional.gelu(self.wide(hidden)))
        normal: torch.Tensor = self.norm(hidden + made)
        return normal

    @property
    def _head(self) -> int:
        return int(self.weight.shape[1]) // 3 // self.heads


class Lean(nn.Module):  # type: ignore[misc] # mypy skips torch: it is an extra
    """Gives one line, as numbers of pieces, the score that `model` gives it.

    Pieces are numbered by their place in `rows`, the rows of the sentence model's own table.
    """

    def __init__(self, model: Tuned, rows: list[int]) -> None:
        super().__init__()
        inner = model.model.embeddings
        kind = inner.token_type_embeddings.weight[0]
        self.pieces = nn.Embedding.from_pretrained(inner.word_embeddings.weight[rows].detach())
        self.places = nn.Parameter((inner.position_embeddings.weight[:MOST] + kind).detach())
        self.norm, self.out = inner.LayerNorm, model.out
        heads = model.model.config.num_attention_heads
        self.layers = nn.ModuleList(LeanLayer(layer, heads) for layer in model.model.encoder.layer)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Return the score of a line."""
        hidden = self.norm(self.pieces(ids) + self.places[: ids.shape[0]])
        for layer in self.layers:
            hidden = layer(hidden)
        score: torch.Tensor = self.out(hidden.mean(0))
        return score
