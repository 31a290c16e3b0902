"""What sentences are about and how, by an embedding model on this machine: an optional part."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from copydesk.errors import ModelMisconfigured

Vectors = npt.NDArray[np.float32]
NEAREST = 5
"""A sentence is as near to a brand as to these of its sentences, on average."""


class Embedder(Protocol):
    """Turns sentences into vectors of length one."""

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Return a row for each text."""


class SentenceTransformersEmbedder:
    """A model of sentence-transformers: a directory, a package that carries one, or a hub name."""

    def __init__(self, name: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise ModelMisconfigured("for embeddings: pip install 'copydesk[ml]'") from error
        try:
            self._model = SentenceTransformer(_place(name), device="cpu")
        except (OSError, ValueError) as error:
            raise ModelMisconfigured(
                f"the embedding model {name} cannot be loaded: {error}"
            ) from error

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Return a row for each text."""
        found = self._model.encode(
            list(texts), normalize_embeddings=True, show_progress_bar=False, batch_size=64
        )
        return np.asarray(found, dtype=np.float32)


@lru_cache(maxsize=1)
def embedder(name: str) -> Embedder:
    """Return the model by this name, loaded once. Raises ModelMisconfigured."""
    return SentenceTransformersEmbedder(name)


def _place(name: str) -> str:
    """Return the directory of a model that an installed package carries, else the name itself."""
    module = name.replace("-", "_")
    if Path(name).is_dir() or not module.isidentifier() or find_spec(module) is None:
        return name
    package = import_module(module)
    directory = getattr(package, "MODEL_DIR", None)
    return str(directory) if directory else name


def nearness(texts: Vectors, own: Vectors, others: Vectors, *, among: bool = False) -> Vectors:
    """Return, for each row of `texts`, how much nearer it lies to `own` than to `others`.

    With `among`, the texts are those of `own`, and none counts as near to itself.
    """
    to_own = texts @ own.T
    if among:
        np.fill_diagonal(to_own, -1)
    return np.asarray(_nearest(to_own) - _nearest(texts @ others.T), dtype=np.float32)


def _nearest(likeness: Vectors) -> Vectors:
    few = min(NEAREST, likeness.shape[1])
    return np.asarray(np.partition(likeness, -few, axis=1)[:, -few:].mean(axis=1))
